"""Walking one segment file: whole blocks come out, everything else comes out as a stretch of bad bytes.

Never raises for what the bytes are. Memory is bounded by one block and one search window.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from earwitness.journal import block, segment
from earwitness.journal.block import BlockHeader

_WINDOW = 1 << 20


class Whole(NamedTuple):
    """A block that is byte for byte what was written."""

    start: int
    end: int
    header: BlockHeader
    raw_header: bytes
    payload: bytes


class Bad(NamedTuple):
    """Bytes that are no whole block. `header` holds when only the payload is damaged or cut."""

    start: int
    end: int
    header: BlockHeader | None
    is_tail: bool  # nothing whole follows in this file


def scan(file: BinaryIO, seed: int, start: int) -> Iterator[Whole | Bad]:
    """Everything from byte `start` to the end of the file, in order, without holes.

    A bad tail is the last thing that comes, with `is_tail`: while the file still grows it may be the
    beginning of a block, so scan again from its `start` later.
    """
    position = start
    while True:
        file.seek(position)
        raw = file.read(block.HEADER_BYTES)
        if not raw:
            return
        header = block.decode_header(seed, raw)
        if header is None:
            found = _next_header(file, seed, position + 1)
            yield Bad(position, _end(file) if found is None else found, None, found is None)
            if found is None:
                return
            position = found
            continue
        payload = file.read(header.stored_bytes)
        end = position + block.HEADER_BYTES + len(payload)
        if block.is_whole(header, payload):
            yield Whole(position, end, header, raw, payload)
        elif len(payload) == header.stored_bytes:
            yield Bad(position, end, header, False)
        else:
            # The file may be cut short, or the block: whole blocks can lie within the length it claims.
            found = _next_header(file, seed, position + block.HEADER_BYTES)
            yield Bad(position, end if found is None else found, header, found is None)
            if found is None:
                return
            end = found
        position = end


def first_block_offset(file: BinaryIO) -> int | None:
    """Where the blocks begin: behind the segment header; at 0 when that is damaged; None while too short."""
    file.seek(0)
    raw = file.read(segment.HEADER_BYTES)
    if len(raw) < segment.HEADER_BYTES:
        return None
    return segment.HEADER_BYTES if segment.decode_header(raw) else 0


def _next_header(file: BinaryIO, seed: int, start: int) -> int | None:
    """The offset of the next block header that holds, from `start` on."""
    position = start
    while True:
        file.seek(position)
        window = file.read(_WINDOW)
        at = window.find(block.MAGIC)
        while at >= 0:
            file.seek(position + at)
            if block.decode_header(seed, file.read(block.HEADER_BYTES)) is not None:
                return position + at
            at = window.find(block.MAGIC, at + 1)
        if len(window) < _WINDOW:
            return None
        position += _WINDOW - len(block.MAGIC) + 1


def _end(file: BinaryIO) -> int:
    return file.seek(0, 2)
