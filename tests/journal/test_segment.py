"""A segment says what it is; a lock says whether it still grows."""

import fcntl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.journal import segment
from earwitness.journal.segment import SegmentHeader, is_live, leg_name, segment_path, segment_paths

HEADER = SegmentHeader(1, 7, 1234, 1_795_200_000_000_000_000, "leg-1")


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1),
    st.integers(-(2**63), 2**63 - 1),
    st.from_regex(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", fullmatch=True),
)
def test_a_header_comes_back_as_it_went_in(number: int, first_block: int, wall_ns: int, leg: str) -> None:
    header = SegmentHeader(1, number, first_block, wall_ns, leg)
    assert segment.decode_header(segment.encode_header(header)) == header


def test_a_header_with_any_bit_flipped_does_not_hold() -> None:
    raw = segment.encode_header(HEADER)
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        assert segment.decode_header(bytes(changed)) is None


def test_segments_are_sorted_by_number_and_nothing_else_is_one(tmp_path: Path) -> None:
    for name in ("1000000.ewj", "999999.ewj", "000002.ewj", "000002.ewj.torn", "x.ewj", "000003.ewj.tmp"):
        (tmp_path / name).touch()
    assert [path.name for path in segment_paths(tmp_path)] == ["000002.ewj", "999999.ewj", "1000000.ewj"]
    assert segment_paths(tmp_path / "nowhere") == []


def test_the_legs_name_stands_in_its_files_and_survives_a_renamed_folder(tmp_path: Path) -> None:
    segment_path(tmp_path, 0).write_bytes(b"damaged")
    assert leg_name(tmp_path) == tmp_path.name
    segment_path(tmp_path, 1).write_bytes(segment.encode_header(HEADER))
    assert leg_name(tmp_path) == "leg-1"


@pytest.mark.parametrize("held", [0, 1])
def test_a_leg_is_live_while_one_of_its_last_two_segments_is_locked(tmp_path: Path, held: int) -> None:
    for number in range(2):
        segment_path(tmp_path, number).touch()
    assert not is_live(tmp_path)
    with segment_path(tmp_path, held).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert is_live(tmp_path)
    assert not is_live(tmp_path)
    assert not is_live(tmp_path / "nowhere")
