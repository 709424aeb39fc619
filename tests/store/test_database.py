import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from earwitness.errors import Damaged, SettingsError, StorageUnavailable
from earwitness.store.catalog import Catalog
from earwitness.store.database import Database
from earwitness.store.schema import metadata
from store_calls import a_call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "catalog.sqlite"


def test_sqlite_is_set_up_to_lose_nothing(file: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{file}")
    with catalog.database.reading() as connection:
        found = [connection.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]
        found += [connection.scalar(sa.text(f"PRAGMA {name}")) for name in ("foreign_keys", "busy_timeout")]
    catalog.close()
    assert found == ["wal", 2, 1, 5000]


def test_the_files_are_for_their_owner_only(file: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{file}")
    catalog.put(a_call())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}
    catalog.close()
    assert modes == dict.fromkeys(["catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm"], 0o600)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_locked_catalog_is_an_error_that_says_so_and_the_next_try_goes_through(file: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{file}", busy_timeout_s=0.05)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable) as refused:
        catalog.put(a_call())
    assert "holds the catalog" in refused.value.hint
    holder.execute("ROLLBACK")
    holder.close()
    assert catalog.put(a_call())
    assert catalog.get("default", "latest").id == a_call().id
    catalog.close()


def test_a_full_catalog_is_an_error_that_says_so_and_nothing_is_half_written(file: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{file}")
    catalog.put(a_call(1))
    before = catalog.dump()
    pages = f"PRAGMA max_page_count={sqlite_pages(catalog) + 2}"
    sa.event.listen(catalog.database.engine, "checkout", lambda connection, *_: connection.execute(pages))
    with pytest.raises(StorageUnavailable) as refused:
        catalog.put(a_call(2, count=2000))
    assert "Make room" in refused.value.hint
    assert catalog.dump() == before
    catalog.close()


def sqlite_pages(catalog: Catalog) -> int:
    with catalog.database.reading() as connection:
        return int(connection.scalar(sa.text("PRAGMA page_count")) or 0)


def test_a_file_that_is_no_database_is_damage_and_stays_as_it_is(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"this is not a database, it is a text" * 100)
    before = file.read_bytes()
    with pytest.raises(Damaged) as refused:
        Catalog.open(f"sqlite:///{file}")
    assert "reindex" in refused.value.hint
    assert file.read_bytes() == before


def test_a_database_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(StorageUnavailable):
        Catalog.open("postgresql://nobody@127.0.0.1:1/nothing")


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://u:secret@h/d", "sqlite://", "oracle://secret"])
def test_a_url_that_cannot_be_used_is_refused_without_repeating_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Database(url)
    assert "secret" not in str(refused.value)


def test_an_error_message_never_holds_what_people_said(file: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{file}")
    table = metadata.tables["workspaces"]
    row = {"id": "my secret words", "created_at": None}
    with catalog.database.writing() as connection, pytest.raises(sa.exc.IntegrityError) as refused:
        connection.execute(sa.insert(table), row)
    assert "my secret words" not in str(refused.value)
    catalog.close()


def test_opening_it_a_second_time_leaves_the_first_its_locks(file: Path) -> None:
    """Without them another process that closes last takes the write-ahead log away, and rows with it."""
    url = f"sqlite:///{file}"
    first = Catalog.open(url)
    first.put(a_call(1))
    second = Catalog.open(url)
    look = (
        f"import sqlite3; c = sqlite3.connect({str(file)!r}); c.execute('SELECT * FROM messages'); c.close()"
    )
    subprocess.run([sys.executable, "-c", look], check=True)
    first.put(a_call(2))
    with closing(sqlite3.connect(file)) as another:
        [(count,)] = another.execute("SELECT count(*) FROM conversations")
    first.close()
    second.close()
    assert count == 2


def test_what_is_read_is_one_view_though_somebody_writes_meanwhile(file: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{file}")
    catalog.put(a_call(1))
    count = sa.text("SELECT count(*) FROM conversations")
    with catalog.database.reading() as reading:
        before = reading.scalar(count)
        catalog.put(a_call(2))
        during = reading.scalar(count)
    with catalog.database.asking() as asking:
        after = [asking.scalar(count)]
        catalog.put(a_call(3))
        after.append(asking.scalar(count))
    catalog.close()
    assert (before, during, after) == (1, 1, [2, 3])


def test_what_is_read_at_a_server_is_one_view_too(one_postgres: str) -> None:
    catalog = Catalog.open(one_postgres)
    catalog.put(a_call())
    count = sa.text("SELECT count(*) FROM conversations")
    with catalog.database.reading() as reading:
        before = reading.scalar(count)
        catalog.remove("default", a_call().id)
        during = reading.scalar(count)
    with catalog.database.reading() as reading:
        after = reading.scalar(count)
    catalog.close()
    assert during == before == after + 1


def test_whoever_writes_holds_the_lock_before_anything_is_read(file: Path) -> None:
    catalog = Catalog.open(f"sqlite:///{file}", busy_timeout_s=0.05)
    with catalog.database.writing(), pytest.raises(StorageUnavailable), catalog.database.writing():
        pass
    with catalog.database.writing():
        pass
    catalog.close()


def test_one_question_alone_begins_no_transaction_at_a_server_and_what_comes_next_has_its_own(
    one_postgres: str,
) -> None:
    database = Database(one_postgres)

    def is_one_view(connection: sa.Connection) -> bool:
        first, second = (connection.scalar(sa.text("SELECT now()")) for _ in range(2))
        return bool(first == second)

    with database.asking() as connection:
        assert not is_one_view(connection)
    with database.reading() as connection:
        assert is_one_view(connection)
    database.close()
