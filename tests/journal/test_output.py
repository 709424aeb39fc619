"""A leg's folder appears whole and locked; a write that is cut short leaves whole blocks only."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwitness.errors import Conflict
from earwitness.journal.output import Output, begin_leg, make_root
from earwitness.journal.segment import SegmentHeader, is_live, segment_path

HEADER = SegmentHeader(1, 0, 0, 0, "leg-1")


@contextmanager
def files_no_longer_than(byte_count: int) -> Iterator[None]:
    """Around the writes only: whatever the test runner logs to is a file too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (byte_count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_leg_is_live_from_the_moment_it_can_be_seen(tmp_path: Path) -> None:
    folder = tmp_path / "2026-11-20" / "leg-1"
    output = begin_leg(folder, HEADER)
    assert output.path == segment_path(folder, 0)
    assert is_live(folder)
    assert output.unsynced_folders >= {folder, folder.parent, tmp_path}
    output.sync()
    output.close()
    assert not is_live(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["leg-1"]


def test_a_leg_that_exists_is_not_begun_again_and_nothing_is_left_lying(tmp_path: Path) -> None:
    folder = tmp_path / "leg-1"
    output = begin_leg(folder, HEADER)
    before = output.path.read_bytes()
    with pytest.raises(Conflict):
        begin_leg(folder, HEADER)
    assert [path.name for path in tmp_path.iterdir()] == ["leg-1"]
    assert output.path.read_bytes() == before
    output.close()


def test_a_short_write_leaves_whole_blocks_only_and_tells_the_true_error(tmp_path: Path) -> None:
    output = Output(segment_path(tmp_path, 0), HEADER)
    block = [b"h" * 100, b"p" * 200]
    with files_no_longer_than(1000):
        assert output.write(block * 5) == 3
        assert output.size_bytes == output.path.stat().st_size == 100 + 3 * 300
        with pytest.raises(OSError, match="File too large"):
            output.write(block)
    assert output.path.stat().st_size == 1000
    output.close()


def test_more_buffers_than_the_kernel_takes_at_once_are_written_in_part(tmp_path: Path) -> None:
    output = Output(segment_path(tmp_path, 0), HEADER)
    assert output.write([b"h", b"p"] * 600) == 512
    assert output.path.stat().st_size == 100 + 1024
    output.close()


def test_the_roots_folders_are_for_their_owner_alone(tmp_path: Path) -> None:
    make_root(tmp_path / "a" / "b")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert os.listdir(tmp_path / "a") == ["b"]
    make_root(tmp_path / "a" / "b")
