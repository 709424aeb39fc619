"""Recovery sets aside and never deletes; it can be killed anywhere and run again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from earwitness.clock import SystemClock
from earwitness.errors import Conflict, NotFound
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.journal.recovery import recover, verify
from earwitness.journal.segment import decode_header, segment_path
from earwitness.journal.writer import Journal
from journal_maker import Maker, small_leg


def all_bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_leg_that_ended_whole_is_left_as_it_is(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    before = all_bytes(maker.folder)
    outcome = recover(maker.folder)
    assert (outcome.is_lossy, outcome.set_aside_bytes, outcome.records) == (False, 0, 14)
    assert all_bytes(maker.folder) == before


def test_a_torn_end_is_set_aside_whole_wherever_it_was_torn(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path, start, end, numbers = maker.blocks[-1]
    data = path.read_bytes()
    for length in range(start + 1, end):
        path.write_bytes(data[:length])
        read_before = list(read_leg(maker.folder))
        outcome = recover(maker.folder)
        assert (outcome.is_lossy, outcome.set_aside_bytes) == (True, length - start)
        assert outcome.records == numbers.start
        torn = path.with_name(path.name + ".torn")
        assert (path.read_bytes(), torn.read_bytes()) == (data[:start], data[start:length])
        again = recover(maker.folder)
        assert (again.is_lossy, again.set_aside_bytes, again.records) == (True, 0, numbers.start)
        read_after = list(read_leg(maker.folder))
        assert [(record.number, record.kind) for record in read_after] == [
            (record.number, record.kind) for record in read_before
        ]
        assert verify(maker.folder).ok
        torn.unlink()


def test_what_was_set_aside_before_is_not_overwritten(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path = segment_path(maker.folder, 2)
    for tail in (b"first tail", b"second tail"):
        with path.open("ab") as file:
            file.write(tail)
        recover(maker.folder)
    torn = sorted(maker.folder.glob("*.torn*"))
    assert [file.read_bytes() for file in torn] == [b"first tail", b"second tail"]


def test_damage_before_the_end_stays_where_it_is_and_is_told(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path, start, _, numbers = maker.blocks[2]
    data = bytearray(path.read_bytes())
    data[start + 120] ^= 1
    path.write_bytes(data)
    outcome = recover(maker.folder)
    assert (outcome.is_lossy, outcome.set_aside_bytes) == (True, 0)
    assert outcome.records == 14 - len(numbers)
    assert path.read_bytes() == data


def test_a_live_leg_is_never_touched(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    leg = journal.open_leg("leg-1")
    with pytest.raises(Conflict):
        recover(leg.folder)
    leg.append(SystemClock().now(), Origin.CLIENT, Kind.TEXT, b"still here")
    journal.close()
    assert recover(leg.folder).records == 1


def test_a_folder_without_a_journal_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        recover(tmp_path / "nowhere")
    assert not verify(tmp_path / "nowhere").ok


RECOVER = """
import os, signal, sys
from pathlib import Path
from earwitness.journal.recovery import recover
left = int(sys.argv[2])
def count(event, args):
    global left
    if event in ("open", "os.rename", "os.truncate") and str(args[0]).startswith(sys.argv[1]):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
recover(Path(sys.argv[1]))
"""


def test_recovery_killed_at_each_of_its_steps_and_run_again_comes_to_the_same(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path, start, end, _ = maker.blocks[-1]
    whole = path.read_bytes()
    was_killed = True
    step = 0
    while was_killed:
        path.write_bytes(whole[: end - 1])
        command = [sys.executable, "-c", RECOVER, str(maker.folder), str(step)]
        was_killed = subprocess.run(command, check=False).returncode == -9
        recover(maker.folder)
        torn = path.with_name(path.name + ".torn")
        assert path.read_bytes() == whole[:start]
        assert torn.read_bytes() == whole[start : end - 1]
        assert verify(maker.folder).ok
        assert len(list(maker.folder.glob("*.torn*"))) - len(list(maker.folder.glob("*.tmp"))) == 1
        for file in maker.folder.glob("*.torn*"):
            file.unlink()
        step += 1
    assert step > 5


def test_verify_names_a_block_that_does_not_continue_the_chain(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "leg-1")
    maker.segment([b"a"], [b"b"])
    maker.previous = os.urandom(32)
    maker.segment([b"c"])
    found = verify(maker.folder)
    assert found.problems == ("000001.ewj: block 2 does not continue the chain",)
    assert (found.blocks, found.records) == (3, 3)
    assert [record.payload for record in read_leg(maker.folder)] == [b"a", b"b", b"c"]


def test_verify_names_what_is_missing(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    head = verify(maker.folder).head
    segment_path(maker.folder, 1).unlink()
    found = verify(maker.folder)
    assert found.problems == ("blocks 2 to 3 are missing",)
    assert found.head == head == maker.previous.hex()


def test_verify_names_two_versions_of_one_block(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "leg-1")
    maker.segment([b"a"])
    maker.next_block = 0
    maker.segment([b"forged"])
    assert verify(maker.folder).problems == ("000001.ewj: block 0 is there twice and differs",)


def test_verify_names_a_torn_segment_that_nothing_made_good(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path, start, end, _ = maker.blocks[-1]
    path.write_bytes(path.read_bytes()[:-1])
    maker.segment()
    found = verify(maker.folder)
    assert found.problems == (f"000002.ewj: bytes {start} to {end - 1} are no whole block",)
    assert [record.kind for record in read_leg(maker.folder)][-1] is Kind.GAP


@pytest.mark.parametrize("left", [b"", bytes(57), bytes(4096)])
def test_a_segment_whose_first_bytes_never_reached_the_disk_is_given_its_name_again(
    tmp_path: Path, left: bytes
) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path = segment_path(maker.folder, 2)
    path.write_bytes(left)
    outcome = recover(maker.folder)
    assert (outcome.is_lossy, outcome.set_aside_bytes, outcome.records) == (bool(left), len(left), 8)
    header = decode_header(path.read_bytes())
    assert header is not None
    assert (header.leg, header.number, header.first_block) == ("leg-1", 2, 4)
    assert verify(maker.folder).ok
    before = all_bytes(maker.folder)
    recover(maker.folder)
    assert all_bytes(maker.folder) == before
