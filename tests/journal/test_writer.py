"""The writer's promises on a disk that behaves, and on one that does not."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from queue import Queue
from threading import Barrier, Thread

import msgspec
import pytest

from earwitness.clock import SystemClock
from earwitness.errors import Conflict, InvalidInput
from earwitness.journal.reader import LegReader, is_live, leg_folders, read_leg
from earwitness.journal.record import Gap, Kind, Origin
from earwitness.journal.recovery import verify
from earwitness.journal.writer import Journal, LegWriter, Limits

CLOCK = SystemClock()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal")
    yield journal
    journal.close()


def put(leg: LegWriter, payload: bytes) -> int:
    return leg.append(CLOCK.now(), Origin.CLIENT, Kind.TEXT, payload)


def payloads(folder: Path) -> list[bytes]:
    return [record.payload for record in read_leg(folder)]


def test_what_was_appended_comes_back_in_order_with_its_numbers_and_clocks(journal: Journal) -> None:
    leg = journal.open_leg("leg-1")
    moments = [CLOCK.now() for _ in range(500)]
    for number, moment in enumerate(moments):
        origin = Origin.SERVER if number % 2 else Origin.CLIENT
        assert leg.append(moment, origin, Kind.BINARY, b"%d" % number * 100) == number
    leg.close()
    records = list(read_leg(leg.folder))
    assert [record.number for record in records] == list(range(500))
    assert [record.payload for record in records] == [b"%d" % number * 100 for number in range(500)]
    assert [(record.monotonic_ns, record.wall_ns) for record in records] == [tuple(m) for m in moments]
    assert {record.origin for record in records[1::2]} == {Origin.SERVER}
    assert verify(leg.folder).ok


def test_a_synced_record_can_be_read_while_the_leg_is_live(journal: Journal) -> None:
    leg = journal.open_leg("leg-1")
    reader = LegReader(leg.folder)
    put(leg, b"first")
    assert leg.sync(5)
    assert is_live(leg.folder)
    assert [record.payload for record in reader.read()] == [b"first"]
    put(leg, b"second")
    assert leg.sync(5)
    assert [record.payload for record in reader.read()] == [b"second"]
    leg.close()
    assert not is_live(leg.folder)
    assert reader.read(final=True) == []


def test_a_message_bigger_than_a_block_comes_back_whole(journal: Journal) -> None:
    leg = journal.open_leg("leg-1")
    big = bytes(range(256)) * 65536
    for payload in (b"before", big, b"after"):
        put(leg, payload)
    leg.close()
    assert payloads(leg.folder) == [b"before", big, b"after"]


def test_a_leg_goes_over_to_new_segments_and_reads_as_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path, limits=Limits(segment_bytes=4096))
    leg = journal.open_leg("leg-1")
    reader = LegReader(leg.folder)
    seen = []
    for number in range(40):
        put(leg, b"%04d" % number * 250)
        assert leg.sync(5)
        assert is_live(leg.folder)
        seen += reader.read()
    journal.close()
    assert len(list(leg.folder.glob("*.ewj"))) >= 8
    assert [record.number for record in seen] == list(range(40))
    assert [record.number for record in read_leg(leg.folder)] == list(range(40))
    assert verify(leg.folder).ok


def test_messages_the_caller_had_to_drop_become_one_gap_in_their_place(journal: Journal) -> None:
    leg = journal.open_leg("leg-1")
    put(leg, b"kept")
    leg.lost("overrun", 3, 1000)
    leg.lost("overrun", 2, 500)
    assert put(leg, b"kept too") == 6
    leg.close()
    before, gap, after = read_leg(leg.folder)
    assert (before.number, gap.number, after.number) == (0, 1, 6)
    told = msgspec.json.decode(gap.payload, type=Gap)
    assert (told.reason, told.first, told.count, told.lost_bytes) == ("overrun", 1, 5, 1500)
    assert (told.since_ns, told.until_ns) == (before.wall_ns, after.wall_ns)


def test_a_second_writer_of_the_same_leg_is_refused_and_the_first_is_untouched(
    journal: Journal, tmp_path: Path
) -> None:
    leg = journal.open_leg("leg-1")
    put(leg, b"mine")
    other = Journal(tmp_path / "journal")
    for rival in (journal, other):
        with pytest.raises(Conflict):
            rival.open_leg("leg-1")
    other.close()
    leg.close()
    assert payloads(leg.folder) == [b"mine"]
    assert list(leg_folders(tmp_path / "journal")) == [leg.folder]


def test_of_two_writers_that_race_for_a_leg_exactly_one_wins(tmp_path: Path) -> None:
    journals = [Journal(tmp_path), Journal(tmp_path)]
    barrier = Barrier(2)
    won: list[LegWriter] = []
    refused: list[str] = []

    def race(journal: Journal) -> None:
        for number in range(50):
            barrier.wait()
            try:
                leg = journal.open_leg(f"leg-{number}")
            except Conflict:
                refused.append(f"leg-{number}")
            else:
                put(leg, leg.leg.encode())
                won.append(leg)

    threads = [Thread(target=race, args=(journal,)) for journal in journals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for journal in journals:
        journal.close()
    names = [f"leg-{number}" for number in range(50)]
    assert sorted(leg.leg for leg in won) == sorted(refused) == sorted(names)
    assert all(payloads(leg.folder) == [leg.leg.encode()] for leg in won)
    assert len(list(leg_folders(tmp_path))) == 50


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "a/b", "", ".", "..", "a\0b", "x" * 65, "ü", "-a"])
def test_a_leg_is_never_named_by_something_that_could_leave_the_folder(journal: Journal, name: str) -> None:
    with pytest.raises(InvalidInput):
        journal.open_leg(name)


def test_files_and_folders_are_for_their_owner_alone(journal: Journal) -> None:
    leg = journal.open_leg("leg-1")
    assert leg.folder.stat().st_mode & 0o777 == 0o700
    assert leg.folder.parent.stat().st_mode & 0o777 == 0o700
    assert (leg.folder / "000000.ewj").stat().st_mode & 0o777 == 0o600


def test_a_closed_leg_takes_nothing_more(journal: Journal) -> None:
    leg = journal.open_leg("leg-1")
    leg.close()
    with pytest.raises(Conflict):
        put(leg, b"late")


def test_a_folder_that_is_deleted_under_its_writer_turns_health_red_and_says_what_to_do(
    tmp_path: Path,
) -> None:
    alarm: Queue[str] = Queue()
    journal = Journal(tmp_path / "journal", on_alarm=alarm.put)
    assert not journal.health().is_red
    shutil.rmtree(journal.root)
    told = alarm.get(timeout=10)
    assert str(journal.root) in told
    assert "start again" in told
    assert journal.health().is_red
    assert journal.health().reason == told
    journal.close()
