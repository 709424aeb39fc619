from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.model.conversation import Conversation, ToolCall
from earwitness.store.catalog import Catalog
from earwitness.store.searching import Order, SearchQuery, snippet, statement
from earwitness.store.types import moment
from earwitness.store.wanted import read
from store_calls import BEGAN_NS, SECOND, a_call, a_full_call, a_message

AT = moment(BEGAN_NS)


def spoken(number: int, *lines: str, **fields: object) -> Conversation:
    call = a_call(number, count=0)
    leg = call.legs[0]
    said = tuple(a_message(leg, item, text=line, heard_text=line) for item, line in enumerate(lines))
    return replace(call, messages=said, ended_ns=len(lines) * SECOND, **fields)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def calls(shared_catalog: Catalog) -> Catalog:
    """1: on insurance. 2: in many languages. 3: with a tool, labels, a subject. 9: another tenant's."""
    shared_catalog.put(spoken(1, "I need a car insurance quote", "Which car?", "The insurance of my old car"))
    shared_catalog.put(spoken(2, "¿Dónde está el CAFÉ?", "你好世界", "हिन्दी में नमस्ते", "don't stop"))
    tool = ToolCall(
        key="t", leg="", call="c", name="refund_order", arguments='{"order": "A-17"}', called_ns=SECOND
    )
    call = a_full_call(3)
    shared_catalog.put(replace(call, tool_calls=(replace(tool, leg=call.legs[0].id),)))
    shared_catalog.put(spoken(9, "a secret insurance", workspace="rival"))
    return shared_catalog


def found(catalog: Catalog, q: str, **filters: object) -> list[tuple[int, str]]:
    """(number of the call, key's last part) of each hit, in order."""
    page = catalog.search(msgspec.convert({"q": q, **filters}, SearchQuery))
    return [(int(hit.conversation_id[:8], 16), hit.key.rpartition("/")[2]) for hit in page.hits]


@pytest.mark.parametrize(
    ("q", "hits"),
    [
        ("INSURANCE", [(1, "item_2"), (1, "item_0")]),
        ("car insurance", [(1, "item_2"), (1, "item_0")]),
        ('"car insurance"', [(1, "item_0")]),
        ("insur*", [(1, "item_2"), (1, "item_0")]),
        ('"old ca"*', [(1, "item_2")]),
        ("insurance -quote", [(1, "item_2")]),
        ("quote OR which", [(3, "0"), (1, "item_1"), (1, "item_0")]),
        ("donde cafe", [(2, "item_0")]),
        ("世界", [(2, "item_1")]),
        ("界世", []),
        ("नमस्ते", [(2, "item_2")]),
        ("don't", [(2, "item_3")]),
        ("secret", []),
        ("refund", [(3, "t")]),
        ("a-17", [(3, "t")]),
        ("spanish", [(3, "spanish")]),
        ("quote_completed", [(3, "0")]),
    ],
)
def test_a_search_finds_what_fits_the_newest_first(
    calls: Catalog, q: str, hits: list[tuple[int, str]]
) -> None:
    assert found(calls, q) == hits


WORDS = [(3, "item_3"), (3, "item_2"), (3, "item_1"), (3, "item_0")]


@pytest.mark.parametrize(
    ("filters", "hits"),
    [
        ({"provider": "twilio"}, WORDS),
        ({"provider": "hume"}, []),
        ({"subject": "RID001"}, WORDS),
        ({"subject": "RID002"}, []),
        ({"label": "pilot"}, WORDS),
        ({"status": "partial"}, WORDS),
        ({"outcome": "quote_completed"}, WORDS),
        ({"outcome": "lost"}, []),
        ({"since": AT + timedelta(minutes=3)}, WORDS),
        ({"since": AT + timedelta(minutes=3, seconds=1)}, []),
        ({"since": AT.replace(year=9999)}, []),
        ({"since": AT.replace(year=1)}, WORDS),
        ({"until": AT + timedelta(minutes=3)}, []),
        ({"min_messages": 4}, WORDS),
        ({"min_messages": 5}, []),
        ({"min_duration_s": 4, "max_duration_s": 4}, WORDS),
        ({"max_health": 99}, WORDS),
        ({"min_health": 100}, []),
        ({"role": "user"}, WORDS[1::2]),
        ({"kind": "label"}, []),
        ({"sort": "oldest"}, WORDS[::-1]),
    ],
)
def test_every_filter_keeps_what_it_says(
    calls: Catalog, filters: dict[str, object], hits: list[tuple[int, str]]
) -> None:
    assert found(calls, "words", **filters) == hits


