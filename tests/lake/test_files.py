"""The lake's files: the same call twice changes nothing, many become few, what is erased is in none, and a
program that is killed at any step leaves no row twice."""

from collections import Counter
from threading import Thread

import pytest

from earwitness.errors import InUse, StorageUnavailable
from earwitness.lake import arrow, files
from earwitness.lake.files import Lake
from earwitness.lake.tables import TABLES
from earwitness.store.folder import FolderObjects
from earwitness.store.lock import FolderLock
from lake_rows import began_ns, identity, rows_of_call


class Killed(Exception):
    """The program ends here."""


class Mortal(FolderObjects):
    """A store under a program that is killed before its n-th change."""

    left = 10**9

    def _live(self):
        self.left -= 1
        if self.left < 0:
            raise Killed

    def put(self, *args, **options):
        self._live()
        return super().put(*args, **options)

    def delete(self, path):
        self._live()
        return super().delete(path)


@pytest.fixture
def objects(tmp_path):
    return Mortal(tmp_path / "objects")


@pytest.fixture
def lake(tmp_path, objects):
    return Lake(objects, tmp_path)


def take(lake, number, workspace="default", **changed):
    rows = rows_of_call(number, workspace)
    return lake.take(workspace, identity(number), began_ns(number), {**rows, **changed})


def told(lake, objects, workspace="default"):
    """All rows there are, as readers find them."""
    found = {}
    for table in TABLES:
        found[table] = [
            row
            for info in lake.files(table, workspace)
            for row in arrow.from_parquet(table, b"".join(objects.open(info.path))).to_pylist()
        ]
    return found


def plain(numbers, workspace="default"):
    whole = {table: [] for table in TABLES}
    for number in numbers:
        for table, rows in rows_of_call(number, workspace).items():
            whole[table] += arrow.to_arrow(table, rows).to_pylist()
    return whole


def same(found, wanted):
    def key(row):
        return row["conversation_id"], row.get("position", 0)

    assert found.keys() == wanted.keys()
    for table in wanted:
        assert sorted(found[table], key=key) == sorted(wanted[table], key=key), table


def test_the_rows_of_every_call_come_back_as_they_went_in(lake, objects):
    for number in range(5):
        assert take(lake, number)
    same(told(lake, objects), plain(range(5)))


def test_the_same_call_twice_changes_nothing_also_when_it_lies_among_others(lake, objects, monkeypatch):
    monkeypatch.setattr(files, "MANY", 3)
    for number in range(8):
        take(lake, number)
    before = [info.path for info in objects.list()]
    assert not any(take(lake, number) for number in range(8))
    assert [info.path for info in objects.list()] == before


def test_a_call_that_is_told_otherwise_stands_as_it_is_told_last(lake, objects, monkeypatch):
    monkeypatch.setattr(files, "MANY", 3)
    for number in range(8):
        take(lake, number)
    assert take(lake, 2, tool_calls=[], emotions=[])
    wanted = plain(range(8))
    for table in ("tool_calls", "emotions"):
        wanted[table] = [row for row in wanted[table] if row["conversation_id"] != identity(2)]
    same(told(lake, objects), wanted)


def test_many_files_of_a_day_become_few(lake, objects, monkeypatch):
    monkeypatch.setattr(files, "MANY", 4)
    for number in range(40):
        take(lake, number)
    days = Counter(path.rpartition("/")[0] for path in (info.path for info in objects.list()))
    assert max(days.values()) <= 5
    same(told(lake, objects), plain(range(40)))


def test_a_day_that_is_over_becomes_one_file_a_table(lake, objects):
    for number in range(24):
        take(lake, number)
    assert lake.tidy() > 0
    days = Counter(path.rpartition("/")[0] for path in (info.path for info in objects.list()))
    assert set(days.values()) == {1}
    same(told(lake, objects), plain(range(24)))
    assert lake.tidy() == 0


