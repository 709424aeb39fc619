"""What a leg has to write and the disk has not taken yet: bounded, and what does not fit becomes one gap.

No locks and no files here: the writer holds its lock around every call.
"""

import msgspec

from earwitness.clock import Instant
from earwitness.journal.block import (
    BLOCK_BYTES,
    MAX_PAYLOAD_BYTES,
    RECORD_BYTES,
    pack_record_header,
    unpack_record_header,
)
from earwitness.journal.record import Gap, Kind, Origin


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may be at risk, and how much memory that may cost."""

    flush_ms: int = 50  # killed process: at most this much is lost
    sync_ms: int = 250  # lost power: at most this much is lost
    segment_bytes: int = 64 << 20  # a new file is begun at the first sync beyond this
    leg_bytes: int = 4 << 20  # of one leg in memory and not on disk; a message over 64 KiB counts as 64 KiB
    total_bytes: int = 64 << 20  # of all legs together; every byte counts
    retry_ms: int = 500  # between attempts on a disk that refuses


class Budget:
    """The memory all legs share."""

    __slots__ = ("held_bytes", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.held_bytes = 0


class Draft(msgspec.Struct, frozen=True, gc=False):
    """Records that will be one block."""

    first: int
    record_count: int
    until: int  # number of the record that follows
    chunks: list[bytes]
    size_bytes: int


class _Drop:
    """Whole records there was no room for, as long as it lasts."""

    def __init__(self, reason: str, first: int, since_ns: int | None) -> None:
        self.reason = reason
        self.first = first
        self.since_ns = since_ns
        self.count = 0
        self.byte_count = 0
        self.last = Instant(0, 0)


class Backlog:
    """The records of one leg on their way to the disk, in order."""

    __slots__ = (
        "_budget",
        "_chunks",
        "_counted_bytes",
        "_drop",
        "_first",
        "_last_wall_ns",
        "_ready",
        "_size",
        "dropped_until",
        "gap_count",
        "held_bytes",
        "lost_records",
        "next_number",
    )

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._chunks: list[bytes] = []  # header, payload, header, payload ... of the block in the making
        self._size = 0
        self._first = 0
        self._ready: list[Draft] = []
        self._drop: _Drop | None = None
        self._last_wall_ns: int | None = None
        self.held_bytes = 0  # in memory until it is on disk
        self._counted_bytes = (
            0  # the same, a big message counted as one block: it alone must not fill the leg
        )
        self.next_number = 0
        self.gap_count = 0
        self.lost_records = 0
        self.dropped_until = 0  # no record from this number on was ever dropped

    @property
    def is_dropping(self) -> bool:
        return self._drop is not None

    @property
    def has_records(self) -> bool:
        return bool(self._chunks or self._ready or self._drop)

    def add(self, at: Instant, origin: Origin | int, kind: Kind | int, payload: bytes, reason: str) -> int:
        """Take one record, or count it as lost for `reason` when there is no room. Returns its number."""
        length = len(payload)
        size = length + RECORD_BYTES
        budget = self._budget
        if (
            self._drop is not None
            or self._counted_bytes >= budget.limits.leg_bytes
            or budget.held_bytes + size > budget.limits.total_bytes
            or length > MAX_PAYLOAD_BYTES
        ):
            self.settle(until_ns=at.wall_ns)
            if self._drop is not None or not self._has_room(size) or length > MAX_PAYLOAD_BYTES:
                return self.drop(at, 1, length, reason)
        number = self.next_number
        self.next_number = number + 1
        if self._size + size > BLOCK_BYTES and self._chunks:
            self._cut(number)
        if not self._chunks:
            self._first = number
        self._chunks += (pack_record_header(length, at[0], at[1], origin, kind), payload)
        self._size += size
        self.held_bytes += size
        self._counted_bytes += size if size < BLOCK_BYTES else BLOCK_BYTES
        budget.held_bytes += size
        self._last_wall_ns = at[1]
        return number

    def extend(self, parts: list[bytes], size: int, reason: str) -> None:
        """As `add` for several packed records: header, payload, header, payload ... of `size` bytes."""
        budget = self._budget
        if (
            self._drop is not None
            or size > BLOCK_BYTES
            or self._counted_bytes + size > budget.limits.leg_bytes
            or budget.held_bytes + size > budget.limits.total_bytes
        ):
            for header, payload in zip(parts[::2], parts[1::2], strict=True):
                _, monotonic_ns, wall_ns, origin, kind = unpack_record_header(header)
                self.add(Instant(monotonic_ns, wall_ns), origin, kind, payload, reason)
            return
        if self._size + size > BLOCK_BYTES:
            self._cut(self.next_number)
        if not self._chunks:
            self._first = self.next_number
        self._chunks += parts
        self.next_number += len(parts) // 2
        self._size += size
        self.held_bytes += size
        self._counted_bytes += size
        budget.held_bytes += size
        self._last_wall_ns = unpack_record_header(parts[-2])[2]

    def drop(self, at: Instant, count: int, byte_count: int, reason: str) -> int:
        """Count `count` records as lost; their numbers are used up. Returns the first of them."""
        first = self.next_number
        drop = self._drop
        if drop is None:
            drop = self._drop = _Drop(reason, first, self._last_wall_ns)
        drop.count += count
        drop.byte_count += byte_count
        drop.last = at
        self.next_number = self.dropped_until = first + count
        self.lost_records += count
        return first

    def settle(self, *, until_ns: int | None = None, at_any_cost: bool = False) -> None:
        """If records were lost and there is room again, put the one gap in their place."""
        drop = self._drop
        if drop is None or not (at_any_cost or self._is_relieved()):
            return
        gap = Gap(
            reason=drop.reason,
            first=drop.first,
            count=drop.count,
            since_ns=drop.since_ns,
            until_ns=drop.last.wall_ns if until_ns is None else until_ns,
            lost_bytes=drop.byte_count,
        )
        payload = msgspec.json.encode(gap)
        header = pack_record_header(len(payload), *drop.last, Origin.RECORDER, Kind.GAP)
        self._cut(drop.first)
        size = len(payload) + RECORD_BYTES
        self._ready.append(Draft(drop.first, 1, drop.first + drop.count, [header, payload], size))
        self.held_bytes += size
        self._counted_bytes += size
        self._budget.held_bytes += size
        self._drop = None
        self.gap_count += 1

    def take(self) -> list[Draft]:
        """All that waits, as blocks to be. What was taken still counts as held until `release`."""
        self.settle()
        self._cut(self._first + len(self._chunks) // 2)
        ready, self._ready = self._ready, []
        return ready

    def release(self, byte_count: int) -> None:
        """One block of so many bytes is on disk now and needs no memory any more."""
        self.held_bytes -= byte_count
        self._counted_bytes -= min(byte_count, BLOCK_BYTES)
        self._budget.held_bytes -= byte_count

    def _cut(self, until: int) -> None:
        if self._chunks:
            count = len(self._chunks) // 2
            self._ready.append(Draft(self._first, count, until, self._chunks, self._size))
            self._chunks, self._size = [], 0

    def _has_room(self, size: int) -> bool:
        budget = self._budget
        return (
            self._counted_bytes < budget.limits.leg_bytes
            and budget.held_bytes + size <= budget.limits.total_bytes
        )

    def _is_relieved(self) -> bool:
        """Half empty again: one long gap says more than a hundred short ones."""
        budget = self._budget
        return (
            self._counted_bytes <= budget.limits.leg_bytes // 2
            and budget.held_bytes <= budget.limits.total_bytes * 3 // 4
        )
