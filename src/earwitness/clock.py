"""Time as the recorder sees it: a steady clock for order, a wall clock for dates.

All times are whole nanoseconds. Wall time is since the Unix epoch, UTC.
"""

import os
import time
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple, Protocol
from uuid import UUID, getnode

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000
# Messages are numbered by the microsecond. Numbers that are given out when a message is acknowledged are
# multiples of this, and no others are: so none that was given out is ever taken when its row is written.
ACKNOWLEDGED_STEP = 10


class Instant(NamedTuple):
    """One moment on both clocks, read together."""

    monotonic_ns: int
    wall_ns: int


_new = tuple.__new__  # half the time of Instant(...): the tap stamps every chunk


class Clock(Protocol):
    """Where the time comes from; passed in, never imported."""

    def now(self) -> Instant: ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> Instant:
        return _new(Instant, (time.monotonic_ns(), time.time_ns()))


@cache
def here() -> str:
    """A name for this machine's clock: the same for all its processes and containers, until it is booted."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_bytes()
    except OSError:
        boot = f"{getnode()}".encode()
    return blake2b(boot, digest_size=8).hexdigest()


class ManualClock:
    """A clock that moves only when told: for tests and for time-compressed simulation."""

    def __init__(self, wall_ns: int = 1_700_000_000 * NS_PER_S, monotonic_ns: int = 0) -> None:
        self._now = Instant(monotonic_ns, wall_ns)

    def now(self) -> Instant:
        return self._now

    def advance(self, ns: int) -> Instant:
        """Move both clocks forward by `ns` and return the new moment."""
        self._now = Instant(self._now.monotonic_ns + ns, self._now.wall_ns + ns)
        return self._now


def uuid7(wall_ns: int | None = None) -> UUID:
    """A new time-ordered id (RFC 9562, section 5.7): milliseconds first, then 74 random bits."""
    milliseconds = (time.time_ns() if wall_ns is None else wall_ns) // NS_PER_MS
    random = int.from_bytes(os.urandom(10), "big")
    value = (milliseconds & (1 << 48) - 1) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & (1 << 62) - 1
    return UUID(int=value)


def rfc3339(wall_ns: int) -> str:
    """UTC with microseconds, as `2026-11-20T14:30:22.123456Z` (RFC 3339)."""
    seconds, rest = divmod(wall_ns, NS_PER_S)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"
