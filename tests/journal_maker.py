"""Small journals built byte by byte, for damaging them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from earwitness.journal import block, segment
from earwitness.journal.record import Kind, Origin, Record
from earwitness.journal.segment import SegmentHeader, segment_path

WALL_NS = 1_795_200_000_000_000_000


def make_record(number: int, payload: bytes) -> Record:
    origin = Origin.SERVER if number % 2 else Origin.CLIENT
    return Record(number, number * 20_000_000, WALL_NS + number * 20_000_000, origin, Kind.TEXT, payload)


def pack(record: Record) -> bytes:
    header = block.pack_record_header(
        len(record.payload), record.monotonic_ns, record.wall_ns, record.origin, record.kind
    )
    return header + record.payload


class Maker:
    """Writes one leg's segments; remembers where each block lies and which records it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.records: list[Record] = []
        self.blocks: list[tuple[Path, int, int, range]] = []  # segment, start, end, record numbers
        self.previous = block.NO_HASH
        self.next_block = 0
        self._segments = 0
        folder.mkdir(parents=True, exist_ok=True)

    def encode(self, records: Sequence[Record]) -> bytes:
        """The next block, without writing it."""
        payload = b"".join(map(pack, records))
        header = block.encode_header(
            block.leg_seed(self.folder.name),
            number=self.next_block,
            first_record=records[0].number,
            record_count=len(records),
            previous=self.previous,
            payload=payload,
        )
        self.previous = block.block_hash(header, payload)
        self.next_block += 1
        return header + payload

    def segment(self, *blocks: Iterable[bytes]) -> Path:
        """One more segment: each argument is a block, given as its records' payloads."""
        path = segment_path(self.folder, self._segments)
        data = segment.encode_header(
            SegmentHeader(1, self._segments, self.next_block, WALL_NS, self.folder.name)
        )
        for payloads in blocks:
            first = len(self.records)
            records = [make_record(first + index, payload) for index, payload in enumerate(payloads)]
            encoded = self.encode(records)
            numbers = range(first, first + len(records))
            self.blocks.append((path, len(data), len(data) + len(encoded), numbers))
            self.records += records
            data += encoded
        path.write_bytes(data)
        self._segments += 1
        return path


def small_leg(folder: Path) -> Maker:
    """Three segments, six blocks, fourteen records."""
    maker = Maker(folder)
    maker.segment([b"a", b"bc"], [b"", b"def", b"g" * 7])
    maker.segment([b"hello"], [b"one", b"two"])
    maker.segment([b"x", b"y", b"z"], [b"last", b"but", b"one"])
    return maker
