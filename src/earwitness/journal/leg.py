"""One leg's way to the disk: records become blocks, blocks are written, synced, and only then forgotten.

Three threads meet here. The caller appends under the lock. The journal's flush thread alone encodes, writes
and opens segments. The journal's sync thread alone syncs and closes. A block stays in memory until a sync
that came after its write has succeeded, so that a failed sync costs nothing: it is written again elsewhere.
"""

import contextlib
import errno
import os
import time
from collections import deque
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from threading import Condition, Event, Lock
from typing import NamedTuple

from earwitness.clock import Clock, Instant
from earwitness.errors import Conflict
from earwitness.journal.backlog import Backlog, Budget, Limits
from earwitness.journal.chain import Block, Chain
from earwitness.journal.output import Output, begin_leg
from earwitness.journal.record import Kind, Origin
from earwitness.journal.seal import keys_of
from earwitness.journal.segment import VERSION, SegmentHeader, segment_path

_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (*_FULL, errno.EROFS)  # nothing is broken: the same descriptor may be tried again
_MAX_DOUBLINGS = 3  # 4 s between segments at the default: a disk that stays broken gets few of them


class Shared:
    """What the legs of one journal have in common."""

    def __init__(self, limits: Limits, clock: Clock, alarm: Callable[[str], None]) -> None:
        self.limits = limits
        self.clock = clock
        self.alarm = alarm
        self.budget = Budget(limits)
        self.lock = Lock()  # guards every backlog and every queue of unsynced blocks
        self.condition = Condition(self.lock)  # told whenever more is on disk
        self.flush_wanted = Event()
        self.sync_wanted = Event()
        self.is_sync_due = False  # somebody waits: sync as soon as the next flush is through


class SyncJob(NamedTuple):
    """What one sync of one segment will vouch for."""

    leg: "LegWriter"
    output: Output
    blocks: int