def test_one_workspace_finds_nothing_of_another(calls: Catalog) -> None:
    assert found(calls, "insurance", workspace="rival") == [(9, "item_0")]
    assert (9, "item_0") not in found(calls, "insurance")


@pytest.mark.parametrize("sort", ["newest", "oldest", "relevance"])
def test_page_by_page_nothing_is_lost_or_seen_twice(calls: Catalog, sort: str) -> None:
    whole = found(calls, "words OR insurance", sort=sort)
    query = SearchQuery(q="words OR insurance", sort=sort, limit=2)
    seen: list[tuple[str, str]] = []
    while True:
        page = calls.search(query)
        seen += [(hit.conversation_id, hit.key) for hit in page.hits]
        if page.next_cursor is None:
            break
        query = msgspec.structs.replace(query, cursor=page.next_cursor)
    assert [(int(call[:8], 16), key.rpartition("/")[2]) for call, key in seen] == whole
    assert len(whole) == 6


def test_by_relevance_the_text_that_is_most_about_it_comes_first(catalog: Catalog) -> None:
    catalog.put(spoken(1, "pizza pizza pizza", f"one pizza {'and many other words ' * 20}"))
    assert found(catalog, "pizza", sort="relevance") == [(1, "item_0"), (1, "item_1")]
    assert found(catalog, "pizza") == [(1, "item_1"), (1, "item_0")]


def test_a_hit_says_what_when_and_in_which_call(calls: Catalog) -> None:
    (hit,) = calls.search(SearchQuery(q='"car insurance"')).hits
    assert [(part.text, part.is_match) for part in hit.snippet] == [
        ("I need a ", False),
        ("car insurance", True),
        (" quote", False),
    ]
    assert (hit.kind, hit.role, hit.at_ns, hit.providers) == ("message", "user", 0, ["openai"])
    (row,) = [row for row in calls.messages("default", hit.conversation_id) if row.id == hit.message_id]
    assert (row.text, row.started_at) == (hit.text, hit.at)
    (tool,) = calls.search(SearchQuery(q="refund")).hits
    assert (tool.kind, tool.role, tool.at_ns, tool.message_id) == ("tool_call", "tool", SECOND, None)


def test_what_changes_or_goes_is_found_no_more(catalog: Catalog) -> None:
    catalog.put(spoken(1, "blue whales", "green frogs"))
    catalog.put(spoken(1, "red foxes"))
    assert found(catalog, "whales OR frogs") == []
    assert found(catalog, "foxes") == [(1, "item_0")]
    catalog.remove("default", a_call(1).id)
    assert found(catalog, "foxes") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"q": "%"},
        {"q": "x", "sort": "best"},
        {"q": "x", "kind": "thing"},
        {"q": "x", "status": "gone"},
        {"q": "x", "limit": 0},
        {"q": "x", "limit": 201},
        {"q": "x", "cursor": "nonsense"},
    ],
)
def test_what_cannot_be_searched_is_refused_with_a_hint(calls: Catalog, wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput) as refused:
        calls.search(msgspec.convert(wrong, SearchQuery))
    assert refused.value.hint


def test_a_cursor_of_another_order_is_refused(calls: Catalog) -> None:
    page = calls.search(SearchQuery(q="words", limit=1))
    with pytest.raises(InvalidInput):
        calls.search(SearchQuery(q="words", limit=1, sort="oldest", cursor=page.next_cursor))


def test_a_snippet_of_a_long_text_shows_the_place_that_was_found() -> None:
    text = "word " * 100 + "needle and more " + "word " * 100
    parts = snippet(text, read("needle"))
    whole = "".join(part.text for part in parts)
    assert [part.text for part in parts if part.is_match] == ["needle"]
    assert whole.startswith("… word")
    assert whole.endswith(" …")
    assert len(whole) < 250


def test_sqlite_finds_the_newest_of_many_hits_without_putting_all_in_order(ready_sqlite: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{ready_sqlite}")
    sql = statement(frozenset({"workspace", "words", "limit"}), Order.NEWEST, "sqlite")
    given = {"workspace": "default", "words": '"words"', "limit": 3}
    with catalog.database.reading() as connection:
        text = str(sql.params(given).compile(connection.engine, compile_kwargs={"literal_binds": True}))
        steps = [row.detail for row in connection.execute(sa.text(f"EXPLAIN QUERY PLAN {text}"))]
    catalog.close()
    before = steps[: steps.index("SCAN found")]
    assert before[1].startswith("SCAN search_index VIRTUAL TABLE")
    assert not any("TEMP B-TREE" in step for step in before)
