"""R27, R28, R29, R31: what is written is never overwritten, has one writer, and is read ever after."""

import re
from pathlib import Path

import pytest

from earwitness.clock import SystemClock
from earwitness.errors import Conflict
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.journal.recovery import recover
from earwitness.journal.writer import Journal
from earwitness.store.lock import FolderLock
from journal_maker import small_leg
from served import run

ROOT = Path(__file__).parents[2]


def test_r27_a_leg_that_exists_is_never_overwritten_and_is_its_owners_alone(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / "journal") for _ in range(2)]
    leg = journals[0].open_leg("leg-1")
    leg.append(SystemClock().now(), Origin.CLIENT, Kind.TEXT, b"first")
    assert leg.sync(5)
    before = {path: path.read_bytes() for path in leg.folder.iterdir()}
    with pytest.raises(Conflict):
        journals[1].open_leg("leg-1")
    assert {path: path.read_bytes() for path in leg.folder.iterdir()} == before
    assert {path.stat().st_mode & 0o777 for path in leg.folder.iterdir()} == {0o600}
    assert leg.folder.stat().st_mode & 0o777 == 0o700
    for journal in journals:
        journal.close()


def test_r28_a_second_process_is_told_who_holds_the_folder_and_a_dead_one_holds_nothing(
    tmp_path: Path,
) -> None:
    with FolderLock(tmp_path / "data"):
        refused = run("--data-dir", tmp_path / "data", "reindex", folder=tmp_path)
        assert (refused.returncode, "in use by process" in refused.stderr) == (3, True)
    assert run("--data-dir", tmp_path / "data", "reindex", folder=tmp_path).returncode == 0


def test_r29_what_was_written_once_is_read_and_what_is_of_a_version_to_come_is_left_alone(
    tmp_path: Path,
) -> None:
    page = (ROOT / "src/earwitness/journal/FORMAT.md").read_text("utf-8")
    example = bytes.fromhex(re.findall(r"```hex\n(.*?)```", page, re.DOTALL)[0])  # written by version 1
    leg = tmp_path / example[32:96].rstrip(b"\0").decode()
    leg.mkdir()
    (leg / "000000.ewj").write_bytes(example)
    assert next(record.payload for record in read_leg(leg)) == b'{"type":"ping"}'
    newer = example[:108] + bytes([9]) + example[109:]  # the version of its first block
    (leg / "000000.ewj").write_bytes(newer)
    recover(leg)
    assert Kind.GAP in {record.kind for record in read_leg(leg)}
    whole = b"".join(path.read_bytes() for path in sorted(leg.iterdir()))
    assert newer[100:200] in whole, "nothing of it is deleted"


def test_r31_recovery_run_again_or_killed_in_the_middle_comes_to_the_same(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path, start, end, _ = maker.blocks[-1]
    path.write_bytes(path.read_bytes()[: (start + end) // 2])
    first = recover(maker.folder)
    assert (first.is_lossy, first.set_aside_bytes) == (True, (start + end) // 2 - start)
    told = list(read_leg(maker.folder))
    for _ in range(3):
        assert not recover(maker.folder).set_aside_bytes
        assert list(read_leg(maker.folder)) == told
