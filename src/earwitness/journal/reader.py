"""Reading a journal back, whole, growing, torn, damaged or locked.

A process that died mid-write leaves a torn tail, and disks lose bytes. That is the case we exist for, so it
is never an error here: every whole record comes out, and one `Gap` stands where some are missing.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from earwitness.journal import block
from earwitness.journal.record import Gap, Kind, Origin, Record
from earwitness.journal.scan import Bad, Whole, first_block_offset, scan
from earwitness.journal.seal import Opener, keys_of
from earwitness.journal.segment import is_live, leg_folders, leg_name, segment_paths, torn_paths

__all__ = ["LegReader", "is_live", "leg_folders", "read_leg"]


class _Damage:
    """Bad bytes passed over since the last whole block, until it is known which records they cost."""

    def __init__(self) -> None:
        self.lost_bytes = 0
        self.is_locked = True  # nothing is wrong with them: the key is not here
        self.until_record: int | None = None  # first record after the damage, as damaged blocks' headers say
        self.details: list[str] = []

    def add(self, path: Path, bad: Bad, *, is_locked: bool = False) -> None:
        self.is_locked &= is_locked
        self.lost_bytes += bad.end - bad.start
        if bad.header is not None:
            until = bad.header.first_record + bad.header.record_count
            self.until_record = max(until, self.until_record or 0)
        if len(self.details) < 4:  # enough to find the place; a ruined file has thousands
            self.details.append(f"{path.name} bytes {bad.start} to {bad.end}")


class LegReader:
    """Follows one leg and remembers where it is. Opens files only while it reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seed: int | None = None
        self._segment: Path | None = None
        self._offset = 0  # 0: the segment's header is still to be read
        self._next_block = 0
        self._next_record = 0
        self._last: Record | None = None
        self._damage: _Damage | None = None
        self._is_finished = False
        self._opener: Opener | None = None

    def read(self, *, final: bool = False, limit_bytes: int | None = None) -> list[Record]:
        """What is new, in order.

        A block that is not all there yet is left for the next call. With `final` no more will come: a torn
        tail becomes one `Gap` record (reason `torn`) and later calls return nothing. With `limit_bytes` it
        stops after the block that reaches that sum of payloads; call again until nothing comes.
        """
        records: list[Record] = []
        size = 0
        for batch in self._batches(final):
            records += batch
            size += sum(len(record.payload) for record in batch)
            if limit_bytes is not None and size >= limit_bytes:
                break
        return records

    def stream(self, *, final: bool = False) -> Iterator[Record]:
        """The same, one block in memory at a time. May be abandoned and called again."""
        for batch in self._batches(final):
            yield from batch

    def _batches(self, final: bool) -> Iterator[list[Record]]:
        if self._is_finished:
            return
        while True:
            later = self._later_segments()
            if self._segment is None:
                if not later:
                    return
                self._segment = later.pop(0)
            yield from self._segment_batches(is_complete=bool(later) or final)
            if not later:
                break
            self._segment, self._offset = later[0], 0
        if final:
            self._is_finished = True
            yield self._tail()

    def _later_segments(self) -> list[Path]:
        """Listed before the present segment is read: one that has a successor grows no more."""
        paths = segment_paths(self.folder)
        if self._segment in paths:
            return paths[paths.index(self._segment) + 1 :]
        return paths

    def _segment_batches(self, is_complete: bool) -> Iterator[list[Record]]:
        path = self._segment
        assert path is not None
        try:
            file = path.open("rb")
        except FileNotFoundError:  # erased between listing and opening
            return
        with file:
            if self._offset == 0:
                offset = first_block_offset(file)
                if offset is None and not is_complete:
                    return
                self._offset = offset or 0
            if self._seed is None:
                name = leg_name(self.folder)
                self._seed, self._opener = block.leg_seed(name), Opener(name, keys_of(self.folder))
            for found in scan(file, self._seed, self._offset):
                if isinstance(found, Bad):
                    if found.is_tail and not is_complete:
                        return
                    self._note_damage(path, found)
                    self._offset = found.end
                else:
                    self._offset = found.end
                    yield self._accept(path, found)

    def _note_damage(self, path: Path, bad: Bad, *, is_locked: bool = False) -> None:
        if self._damage is None:
            self._damage = _Damage()
        self._damage.add(path, bad, is_locked=is_locked)

    def _accept(self, path: Path, found: Whole) -> list[Record]:
        header = found.header
        if header.number < self._next_block:
            return []  # written again after a failed sync; we have it
        records = self._records(found) if block.is_known(header) else None
        if records is None:
            is_locked = self._opener is not None and not self._opener.has_key(header)
            self._note_damage(path, Bad(found.start, found.end, header, False), is_locked=is_locked)
            return []
        is_missing = header.number > self._next_block
        self._next_block = header.number + 1
        if is_missing:
            records.insert(0, self._gap("damage", header.first_record, records[0] if records else None))
        self._damage = None
        self._next_record = header.first_record + header.record_count
        if records:
            self._last = records[-1]
            if self._last.kind is Kind.GAP:
                self._next_record = max(self._next_record, _after(self._last))
        return records

    def _records(self, found: Whole) -> list[Record] | None:
        payload = self._opener.open(found.header, found.payload) if self._opener else found.payload
        return None if payload is None else block.decode_records(found.header, payload)

    def _tail(self) -> list[Record]:
        """One gap for all that was damaged after the last whole block, set aside by recovery or not."""
        for path in torn_paths(self._segment) if self._segment else ():
            with path.open("rb") as file:
                for found in scan(file, self._seed or 0, 0):
                    bad = (
                        found if isinstance(found, Bad) else Bad(found.start, found.end, found.header, False)
                    )
                    self._note_damage(path, bad)
        if self._damage is None:
            return []
        return [self._gap("torn", self._damage.until_record, None)]

    def _gap(self, reason: str, until_record: int | None, following: Record | None) -> Record:
        beside = self._last or following
        first = self._next_record
        if self._damage is not None and self._damage.is_locked:
            reason = "locked"
        has_count = until_record is not None and until_record > first
        gap = Gap(
            reason=reason,
            first=first,
            count=until_record - first if until_record is not None and has_count else None,
            since_ns=self._last.wall_ns if self._last else None,
            until_ns=following.wall_ns if following else None,
            lost_bytes=self._damage.lost_bytes if self._damage else None,
            detail="; ".join(self._damage.details) if self._damage else "blocks are missing",
        )
        moment = (beside.monotonic_ns, beside.wall_ns) if beside else (0, 0)
        return Record(first, *moment, Origin.RECORDER, Kind.GAP, msgspec.json.encode(gap))


def read_leg(folder: Path) -> Iterator[Record]:
    """The whole leg, one block in memory at a time. Of a live leg: all that is there now."""
    is_final = not is_live(folder)
    yield from LegReader(folder).stream(final=is_final)


def _after(record: Record) -> int:
    """The number that follows a gap: it stands in the place of all the records it counts."""
    try:
        gap = msgspec.json.decode(record.payload, type=Gap)
    except msgspec.DecodeError:
        return record.number + 1
    return gap.first + (gap.count or 1)
