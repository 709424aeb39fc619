"""Lists of many calls are served by indexes, whatever is asked."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from earwitness.store import filters as store_filters
from earwitness.store import finding
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery
from earwitness.store.schema import conversations, legs
from earwitness.store.types import moment
from store_calls import BEGAN_NS, SECOND, a_call, an_id

DAY_AND_HOUR = moment(BEGAN_NS)


def plan(connection: sa.Connection, wanted: sa.Select[Any]) -> str:
    """What SQLite says it would do, a step a line."""
    literal = {"literal_binds": True, "render_postcompile": True}
    sql = wanted.compile(connection.engine, compile_kwargs=literal)
    return "\n".join(row.detail for row in connection.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}")))


@pytest.mark.parametrize(
    ("filters", "index"),
    [
        ({}, "ix_conversations_workspace_id_started_at_id"),
        ({"sort": "oldest"}, "ix_conversations_workspace_id_started_at_id"),
        ({"since": DAY_AND_HOUR}, "ix_conversations_workspace_id_started_at_id"),
        ({"sort": "longest"}, "ix_conversations_workspace_id_duration_ms_id"),
        ({"sort": "most_messages"}, "ix_conversations_workspace_id_message_count_id"),
        ({"sort": "worst"}, "ix_conversations_workspace_id_health_score_id"),
        ({"sort": "most_interruptions"}, "ix_conversations_workspace_id_interruption_count_id"),
        ({"sort": "slowest"}, "ix_conversations_workspace_id_response_p95_ms_id"),
        ({"sort": "most_dead_air"}, "ix_conversations_workspace_id_dead_air_ms_id"),
        ({"subject": "RID001"}, "ix_conversations_workspace_id_subject_started_at_id"),
        ({"status": "partial"}, "ix_conversations_workspace_id_status_started_at_id"),
        ({"provider": "twilio"}, "ix_legs_provider"),
        ({"label": "pilot"}, "conversation_labels"),
    ],
)
def test_a_list_of_five_thousand_is_served_by_an_index_and_never_sorted(
    five_thousand: Catalog, filters: dict[str, object], index: str
) -> None:
    wanted = finding.statement(msgspec.convert(filters, ConversationQuery), sqlite.dialect())
    with five_thousand.database.reading() as connection:
        steps = plan(connection, wanted)
    assert index in steps
    assert "TEMP B-TREE" not in steps
    assert "SCAN conversations\n" not in steps + "\n"


@pytest.mark.parametrize(
    "filters", [{"outcome": "complaint"}, {"max_health": 20}, {"route": "phone"}, {"label": "pilot"}]
)
def test_what_is_rare_is_looked_up_by_an_index_instead_of_come_across(
    five_thousand: Catalog, filters: dict[str, object]
) -> None:
    query = msgspec.convert(filters, ConversationQuery)
    given = {**store_filters.values(query), "workspace": "default"}
    with five_thousand.database.reading() as connection:
        assert store_filters.few(connection, given) == []
        wanted = finding.statement(query, sqlite.dialect(), [an_id(1), an_id(2)])
        steps = plan(connection, wanted)
    assert "SEARCH conversations USING INDEX sqlite_autoindex_conversations" in steps


def test_what_most_have_is_not_rare(five_thousand: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_filters, "FEW", 4000)
    given = {"provider": "openai", "min_health": 0, "workspace": "default"}
    with five_thousand.database.reading() as connection:
        assert store_filters.few(connection, given) is None
        assert store_filters.few(connection, {**given, "max_health": 1}) == []


def an_other_call(number: int) -> dict[str, object]:
    started_at = moment(BEGAN_NS + number * SECOND)
    return {"id": an_id(number), "started_at": started_at, "subject": f"RID{number % 97:03d}"}


def an_other_leg(number: int) -> dict[str, object]:
    return {"id": an_id(number, "1"), "conversation_id": an_id(number)}


@pytest.fixture(scope="module")
def five_thousand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    opened = Catalog.open(f"sqlite:///{tmp_path_factory.mktemp('many') / 'catalog.sqlite'}")
    opened.put(a_call(0, count=1))
    with opened.database.writing() as connection:
        for table, more in ((conversations, an_other_call), (legs, an_other_leg)):
            (row,) = connection.execute(sa.select(table)).mappings()
            rows = [{**row, **more(number)} for number in range(1, 5000)]
            connection.execute(sa.insert(table), rows)
        connection.execute(sa.text("ANALYZE"))
    yield opened
    opened.close()