class LegWriter:
    """Writes one leg. `append` and `lost` may be called from any thread."""

    def __init__(self, leg: str, folder: Path, shared: Shared) -> None:
        self.leg = leg
        self.folder = folder
        self.error = ""  # why the disk does not take it now
        self.is_closing = False
        self.is_closed = False
        self.backlog = Backlog(shared.budget)
        self._shared = shared
        self._lock = shared.lock
        self._output: Output | None = None
        self._next_segment = 0
        keys = keys_of(folder)
        self._key = keys.new(leg) if keys else None
        self._chain = Chain(leg, self._key)
        self._unwritten: deque[Block] = deque()
        self._unsynced: deque[Block] = deque()
        self._retired: list[Output] = []
        self._synced_until = 0
        self._vouched_until = 0
        self._retry_at = 0.0
        self._failed_syncs = 0
        self._drop_reason = "overrun"
        self._pressure_bytes = shared.limits.leg_bytes // 16  # beyond, the disk is asked at once

    def append(self, at: Instant, origin: Origin, kind: Kind, payload: bytes) -> int:
        """Take one record and return its number. Never waits for the disk and never raises for it.

        What the disk does not take for so long that memory runs out is lost in whole records and becomes
        one `Gap` in their place. Raises `Conflict` after `close`.
        """
        with self._lock:
            if self.is_closing:
                raise Conflict(f"leg {self.leg} is closed")
            number = self.backlog.add(at, origin, kind, payload, self._drop_reason)
            if self.backlog.held_bytes > self._pressure_bytes:
                self._press()
            return number

    def extend(self, parts: list[bytes], size: int) -> None:
        """As `append` for several records: header (`block.pack_record_header`), payload, header, payload
        ... of `size` bytes."""
        with self._lock:
            if self.is_closing:
                raise Conflict(f"leg {self.leg} is closed")
            self.backlog.extend(parts, size, self._drop_reason)
            if self.backlog.held_bytes > self._pressure_bytes:
                self._press()

    def _press(self) -> None:
        """Much waits: ask the disk now, unless it is known to refuse."""
        if not self.error:
            self._shared.is_sync_due = True
            self._shared.flush_wanted.set()

    def lost(self, reason: str, count: int, byte_count: int) -> None:
        """The caller had to drop `count` whole messages here: they become one `Gap` record."""
        with self._lock:
            if self.is_closing:
                raise Conflict(f"leg {self.leg} is closed")
            if count > 0:
                self.backlog.drop(self._shared.clock.now(), count, byte_count, reason)

    def sync(self, timeout_s: float, *, since: int | None = None) -> bool:
        """True: every record appended before this call is on the disk. False: not within `timeout_s`, or
        one from number `since` on was lost. Without `since` the question begins where the last call ended;
        threads that share a leg give the number their own `append` returned."""
        shared = self._shared
        with shared.condition:
            first = self._vouched_until if since is None else since
            target = self.backlog.next_number
            if self.backlog.dropped_until > first:
                self._vouched_until = max(self._vouched_until, target)
                return False
            if self._synced_until < target:
                shared.is_sync_due = True
                shared.flush_wanted.set()
            if not shared.condition.wait_for(lambda: self._synced_until >= target, timeout_s):
                return False
            self._vouched_until = max(self._vouched_until, target)
            return True

    def close(self, timeout_s: float = 5.0) -> None:
        """No more records. Waits until all is on disk and the lock is released, at most `timeout_s`; what
        the disk has not taken by then is still tried behind, until the journal is closed."""
        with self._shared.condition:
            self.begin_close()
            self._shared.condition.wait_for(lambda: self.is_closed, timeout_s)

    def begin_close(self) -> None:
        """As `close`, without waiting. Needs the lock."""
        self.is_closing = True
        self.backlog.settle(at_any_cost=True)
        self._shared.is_sync_due = True
        self._shared.flush_wanted.set()

    def forget(self) -> None:
        """See `Journal.forget`."""
        if self._output is not None:
            with contextlib.suppress(OSError):
                self._output.close()

    # The flush thread.
    def begin(self) -> None:
        """Create folder and first segment. Raises `Conflict`; what else fails is tried again later."""
        try:
            self._open_output()
        except OSError as error:
            self._fail(error)

    def flush(self) -> None:
        """Write all that waits, as far as the disk takes it."""
        output = self._output
        is_well = output is not None and not output.is_bad
        if is_well and not (self._unwritten or self.backlog.has_records):
            return
        now = time.monotonic()
        if now < self._retry_at:
            return
        with self._lock:
            if self.is_closed:
                return
            drafts = self.backlog.take()
            if not is_well:
                self._unwritten.extendleft(reversed(self._unsynced))
                self._unsynced.clear()
        for draft in drafts:
            self._unwritten.append(self._chain.seal(draft, now))
        try:
            if not is_well:
                self._open_output()
            while self._unwritten and self._has_room():
                self._write_some()
        except OSError as error:
            self._fail(error)

    def _has_room(self) -> bool:
        """Goes over to a new segment when the present one is full and wholly on disk."""
        assert self._output is not None
        if self._output.size_bytes >= self._shared.limits.segment_bytes:
            if (
                self._unsynced
            ):  # two segments never wait for a sync at once: a failed one is rewritten in order
                self._shared.sync_wanted.set()
                return False
            self._open_output()
        return True

    def _open_output(self) -> None:
        number = self._next_segment
        wall_ns = self._shared.clock.now().wall_ns
        first_block = self._unwritten[0].number if self._unwritten else self._chain.next_number
        header = SegmentHeader(VERSION, number, first_block, wall_ns, self.leg)
        if number == 0:
            if self._key is not None:
                self._key.keep()
            output = begin_leg(self.folder, header)
        else:
            self._next_segment = number + 1  # not again under a name that could not be removed
            output = Output(segment_path(self.folder, number), header)
        self._next_segment = number + 1
        with self._lock:
            if self._output is not None:
                self._retired.append(self._output)
            self._output = output

    def _write_some(self) -> None:
        output = self._output
        assert output is not None
        unwritten, unsynced = self._unwritten, self._unsynced
        buffers: list[bytes] = []
        for entry in islice(unwritten, 512):  # two buffers each: as many as the kernel takes at once
            buffers += (entry.header, entry.payload)
        count = output.write(buffers)
        with self._lock:
            for _ in range(count):
                unsynced.append(unwritten.popleft())

    def _fail(self, error: OSError) -> None:
        self._retry_at = time.monotonic() + self._shared.limits.retry_ms / 1000
        if self._output is not None and error.errno not in _REFUSED:
            self._output.is_bad = True
        self._note_error(error)

    def _note_error(self, error: OSError) -> None:
        message = os.strerror(error.errno) if error.errno else str(error)
        with self._lock:
            is_new = not self.error
            self.error = message
            self._drop_reason = "disk_full" if error.errno in _FULL else "disk_error"
        if is_new:
            self._shared.alarm(f"leg {self.leg}: the disk does not take the journal: {message}")

    # The sync thread.

    def take_sync_job(self) -> SyncJob | None:
        """What a sync started now would vouch for. Needs the lock."""
        output = self._output
        if output is None or output.is_bad or not (self._unsynced or output.unsynced_folders):
            return None
        return SyncJob(self, output, len(self._unsynced))

    def note_synced(self, job: SyncJob, folders: set[Path]) -> None:
        """The sync of `job` succeeded. Needs the lock."""
        if self._output is not job.output or job.output.is_bad:
            return
        job.output.unsynced_folders -= folders
        for _ in range(job.blocks):
            entry = self._unsynced.popleft()
            self.backlog.release(entry.held_bytes)
            self._synced_until = entry.until
        self.error = ""
        self._drop_reason = "overrun"
        self._failed_syncs = 0

    def note_sync_failed(self, job: SyncJob, error: OSError) -> None:
        """The sync of `job` failed: that descriptor is never used again. Must not hold the lock."""
        with self._lock:
            job.output.is_bad = True
            if self._failed_syncs:  # the first time a new segment is begun at once
                delay_ms = self._shared.limits.retry_ms << min(self._failed_syncs - 1, _MAX_DOUBLINGS)
                self._retry_at = time.monotonic() + delay_ms / 1000
            self._failed_syncs += 1
        self._note_error(error)

    def close_files(self, *, at_any_cost: bool = False) -> None:
        """Close what is not needed any more: segments gone over from, and the last when all is on disk."""
        retired, self._retired = self._retired, []
        for output in retired:
            output.close()
        is_idle = not (self.backlog.has_records or self.backlog.held_bytes)
        is_done = is_idle and self.is_closing and not (self._output and self._output.unsynced_folders)
        if (is_done or at_any_cost) and not self.is_closed:
            self.is_closed = True
            if self._output is not None:
                self._output.close()

    def waits_since(self) -> float | None:
        """Since when (`time.monotonic`) the oldest record that is not on disk waits. Needs the lock."""
        for queue in (self._unsynced, self._unwritten):
            if queue:
                return queue[0].waits_since
        return None
