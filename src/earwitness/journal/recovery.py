"""After a crash: set the torn end aside, and say what is whole.

Nothing is ever deleted here, and a leg that some process still writes is never touched.
"""

import fcntl
import os
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

import msgspec

from earwitness.errors import Conflict, NotFound
from earwitness.journal import block, segment
from earwitness.journal.reader import LegReader
from earwitness.journal.record import Gap, Kind
from earwitness.journal.scan import Bad, Whole, first_block_offset, scan
from earwitness.journal.seal import Opener, keys_of
from earwitness.journal.segment import (
    TORN_SUFFIX,
    SegmentHeader,
    is_live,
    leg_name,
    segment_paths,
    torn_paths,
)

_REMEMBERED = 4096  # blocks a failed sync may have caused to be written twice


class Recovery(msgspec.Struct, frozen=True, kw_only=True):
    """What `recover` left behind. Lossy: records are missing, or bytes were set aside now or before."""

    is_lossy: bool
    set_aside_bytes: int  # by this call
    records: int


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What a leg's journal proves. `problems` names each damage in words; none means unbroken."""

    ok: bool
    problems: tuple[str, ...]
    blocks: int
    records: int
    head: str  # hex SHA-256 of the last block: pins all before it


def recover(folder: Path) -> Recovery:
    """Move what follows the last whole block of a dead leg to `<segment>.torn`, then cut it off.

    Killed at any instant and run again, the outcome is the same. Raises `Conflict` for a live leg,
    `NotFound` when there is no segment.
    """
    paths = segment_paths(folder)
    if not paths:
        raise NotFound(f"{folder} holds no journal")
    with paths[-1].open("r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"{folder.name} is being written", hint="Only a dead leg is recovered.") from error
        set_aside_bytes = _set_torn_tail_aside(paths[-1], file, block.leg_seed(leg_name(folder)))
        if not os.fstat(file.fileno()).st_size:
            _begin_again(file, paths)
    count = 0
    is_lossy = False
    for record in LegReader(folder).stream(final=True):
        gap = msgspec.json.decode(record.payload, type=Gap) if record.kind is Kind.GAP else None
        if gap and gap.reason == LOCKED:
            count += gap.count or 0  # whole as they are; the key is not here
        elif gap and gap.reason in _READERS:
            is_lossy = True
        else:
            count += 1
    return Recovery(is_lossy=is_lossy, set_aside_bytes=set_aside_bytes, records=count)


LOCKED = "locked"
_READERS = ("torn", "damage")  # gaps that stand in no file: the reader makes them


def _set_torn_tail_aside(path: Path, file: BinaryIO, seed: int) -> int:
    end = first_block_offset(file) or 0
    for found in scan(file, seed, end):
        if isinstance(found, Whole):
            end = found.end
    file.seek(end)
    tail = file.read()
    if not tail:
        return 0
    if not any(torn.read_bytes() == tail for torn in torn_paths(path)):
        _write_durably(_free_torn_name(path), tail)
    file.truncate(end)
    os.fsync(file.fileno())
    return len(tail)


def _begin_again(file: BinaryIO, paths: list[Path]) -> None:
    """Give a segment whose first bytes never reached the disk its header: no nameless file stays behind."""
    leg = leg_name(paths[-1].parent)
    next_block = 0
    for path in reversed(paths[:-1]):
        with path.open("rb") as before:
            found = scan(before, block.leg_seed(leg), first_block_offset(before) or 0)
            numbers = [part.header.number for part in found if isinstance(part, Whole)]
        if numbers:
            next_block = max(numbers) + 1
            break
    wall_ns = os.fstat(file.fileno()).st_mtime_ns
    header = SegmentHeader(segment.VERSION, int(paths[-1].stem), next_block, wall_ns, leg)
    file.seek(0)
    file.write(segment.encode_header(header))
    file.flush()
    os.fsync(file.fileno())


def _free_torn_name(path: Path) -> Path:
    number = 0
    while True:
        name = path.with_name(f"{path.name}{TORN_SUFFIX}{f'.{number}' if number else ''}")
        if not name.exists():
            return name
        number += 1


def _write_durably(path: Path, data: bytes) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    os.rename(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class _Verifier:
    """Walks a leg's blocks and notes where they are not what an undisturbed writer would have left."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[str] = []
        self.blocks = 0
        self.records = 0
        self.head = block.NO_HASH
        self._leg = leg_name(folder)
        self._seed = block.leg_seed(self._leg)
        self._opener = Opener(self._leg, keys_of(folder))
        self._hashes: OrderedDict[int, bytes] = OrderedDict()
        self._next_block = 0
        self._open_tail = ""  # of a segment that was gone over from; no damage once its blocks come again

    def segment(self, path: Path, number: int, *, is_last: bool) -> None:
        with path.open("rb") as file:
            header = segment.decode_header(file.read(segment.HEADER_BYTES))
            if header is None:
                self.problems.append(f"{path.name}: its header is damaged")
            elif (header.leg, header.number) != (self._leg, number):
                self.problems.append(f"{path.name}: is segment {header.number} of leg {header.leg}")
            for found in scan(file, self._seed, first_block_offset(file) or 0):
                if isinstance(found, Whole):
                    self._whole(path, found)
                else:
                    self._bad(path, found, is_last=is_last)

    def _bad(self, path: Path, bad: Bad, *, is_last: bool) -> None:
        what = f"{path.name}: bytes {bad.start} to {bad.end} are no whole block"
        if bad.is_tail and not is_last:
            self._open_tail = what
        elif bad.start or bad.end != segment.HEADER_BYTES:  # else the header, named already
            self.problems.append(what)

    def finish(self, *, is_growing: bool) -> None:
        if self._open_tail and not is_growing:
            self.problems.append(self._open_tail)

    def _whole(self, path: Path, found: Whole) -> None:
        header = found.header
        where = f"{path.name}: block {header.number}"
        digest = block.block_hash(found.raw_header, found.payload)
        if header.number < self._next_block:
            if self._hashes.get(header.number) != digest:
                self.problems.append(f"{where} is there twice and differs")
            return
        self._open_tail = ""
        if header.number > self._next_block:
            self.problems.append(f"blocks {self._next_block} to {header.number - 1} are missing")
        elif header.previous != self.head:
            self.problems.append(f"{where} does not continue the chain")
        if not block.is_known(header):
            self.problems.append(f"{where} is of version {header.version}, flags {header.flags}")
        elif self._opener.has_key(header):  # without keys checksums and chain are all that can be checked
            payload = self._opener.open(header, found.payload)
            if payload is None:
                self.problems.append(f"{where} was not sealed here: its key does not open it")
            elif block.decode_records(header, payload) is None:
                self.problems.append(f"{where} does not hold the records it claims")
        self.head = digest
        self._hashes[header.number] = digest
        if len(self._hashes) > _REMEMBERED:
            self._hashes.popitem(last=False)
        self._next_block = header.number + 1
        self.blocks += 1
        self.records += header.record_count


def verify(folder: Path) -> Verification:
    """Read every block and check lengths, checksums, numbers and the chain of hashes.

    What recovery set aside is no problem of what remains; the end of a live leg is none either.
    """
    is_growing = is_live(folder)
    paths = segment_paths(folder)
    verifier = _Verifier(folder)
    if not paths:
        verifier.problems.append("there is no segment")
    for path in paths:
        verifier.segment(path, int(path.stem), is_last=path == paths[-1] and not is_growing)
    verifier.finish(is_growing=is_growing)
    return Verification(
        ok=not verifier.problems,
        problems=tuple(verifier.problems),
        blocks=verifier.blocks,
        records=verifier.records,
        head=verifier.head.hex(),
    )
