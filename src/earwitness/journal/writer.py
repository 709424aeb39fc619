"""The journal of one process: all its legs, one thread that writes and one that syncs.

A record is in the kernel within `Limits.flush_ms` and on the disk within `Limits.sync_ms`; `LegWriter.sync`
waits for less. Nothing the disk does is felt by a caller of `append`: it costs memory, up to a bound, and
then whole records, counted.
"""

import ctypes
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Thread

import msgspec

from earwitness.clock import NS_PER_S, Clock, SystemClock
from earwitness.errors import Conflict, InvalidInput, StorageUnavailable
from earwitness.journal.backlog import Limits
from earwitness.journal.leg import LegWriter, Shared, SyncJob
from earwitness.journal.output import make_root
from earwitness.journal.segment import is_leg_name

__all__ = ["Journal", "JournalHealth", "LegWriter", "Limits"]

_MARGIN = 0.9  # of each promised interval: a late wake-up must not break the promise
_SYNCFS_FROM = 9  # dirty files; measured: below, one fdatasync each is quicker
_LEGS_A_TURN, _BREATH_S = 16, 0.0005  # then whoever forwards calls on this core gets it: they feel no pass
_STALLED_MS = 3000  # nothing reached the disk for so long: health is red, well within the 5 s promised


class JournalHealth(msgspec.Struct, frozen=True, kw_only=True):
    """Is everything being kept? Red until a sync has succeeded again after trouble."""

    is_red: bool
    reason: str
    gap_count: int
    lost_records: int
    unsynced_age_ms: int
    disk_free_bytes: int


