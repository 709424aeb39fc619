"""The disk is full, then it is not: the recording goes on by itself and says exactly what is missing."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from chaos_tools import Load, Mount, kept, needs_root, needs_tool
from earwitness.clock import SystemClock
from earwitness.errors import StorageUnavailable
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Gap, Kind, Origin
from earwitness.journal.recovery import verify
from earwitness.journal.writer import Journal, LegWriter, Limits

CLOCK = SystemClock()
LIMITS = Limits(leg_bytes=100_000, total_bytes=1_000_000, retry_ms=50)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    needs_root()
    needs_tool("mount")
    with Mount(tmp_path / "disk", "-t", "tmpfs", "-o", "size=1m", "tmpfs") as folder:
        yield folder


def until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def fill(folder: Path) -> Path:
    """A file that takes all that is left."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def put(leg: LegWriter, count: int) -> list[int]:
    return [leg.append(CLOCK.now(), Origin.CLIENT, Kind.TEXT, b"x" * 1000) for _ in range(count)]


def test_a_full_disk_costs_whole_records_one_exact_gap_and_nothing_old(small_disk: Path) -> None:
    alarms: list[str] = []
    journal = Journal(small_disk / "journal", limits=LIMITS, on_alarm=alarms.append)
    leg = journal.open_leg("leg-1")
    put(leg, 50)
    assert leg.sync(5)
    ballast = fill(small_disk)
    put(leg, 10)
    until(lambda: journal.health().is_red, "health turns red")
    put(leg, 290)
    assert journal.health().reason == "No space left on device"
    assert journal.health().lost_records > 0
    assert len(alarms) == 1
    assert not leg.sync(0.2)
    last_lost_wall_ns = CLOCK.now().wall_ns
    ballast.unlink()
    until(lambda: not journal.health().is_red, "health turns green again")
    after = put(leg, 20)
    assert leg.sync(5, since=after[0])
    leg.close()
    journal.close()
    records = list(read_leg(leg.folder))
    (gap_record,) = [record for record in records if record.kind is Kind.GAP]
    gap = msgspec.json.decode(gap_record.payload, type=Gap)
    assert gap.reason == "disk_full"
    numbers = [record.number for record in records if record.kind is not Kind.GAP]
    assert gap.count is not None
    assert numbers == [*range(gap.first), *range(gap.first + gap.count, 370)]
    assert gap.first + gap.count == 350
    assert gap.lost_bytes == gap.count * 1000
    assert gap.since_ns == records[gap.first - 1].wall_ns
    assert gap.until_ns is not None
    assert gap.since_ns <= gap.until_ns <= last_lost_wall_ns
    assert journal.health().gap_count == 1
    assert verify(leg.folder).ok


def test_a_disk_full_for_a_moment_costs_nothing(small_disk: Path) -> None:
    journal = Journal(small_disk / "journal", limits=LIMITS)
    leg = journal.open_leg("leg-1")
    ballast = fill(small_disk)
    put(leg, 60)
    until(lambda: journal.health().is_red, "health turns red")
    ballast.unlink()
    assert leg.sync(5)
    assert not journal.health().is_red
    journal.close()
    assert [record.number for record in read_leg(leg.folder)] == list(range(60))
    assert verify(leg.folder).ok


def test_a_leg_opened_on_a_full_disk_begins_when_there_is_room(small_disk: Path) -> None:
    journal = Journal(small_disk / "journal", limits=LIMITS)
    ballast = fill(small_disk)
    leg = journal.open_leg("leg-1")
    put(leg, 10)
    assert journal.health().is_red
    assert not leg.folder.exists()
    ballast.unlink()
    assert leg.sync(5)
    journal.close()
    assert [record.number for record in read_leg(leg.folder)] == list(range(10))


def test_a_journal_closed_on_a_full_disk_comes_back_and_says_so(small_disk: Path) -> None:
    alarms: list[str] = []
    journal = Journal(small_disk / "journal", limits=LIMITS, on_alarm=alarms.append)
    leg = journal.open_leg("leg-1")
    put(leg, 10)
    assert leg.sync(5)
    fill(small_disk)
    put(leg, 60)
    journal.close(timeout_s=0.3)
    assert any("1 legs not wholly on disk" in line for line in alarms)
    numbers = [record.number for record in read_leg(leg.folder) if record.kind is not Kind.GAP]
    assert numbers[:10] == list(range(10))
    assert numbers == list(range(len(numbers)))


def test_a_read_only_disk_refuses_the_journal_in_words_and_gives_back_what_it_holds(small_disk: Path) -> None:
    journal = Journal(small_disk / "journal", limits=LIMITS)
    folder = journal.open_leg("leg-1").folder
    journal.close()
    journal = Journal(small_disk / "journal", limits=LIMITS)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    leg = journal.open_leg("leg-2")
    put(leg, 5)
    assert journal.health().is_red
    assert journal.health().reason == "Read-only file system"
    assert list(read_leg(folder)) == []
    assert verify(folder).ok
    with pytest.raises(StorageUnavailable):
        Journal(small_disk / "another")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert leg.sync(5)
    assert not journal.health().is_red
    journal.close()
    assert len(list(read_leg(leg.folder))) == 5


def test_a_file_size_limit_leads_to_a_new_segment_and_costs_nothing(tmp_path: Path) -> None:
    needs_tool("prlimit")
    load = Load(
        tmp_path / "log", tmp_path / "journal", 1, 0.5, "--ack-every", 5, prefix=["prlimit", "--fsize=9000"]
    )
    told = load.wait(30)
    ((name, folder),) = told.folders.items()
    assert len(list(folder.glob("*.ewj"))) > 1
    assert kept(folder).frames == [frame for frame, _ in told.seen[name]]
    assert verify(folder).ok