def test_whoever_waits_for_the_lake_comes_in_between_two_days(lake, monkeypatch):
    for number in range(24):
        take(lake, number)
    order, put_together = [], lake._put_together

    def remove():
        lake.remove("default", identity(0), began_ns(0))
        order.append("removed")

    waiting = Thread(target=remove)

    def put_one_day_together(place):
        if not order:
            waiting.start()
        order.append("day")
        put_together(place)

    monkeypatch.setattr(lake, "_put_together", put_one_day_together)
    assert lake.tidy() > 2
    waiting.join()
    assert "removed" in order[:-1]


def test_a_file_that_is_large_enough_is_left_alone(lake, objects, monkeypatch):
    monkeypatch.setattr(files, "MANY", 2)
    monkeypatch.setattr(files, "PART_BYTES", 1)
    for number in range(12):
        take(lake, number)
    same(told(lake, objects), plain(range(12)))


def test_what_is_erased_is_in_no_file_and_the_others_are_as_they_were(lake, objects, monkeypatch):
    monkeypatch.setattr(files, "MANY", 3)
    for number in range(20):
        take(lake, number)
    for number in (3, 4, 19):
        assert lake.remove("default", identity(number), began_ns(number)) > 0
        assert lake.remove("default", identity(number), began_ns(number)) == 0
    same(told(lake, objects), plain(set(range(20)) - {3, 4, 19}))
    gone = [identity(number).encode() for number in (3, 4, 19)]
    for info in objects.list():
        table = info.path.split("/")[1]
        content = b"".join(objects.open(info.path))
        ids = arrow.from_parquet(table, content)["conversation_id"].to_pylist()
        assert not {each.decode() for each in gone} & set(ids)


def test_the_last_call_of_a_day_takes_its_files_along(lake, objects):
    take(lake, 1)
    lake.remove("default", identity(1), began_ns(1))
    assert list(objects.list()) == []


def test_workspaces_never_share_a_folder_whatever_they_are_called(lake, objects):
    names = ["default", "acme", "acme/../default", "Ünïcode", "w-acme", "x" * 300, "a b", ""]
    for name in names:
        take(lake, 1, name)
    assert len({files.folder_of(name) for name in names}) == len(names)
    for name in names:
        same(told(lake, objects, name), plain([1], name))


def test_killed_before_any_change_no_row_is_there_twice_and_done_again_all_is_right(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MANY", 3)

    few = {"messages": [], "turns": [], "emotions": []}  # two tables go the same ways as five

    def work(lake):
        take(lake, 2, **few)  # the third: all are put together
        take(lake, 1, tool_calls=[], **few)
        lake.remove("default", identity(0), began_ns(0))

    wanted = {**plain([1, 2]), **few}
    wanted["tool_calls"] = [row for row in wanted["tool_calls"] if row["conversation_id"] != identity(1)]
    for step in range(200):
        objects = Mortal(tmp_path / f"objects-{step}")
        lake = Lake(objects, tmp_path)
        take(lake, 0, **few)
        take(lake, 1, **few)
        objects.left = step
        try:
            work(lake)
            is_done = True
        except Killed:
            is_done = False
        objects.left = 10**9
        for table, rows in told(lake, objects).items():
            twice = Counter((row["conversation_id"], row.get("position", 0)) for row in rows)
            assert set(twice.values()) <= {1}, (step, table)
        work(lake)
        same(told(lake, objects), wanted)
        assert not [info.path for info in objects.list() if "replaces" in info.path]
        if is_done:
            return
    raise AssertionError("it never came to its end")


def test_who_comes_second_waits_and_is_told_when_it_takes_too_long(lake, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE_S", 0.0)
    with FolderLock(tmp_path, "lake.lock"), pytest.raises(InUse):
        take(lake, 1)
    assert take(lake, 1)


def test_a_store_that_is_full_is_said_so_and_nothing_is_lost(lake, objects, monkeypatch):
    take(lake, 1)

    def full(*_, **__):
        raise StorageUnavailable("full", hint="make room")

    with monkeypatch.context() as patched:
        patched.setattr(FolderObjects, "put", full)
        with pytest.raises(StorageUnavailable):
            take(lake, 2)
    same(told(lake, objects), plain([1]))
    take(lake, 2)
    same(told(lake, objects), plain([1, 2]))