class Journal:
    """Opens legs under `root/<YYYY-MM-DD>/<leg>/` and brings their records to the disk.

    `on_alarm` is called from the journal's threads, with one line, whenever a leg's disk begins to fail; it
    must return soon and not raise.
    """

    def __init__(
        self,
        root: Path,
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        on_alarm: Callable[[str], None] | None = None,
    ) -> None:
        self.root = root
        self._shared = Shared(limits or Limits(), clock or SystemClock(), on_alarm or (lambda _: None))
        self._legs: tuple[LegWriter, ...] = ()  # replaced, never changed: threads iterate over it
        self._closed_gaps = 0
        self._closed_losses = 0
        self._is_closing = False
        self._deleted = ""  # what happened to the folder; nothing written into it will be found again
        self._passed_at = time.monotonic()
        try:
            make_root(root)
            self._root_descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self._disk_free_bytes = _disk_free(self._root_descriptor)
        except OSError as error:
            raise StorageUnavailable(
                f"{root}: {error.strerror}", hint="Check that the data folder exists and may be written."
            ) from error
        self._flusher = Thread(target=self._flush_loop, name="journal-flush", daemon=True)
        self._syncer = Thread(target=self._sync_loop, name="journal-sync", daemon=True)
        self._flusher.start()
        self._syncer.start()

    def open_leg(self, leg: str) -> LegWriter:
        """Begin a leg. A disk that does not take it now does not matter: its records wait in memory.

        Raises `Conflict` when the leg has a journal already, `InvalidInput` when `leg` cannot be a name.
        """
        if not is_leg_name(leg):
            raise InvalidInput("a leg's id is 1 to 64 letters, digits, - and _", hint="Use a UUID.")
        if self._is_closing:
            raise Conflict("the journal is closed")
        today = datetime.fromtimestamp(self._shared.clock.now().wall_ns / NS_PER_S, UTC)
        days = [(today - timedelta(days=back)).strftime("%Y-%m-%d") for back in (0, 1)]
        if (self.root / days[1] / leg).exists():
            raise Conflict(f"leg {leg} has a journal already", hint="Every leg needs an id of its own.")
        writer = LegWriter(leg, self.root / days[0] / leg, self._shared)
        writer.begin()
        with self._shared.condition:
            self._legs = (*self._legs, writer)
        return writer

    def health(self) -> JournalHealth:
        """As of now, without touching the disk."""
        with self._shared.condition:
            legs = self._legs
            now = time.monotonic()
            waiting = [since for leg in legs if (since := leg.waits_since()) is not None]
            if any(leg.backlog.has_records for leg in legs):
                waiting.append(self._passed_at)
            age_ms = int((now - min(waiting)) * 1000) if waiting else 0
            errors = [leg.error for leg in legs if leg.error]
            is_dropping = any(leg.backlog.is_dropping for leg in legs)
            gaps = self._closed_gaps + sum(leg.backlog.gap_count + leg.backlog.is_dropping for leg in legs)
            losses = self._closed_losses + sum(leg.backlog.lost_records for leg in legs)
        reason = errors[0] if errors else "records are being lost" if is_dropping else ""
        reason = self._deleted or reason
        if not reason and age_ms > _STALLED_MS:
            reason = f"nothing reached the disk for {age_ms} ms"
        return JournalHealth(
            is_red=bool(reason),
            reason=reason,
            gap_count=gaps,
            lost_records=losses,
            unsynced_age_ms=age_ms,
            disk_free_bytes=self._disk_free_bytes,
        )

    def flush_soon(self) -> None:
        """Hand the kernel what waits, now rather than at the end of the interval. Does not wait for it."""
        self._shared.flush_wanted.set()

    def forget(self) -> None:
        """In the child of a fork, where nothing of this runs: let go of the files, so that the locks on them
        are the parent's alone and go with it."""
        for leg in self._legs:
            leg.forget()

    def close(self, timeout_s: float = 10.0) -> None:
        """All is written and synced and every lock released, unless the disk does not take it in time."""
        with self._shared.condition:
            self._is_closing = True
            for leg in self._legs:
                leg.begin_close()
            self._shared.condition.wait_for(lambda: not self._legs, timeout_s)
            left = self._legs
        if left:
            self._shared.alarm(f"the journal was closed with {len(left)} legs not wholly on disk")
        if self._root_descriptor >= 0:
            self._stop_threads()

    def _stop_threads(self) -> None:
        self._is_stopped = True
        self._shared.flush_wanted.set()
        self._shared.sync_wanted.set()
        for thread in (self._flusher, self._syncer):
            thread.join(1.0)  # a thread that hangs in the disk is a daemon and dies with the process
        if not (self._flusher.is_alive() or self._syncer.is_alive()):
            for leg in self._legs:
                leg.close_files(at_any_cost=True)
            os.close(self._root_descriptor)
            self._root_descriptor = -1

    _is_stopped = False

    def _flush_loop(self) -> None:
        shared = self._shared
        interval_s = shared.limits.flush_ms / 1000 * _MARGIN
        while not self._is_stopped:
            started = time.monotonic()
            shared.flush_wanted.clear()
            with shared.condition:
                is_sync_due, shared.is_sync_due = shared.is_sync_due, False
            for number, leg in enumerate(self._legs, 1):
                leg.flush()
                if number % _LEGS_A_TURN == 0:
                    time.sleep(_BREATH_S)
            self._passed_at = time.monotonic()
            if is_sync_due:
                shared.sync_wanted.set()
            shared.flush_wanted.wait(max(0.0, started + interval_s - time.monotonic()))

    def _sync_loop(self) -> None:
        shared = self._shared
        interval_s = (shared.limits.sync_ms - shared.limits.flush_ms) / 1000 * _MARGIN
        while not self._is_stopped:
            started = time.monotonic()
            shared.sync_wanted.clear()
            self._sync_all()
            self._retire()
            self._disk_free_bytes = _disk_free(self._root_descriptor)
            self._note_deleted()
            shared.sync_wanted.wait(max(0.0, started + interval_s - time.monotonic()))

    def _sync_all(self) -> None:
        with self._shared.condition:
            jobs = [job for leg in self._legs if (job := leg.take_sync_job()) is not None]
        if len(jobs) >= _SYNCFS_FROM and _reports_errors_of_syncfs():
            error = _syncfs(self._root_descriptor)
            for job in jobs:
                self._settle(job, error)
            return
        for job in jobs:
            try:
                job.output.sync()
            except OSError as error:
                self._settle(job, error)
            else:
                self._settle(job, None)

    def _settle(self, job: SyncJob, error: OSError | None) -> None:
        if error is not None:
            job.leg.note_sync_failed(job, error)
            self._shared.flush_wanted.set()
            return
        with self._shared.condition:
            job.leg.note_synced(job, set(job.output.unsynced_folders))
            self._shared.condition.notify_all()

    def _note_deleted(self) -> None:
        if not self._deleted and os.fstat(self._root_descriptor).st_nlink == 0:
            self._deleted = f"{self.root} was deleted; start again to record into a new folder"
            self._shared.alarm(self._deleted)

    def _retire(self) -> None:
        with self._shared.condition:
            for leg in self._legs:
                leg.close_files()
            done = [leg for leg in self._legs if leg.is_closed]
            if done:
                self._legs = tuple(leg for leg in self._legs if not leg.is_closed)
                self._closed_gaps += sum(leg.backlog.gap_count for leg in done)
                self._closed_losses += sum(leg.backlog.lost_records for leg in done)
                self._shared.condition.notify_all()


def _disk_free(descriptor: int) -> int:
    try:
        status = os.statvfs(descriptor)
    except OSError:  # the legs' own errors say what is wrong
        return 0
    return status.f_bavail * status.f_frsize


@cache
def _reports_errors_of_syncfs() -> bool:
    """Linux reports a failed write-back through syncfs since 5.8; elsewhere there is no syncfs."""
    system = os.uname()
    if system.sysname != "Linux":
        return False
    major, minor = (int("".join(filter(str.isdigit, part)) or 0) for part in system.release.split(".")[:2])
    return (major, minor) >= (5, 8)


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _syncfs(descriptor: int) -> OSError | None:
    if _libc().syncfs(descriptor) == 0:
        return None
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
