"""Calls that others recorded become legs of the journal: whole or not at all, and each only once."""

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec

from earwitness.capture.secrets import strike
from earwitness.clock import NS_PER_MS, NS_PER_S, Instant, ManualClock
from earwitness.errors import StorageUnavailable
from earwitness.journal.record import Ended, Kind, Opened, Origin
from earwitness.journal.writer import Journal, LegWriter

SYNC_BYTES = 1 << 20  # written between waits for the disk: well below what a leg may hold in memory
SYNC_TIMEOUT_S = 30.0
STALE_S = 3600.0  # half-made legs older than this were left by an import that was killed
BEFORE_NS = 24 * 3600 * NS_PER_S  # what a file tells may lie so far before the start it states
_WORK = ".import-"  # folders so named are no days: no reader of journals looks into them

_encode = msgspec.json.Encoder().encode


class Line(NamedTuple):
    """One record to be: `at_ns` is since the epoch."""

    at_ns: int
    origin: Origin
    kind: Kind  # TEXT or BINARY
    payload: bytes


class Leg(NamedTuple):
    """One leg to be. Lines come in the order in which they shall stand."""

    began_ns: int
    ended_ns: int
    opened: Opened  # its `way` is set here
    lines: Iterable[Line]
    way: str = "import"


def import_id(began_ns: int, content: bytes) -> str:
    """The id of what has this content and began then, always the same (UUIDv7; RFC 9562, section 5.7)."""
    random = int.from_bytes(sha256(content).digest()[:10], "big")
    value = (max(began_ns, 0) // NS_PER_MS & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & (1 << 62) - 1
    return str(UUID(int=value))


def is_imported(root: Path, leg: str) -> bool:
    """Is there a leg of this id already?"""
    return place_of(root, leg).exists()


def import_legs(root: Path, legs: Sequence[Leg]) -> None:
    """Write the legs of one call into the journals at `root`: all of them, or nothing of any.

    Their ids are such that `import_id` gave. What raises while their lines are made leaves nothing behind.
    Raises `StorageUnavailable` where the disk does not take them.
    """
    try:
        with _workshop(root) as work:
            for leg in legs:
                _write(work, leg)
            for leg in legs:
                place = place_of(root, leg.opened.leg)
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                next(work.glob(f"*/{leg.opened.leg}")).rename(place)
                sync_folder(place.parent)
    except OSError as error:
        raise StorageUnavailable(
            f"{error.filename or root}: {error.strerror}", hint="Is there room, and may you write there?"
        ) from error


def keep_leg(root: Path, leg: str, records: Iterable[tuple[Instant, Origin, Kind, bytes]]) -> None:
    """Write one leg into the journals at `root` as it was elsewhere: whole or not at all, on disk then.

    What raises while its records are made leaves nothing behind. Raises `StorageUnavailable`.
    """
    write_leg(root, leg, records, place_of(root, leg))


def write_leg(
    root: Path, leg: str, records: Iterable[tuple[Instant, Origin, Kind, bytes]], place: Path
) -> None:
    """As `keep_leg`, into the folder `place` on the same disk, which is not there yet."""
    try:
        with _workshop(root) as work:
            clock = ManualClock(wall_ns=_began_ns(leg))
            with _journal(work, clock) as journal:
                _append_all(journal.open_leg(leg), records)
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            next(work.glob(f"*/{leg}")).rename(place)
            sync_folder(place.parent)
    except OSError as error:
        raise StorageUnavailable(
            f"{error.filename or root}: {error.strerror}", hint="Is there room, and may you write there?"
        ) from error


def _began_ns(leg: str) -> int:
    """The time in its id (UUIDv7)."""
    return int(leg.replace("-", "")[:12], 16) * NS_PER_MS


@contextmanager
def _journal(root: Path, clock: ManualClock) -> Iterator[Journal]:
    journal = Journal(root, clock=clock)
    try:
        yield journal
    finally:
        journal.close()


def _append_all(writer: LegWriter, records: Iterable[tuple[Instant, Origin, Kind, bytes]]) -> None:
    waiting = 0
    for at, origin, kind, payload in records:
        writer.append(at, origin, kind, payload)
        waiting += len(payload)
        if waiting >= SYNC_BYTES:
            _sync(writer)
            waiting = 0
    _sync(writer)
    writer.close()


def place_of(root: Path, leg: str) -> Path:
    """Of the day on which the call was: where it is looked for by its id."""
    return root / datetime.fromtimestamp(_began_ns(leg) / NS_PER_S, UTC).date().isoformat() / leg


@contextmanager
def _workshop(root: Path) -> Iterator[Path]:
    """A folder beside the journals, gone afterwards. What killed imports left goes with it."""
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in root.glob(f"{_WORK}*"):
        if time.time() - old.stat().st_mtime > STALE_S and not _is_locked(old):
            shutil.rmtree(old, ignore_errors=True)
    work = root / f"{_WORK}{secrets.token_hex(6)}"
    work.mkdir(mode=0o700)
    descriptor = os.open(work, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield work
    finally:
        os.close(descriptor)
        shutil.rmtree(work, ignore_errors=True)


def _is_locked(folder: Path) -> bool:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _write(root: Path, leg: Leg) -> None:
    with _journal(root, ManualClock(wall_ns=leg.began_ns)) as journal:
        _append_all(journal.open_leg(leg.opened.leg), _stamped(leg))


def _stamped(leg: Leg) -> Iterator[tuple[Instant, Origin, Kind, bytes]]:
    for line in _all_lines(leg):
        at = Instant(line.at_ns - leg.began_ns + BEFORE_NS, line.at_ns)
        payload = strike(line.payload) if line.kind is not Kind.BINARY else line.payload
        yield at, line.origin, line.kind, payload


def _all_lines(leg: Leg) -> Iterator[Line]:
    opened = msgspec.structs.replace(leg.opened, way=leg.way)
    yield Line(leg.began_ns, Origin.RECORDER, Kind.OPENED, _encode(opened))
    yield from leg.lines
    yield Line(leg.ended_ns, Origin.RECORDER, Kind.ENDED, _encode(Ended(why="done", by="recorder")))


def _sync(writer: LegWriter) -> None:
    if not writer.sync(SYNC_TIMEOUT_S):
        raise StorageUnavailable(
            f"the journal does not take the import: {writer.error or 'the disk did not answer'}",
            hint="Is there room on the disk?",
        )


def sync_folder(folder: Path) -> None:
    """The names in it are on disk afterwards."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
