"""Reading back what was cut, damaged, written twice or is still being written."""

import random
import shutil
from pathlib import Path

import msgspec
import pytest

from earwitness.journal.reader import LegReader, read_leg
from earwitness.journal.record import Gap, Kind, Record
from earwitness.journal.recovery import verify
from earwitness.journal.segment import leg_folders, segment_path
from journal_maker import Maker, make_record, small_leg


def told(record: Record) -> Gap:
    return msgspec.json.decode(record.payload, type=Gap)


def split(records: list[Record]) -> tuple[list[Record], list[Gap]]:
    """What was recorded, and the gaps the reader put between."""
    kept = [record for record in records if record.kind is not Kind.GAP]
    return kept, [told(record) for record in records if record.kind is Kind.GAP]


def cut_after(maker: Maker, target: Path, length: int) -> Path:
    """A copy of the leg that ends after `length` bytes of all its segments together."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for path in sorted(maker.folder.glob("*.ewj")):
        data = path.read_bytes()
        (target / path.name).write_bytes(data[:length])
        length -= len(data)
        if length <= 0:
            break
    return target


def test_a_journal_cut_at_any_byte_gives_every_whole_block_and_then_at_most_one_gap(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    sizes = [path.stat().st_size for path in sorted(maker.folder.glob("*.ewj"))]
    before = {path: sum(sizes[: int(path.stem)]) for path, *_ in maker.blocks}
    ends = [(before[path] + end, numbers.stop) for path, _, end, numbers in maker.blocks]
    clean_ends = {0, *(end for end, _ in ends)} | {sum(sizes[:index]) + 100 for index in range(3)}
    for length in range(sum(sizes) + 1):
        folder = cut_after(maker, tmp_path / "cut", length)
        kept, gaps = split(list(read_leg(folder)))
        whole = max((stop for end, stop in ends if end <= length), default=0)
        assert kept == maker.records[:whole], length
        assert len(gaps) == (0 if length in clean_ends else 1), length
        for gap in gaps:
            assert (gap.reason, gap.first) == ("torn", whole)
            assert gap.lost_bytes == length - max(end for end in clean_ends if end <= length)


def test_a_segment_cut_in_the_middle_of_the_leg_costs_its_tail_only(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    middle = segment_path(maker.folder, 1)
    data = middle.read_bytes()
    for length in range(len(data)):
        middle.write_bytes(data[:length])
        kept, gaps = split(list(read_leg(maker.folder)))
        stop = max(
            (numbers.stop for path, _, end, numbers in maker.blocks if path == middle and end <= length),
            default=5,
        )
        assert kept == maker.records[:stop] + maker.records[8:], length
        assert [(gap.reason, gap.first, gap.count) for gap in gaps] == [("damage", stop, 8 - stop)]


def check_flipped(maker: Maker, path: Path, data: bytes, bit: int) -> None:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    kept, gaps = split(list(read_leg(maker.folder)))
    numbers = {record.number for record in kept}
    lost = [record.number for record in maker.records if record.number not in numbers]
    assert kept == [record for record in maker.records if record.number in numbers], bit
    hit = next(
        (numbers for where, start, end, numbers in maker.blocks if where == path and start <= bit // 8 < end),
        range(0),
    )
    assert lost in ([], list(hit)), bit
    assert len(gaps) == bool(lost), bit
    if lost:
        assert gaps[0].first == lost[0], bit
        assert gaps[0].count in (len(lost), None), bit
    assert not verify(maker.folder).ok, bit


@pytest.mark.parametrize("number", [0, 1, 2])
def test_no_flipped_bit_goes_unnoticed_and_none_costs_more_than_its_block(
    tmp_path: Path, number: int
) -> None:
    maker = small_leg(tmp_path / "leg-1")
    assert verify(maker.folder).ok
    path = segment_path(maker.folder, number)
    data = path.read_bytes()
    for bit in range(len(data) * 8):
        check_flipped(maker, path, data, bit)


@pytest.mark.parametrize("tail", ["zeros", "another leg", "an older block", "noise"])
def test_what_was_never_written_here_is_never_taken_for_a_record(tmp_path: Path, tail: str) -> None:
    maker = small_leg(tmp_path / "leg-1")
    other = Maker(tmp_path / "leg-2")
    for _ in range(9):
        foreign = other.encode([make_record(14, b"foreign")])
    path, start, end, _ = maker.blocks[-1]
    own = path.read_bytes()
    added = {
        "zeros": bytes(4096),
        "another leg": foreign,
        "an older block": own[start:end],
        "noise": random.Random(1).randbytes(4096),
    }[tail]
    path.write_bytes(own + added)
    kept, gaps = split(list(read_leg(maker.folder)))
    assert kept == maker.records
    assert [gap.reason for gap in gaps] == ([] if tail == "an older block" else ["torn"])


def test_the_last_4_kib_gone_to_zeros_cost_what_lay_there(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "leg-1")
    path = maker.segment(*([bytes([65 + number]) * 900] for number in range(12)))
    data = path.read_bytes()
    path.write_bytes(data[:-4096] + bytes(4096))
    kept, gaps = split(list(read_leg(maker.folder)))
    assert kept == maker.records[:8]
    assert [(gap.reason, gap.first) for gap in gaps] == [("torn", 8)]


def test_blocks_written_again_after_a_failed_sync_are_read_once(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "leg-1")
    first = maker.segment([b"a"], [b"b"], [b"c"])
    again = b"".join(first.read_bytes()[start:end] for _, start, end, _ in maker.blocks[1:])
    second = maker.segment([b"d"])
    data = second.read_bytes()
    second.write_bytes(data[:100] + again + data[100:])
    assert list(read_leg(maker.folder)) == maker.records
    assert verify(maker.folder).ok
    # And when the first copies never reached the disk, the second ones count.
    first.write_bytes(first.read_bytes()[: maker.blocks[1][1] + 30])
    assert list(read_leg(maker.folder)) == maker.records
    assert verify(maker.folder).ok


def test_a_reader_that_follows_gets_every_record_once_however_the_file_grows(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    target = tmp_path / "copy"
    target.mkdir()
    reader = LegReader(target)
    assert reader.read() == []
    seen = []
    for path in sorted(maker.folder.glob("*.ewj")):
        with (target / path.name).open("ab", buffering=0) as file:
            for byte in path.read_bytes():
                file.write(bytes([byte]))
                seen += reader.read()
                assert seen == maker.records[: len(seen)]
    assert seen == maker.records
    assert reader.read(final=True) == []
    assert reader.read(final=True) == []


def test_a_torn_tail_is_told_once_when_no_more_will_come(tmp_path: Path) -> None:
    maker = small_leg(tmp_path / "leg-1")
    path = maker.blocks[-1][0]
    path.write_bytes(path.read_bytes()[:-1])
    reader = LegReader(maker.folder)
    assert reader.read() == maker.records[:-3]
    (gap,) = reader.read(final=True)
    assert (told(gap).reason, told(gap).first, told(gap).count, gap.number) == ("torn", 11, 3, 11)
    assert reader.read(final=True) == []


def test_a_limit_hands_a_long_leg_out_in_pieces(tmp_path: Path) -> None:
    maker = Maker(tmp_path / "leg-1")
    maker.segment(*([b"x" * 1000] * 4 for _ in range(20)))
    reader = LegReader(maker.folder)
    pieces = []
    while piece := reader.read(final=True, limit_bytes=10_000):
        pieces.append(piece)
    assert [record for piece in pieces for record in piece] == maker.records
    assert max(map(len, pieces)) == 12


def test_a_block_of_a_version_to_come_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Maker(tmp_path / "leg-1")
    maker.segment([b"a"])
    monkeypatch.setattr("earwitness.journal.block.VERSION", 2)
    maker.segment([b"new"])
    monkeypatch.undo()
    maker.segment([b"b"])
    kept, gaps = split(list(read_leg(maker.folder)))
    assert kept == [maker.records[0], maker.records[2]]
    assert [(gap.first, gap.count) for gap in gaps] == [(1, 1)]


def test_legs_are_listed_oldest_first_and_unborn_ones_are_not(tmp_path: Path) -> None:
    for name in ("2026-11-20/b", "2026-11-20/a", "2026-11-19/c", "2026-11-20/.d.new"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a-file").touch()
    names = [str(folder.relative_to(tmp_path)) for folder in leg_folders(tmp_path)]
    assert names == ["2026-11-19/c", "2026-11-20/a", "2026-11-20/b"]
    assert list(leg_folders(tmp_path / "nowhere")) == []
