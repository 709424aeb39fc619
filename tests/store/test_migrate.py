import logging
from dataclasses import replace

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from earwitness.errors import InvalidInput, SettingsError
from earwitness.store import migrate
from earwitness.store.catalog import Catalog
from earwitness.store.database import Database
from earwitness.store.objects import ObjectInfo
from earwitness.store.schema import metadata
from store_calls import a_full_call


def test_up_down_and_up_again_leaves_what_the_older_schema_can_hold(empty_url: str) -> None:
    catalog = Catalog.open(empty_url)
    catalog.put(a_full_call())
    catalog.close()
    migrate.downgrade(empty_url, "0002")
    assert migrate.current(empty_url) == "0002"
    migrate.upgrade(empty_url)
    catalog = Catalog.open(empty_url)
    messages = catalog.messages("default", a_full_call().id)
    assert (len(messages), catalog.gaps("default", a_full_call().id)) == (4, ())
    catalog.close()
    migrate.downgrade(empty_url, "base")
    assert migrate.current(empty_url) is None
    database = Database(empty_url)
    with database.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}
    database.close()
    migrate.upgrade(empty_url)
    catalog = Catalog.open(empty_url)
    assert catalog.put(a_full_call())
    catalog.close()


def test_turns_and_routes_of_older_calls_are_counted_from_their_rows(empty_url: str) -> None:
    call = a_full_call()
    catalog = Catalog.open(empty_url)
    catalog.put(call)
    made = catalog.get("default", call.id)
    catalog.close()
    migrate.downgrade(empty_url, "0020")
    migrate.upgrade(empty_url)
    catalog = Catalog.open(empty_url)
    told = catalog.get("default", call.id)
    catalog.close()
    assert (told.turn_count, told.routes) == (made.turn_count, made.routes)
    assert told.turn_count > 1


def test_of_older_calls_the_words_of_answers_that_were_cut_count_as_estimated(empty_url: str) -> None:
    call = a_full_call()
    said = (*call.messages[:3], replace(call.messages[3], is_estimated=True))
    catalog = Catalog.open(empty_url)
    catalog.put(replace(call, messages=said))
    made = [row.is_estimated for row in catalog.messages("default", call.id)]
    catalog.close()
    migrate.downgrade(empty_url, "0022")
    migrate.upgrade(empty_url)
    catalog = Catalog.open(empty_url)
    assert [row.is_estimated for row in catalog.messages("default", call.id)] == made
    assert catalog.put(replace(call, messages=tuple(replace(each, is_estimated=False) for each in said)))
    assert not any(row.is_estimated for row in catalog.messages("default", call.id))
    catalog.close()
    assert made == [False, False, False, True]


def test_the_migrations_make_exactly_the_tables_of_the_schema(url: str) -> None:
    database = Database(url)
    with database.reading() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_object": _is_of_both},
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def _is_of_both(_thing: object, name: str | None, kind: str, *_: object) -> bool:
    """The search index is each database's own."""
    return not (name or "").startswith("search_index") and (kind, name) != ("column", "vector")


def test_a_failed_step_leaves_the_database_as_it_was(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    migrate.upgrade(empty_url, "0001")
    database = Database(empty_url)
    with database.writing() as connection:  # in the way of 0003, after 0002 has run
        connection.execute(sa.text("CREATE TABLE artifacts (x INTEGER)"))
    with pytest.raises(sa.exc.DBAPIError, match="artifacts"):
        migrate.upgrade(empty_url)
    with database.reading() as connection:
        assert "messages" not in sa.inspect(connection).get_table_names()
    database.close()
    assert migrate.current(empty_url) == "0001"


def test_the_newest_revision_is_the_one_the_program_asks_for() -> None:
    assert ScriptDirectory(str(migrate.SCRIPTS)).get_current_head() == migrate.HEAD


def test_history_names_every_revision_newest_first(url: str) -> None:
    found = migrate.history(url)
    assert [revision.id for revision in found] == [
        f"{number:04d}" for number in range(int(migrate.HEAD), 0, -1)
    ]
    assert [revision.is_current for revision in found] == [True] + [False] * (len(found) - 1)
    assert all(revision.title for revision in found)


def test_an_unknown_revision_is_refused(url: str) -> None:
    for step in (migrate.upgrade, migrate.downgrade):
        with pytest.raises(InvalidInput):
            step(url, "nonsense")
    assert migrate.current(url) == migrate.HEAD


def test_a_catalog_of_a_newer_program_is_not_touched(url: str) -> None:
    database = Database(url)
    with database.writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(SettingsError):
        Catalog.open(url)
    assert migrate.current(url) == "9999"


def test_a_migration_prints_nothing_and_leaves_logging_alone(
    empty_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    before = (logging.root.level, list(logging.root.handlers))
    capfd.readouterr()
    migrate.upgrade(empty_url)
    migrate.downgrade(empty_url)
    assert capfd.readouterr() == ("", "")
    assert (logging.root.level, list(logging.root.handlers)) == before


def test_files_that_were_made_before_are_not_due_again(empty_url: str) -> None:
    catalog = Catalog.open(empty_url)
    made, unmade = a_full_call(1), a_full_call(2)
    for call in (made, unmade):
        catalog.put(call)
    for name in ("stereo.flac", "figures.json"):
        info = ObjectInfo(path=f"c/{name}", byte_count=1, sha256="00")
        catalog.put_artifact("default", made.id, name, info, media_type="a/b", version=4)
    info = ObjectInfo(path="d/stereo.flac", byte_count=1, sha256="00")
    catalog.put_artifact("default", unmade.id, "stereo.flac", info, media_type="a/b", version=4)
    catalog.close()
    migrate.downgrade(empty_url, "0018")
    migrate.upgrade(empty_url)
    catalog = Catalog.open(empty_url)
    assert catalog.lacking(4) == (("default", unmade.id),)
    catalog.close()
