"""Whatever bytes a file holds: the scan covers them all, in order, and never raises."""

import io
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.journal import block
from earwitness.journal.scan import Bad, Whole, first_block_offset, scan
from journal_maker import Maker, make_record, small_leg

SEED = block.leg_seed("leg-1")


def cover(data: bytes, start: int = 0) -> list[Whole | Bad]:
    found = list(scan(io.BytesIO(data), SEED, start))
    position = start
    for part in found:
        assert part.start == position
        assert part.end > part.start
        position = part.end
    assert position == len(data)
    return found


@settings(max_examples=300)
@given(st.lists(st.sampled_from(["block", "noise", "magic", "half", "zeros"]), max_size=8), st.data())
def test_any_mixture_of_blocks_and_rubbish_is_covered_and_every_block_found(
    parts: list[str], draw: st.DataObject
) -> None:
    maker = Maker.__new__(Maker)
    maker.folder = Path("leg-1")
    maker.previous, maker.next_block = block.NO_HASH, 0
    data, blocks = b"", 0
    for index, part in enumerate(parts):
        if part == "noise":
            data += draw.draw(st.binary(max_size=300))
        elif part == "magic":
            data += block.MAGIC
        elif part == "zeros":
            data += bytes(200)
        else:
            encoded = maker.encode([make_record(index, b"payload")])
            # A block cut within its payload: what follows must not be swallowed by the length it claims.
            data += encoded if part == "block" else encoded[: draw.draw(st.integers(1, block.HEADER_BYTES))]
            blocks += part == "block"
    found = cover(data)
    whole = [part for part in found if isinstance(part, Whole)]
    assert len(whole) == blocks or "half" in parts
    assert all(isinstance(part, Whole) or not part.is_tail for part in found[:-1])


def test_a_block_cut_short_in_the_file_does_not_hide_the_next_one(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "leg-1")
    first = maker.encode([make_record(0, b"x" * 5000)])
    second = maker.encode([make_record(1, b"y")])
    found = cover(first[:3000] + second)
    assert [type(part) for part in found] == [Bad, Whole]
    assert found[1].start == 3000


def test_the_next_block_is_found_across_the_search_window() -> None:
    maker = Maker.__new__(Maker)
    maker.folder = Path("leg-1")
    maker.previous, maker.next_block = block.NO_HASH, 0
    encoded = maker.encode([make_record(0, b"x")])
    for shift in range(-12, 4):
        noise = b"\x89" * ((1 << 20) + shift)
        found = cover(noise + encoded)
        assert [type(part) for part in found] == [Bad, Whole]


def test_blocks_begin_behind_the_header_or_at_the_start_when_that_is_damaged(tmp_path: Path) -> None:
    data = small_leg(tmp_path / "leg-1").blocks[0][0].read_bytes()
    assert first_block_offset(io.BytesIO(data)) == 100
    assert first_block_offset(io.BytesIO(b"?" + data[1:])) == 0
    assert first_block_offset(io.BytesIO(data[:99])) is None
