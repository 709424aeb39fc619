"""Before anything is deleted for its age: is it really that late?

A wall clock that is wrong by years would delete everything. So a second clock is asked, which nobody can set:
the one that counts since the machine was started. Where the two disagree nothing is deleted, and it is said.
"""

import contextlib
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from earwitness.errors import StorageUnavailable

MOST_DRIFT_S = 3600.0  # between the two clocks since the last look
MOST_ABSENCE_S = 24 * 3600.0  # without a look, where the machine was started anew meanwhile
SETTLED_S = 3600.0  # after that long in agreement a new date is believed


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What both clocks said at one time."""

    wall_s: float  # since the epoch
    boot_s: float  # since the machine was started, sleep included
    boot_id: str  # of this start of the machine
    doubtful_since_s: float | None = None  # boot_s of the first look that was not believed


def look() -> Look:
    """Both clocks, now."""
    boot_id = ""
    with contextlib.suppress(OSError):
        boot_id = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Look(wall_s=time.time(), boot_s=time.clock_gettime(clock), boot_id=boot_id)


def doubt(now: Look, last: Look | None, newest_s: float) -> str:
    """Why the date is not believed; empty where it is. `newest_s`: the latest time ever journaled."""
    if now.wall_s < newest_s:
        return f"it is {_said(now.wall_s)} here, but something was recorded at {_said(newest_s)}"
    if last is None:
        return ""
    passed_s = now.wall_s - last.wall_s
    if passed_s < -MOST_DRIFT_S:
        return f"it is {_said(now.wall_s)} here, but was {_said(last.wall_s)} before"
    if now.boot_id and now.boot_id == last.boot_id:
        if abs(passed_s - (now.boot_s - last.boot_s)) > MOST_DRIFT_S:
            return f"the clock was set from about {_said(last.wall_s + now.boot_s - last.boot_s)}"
    elif passed_s > MOST_ABSENCE_S:
        return f"{passed_s / 86_400:.0f} days have passed since {_said(last.wall_s)}, by this clock alone"
    return ""


def judge(now: Look, last: Look | None, newest_s: float) -> tuple[str, Look | None]:
    """The doubt, and what to remember for the next look.

    A new date that both clocks uphold for an hour without a further doubt is believed after all.
    """
    why = doubt(now, last, newest_s)
    if now.wall_s < newest_s:
        return why, last
    since_s = now.boot_s
    if not why and last is not None and last.doubtful_since_s is not None:
        if now.boot_id == last.boot_id:
            since_s = last.doubtful_since_s
        if now.boot_s - since_s < SETTLED_S:
            why = "the date was doubtful less than an hour ago"
    return why, msgspec.structs.replace(now, doubtful_since_s=since_s if why else None)


def _said(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def remembered(file: Path) -> Look | None:
    """The look that was kept there; None where there is none, or it cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Look)
    except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
        return None
    except OSError as error:
        raise StorageUnavailable(f"{file}: {error.strerror}", hint="Is the data folder readable?") from error


def remember(file: Path, what: Look) -> None:
    """It is kept there, whole, for the next look."""
    aside = file.with_name(f".{file.name}.tmp")
    try:
        with os.fdopen(os.open(aside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "wb") as target:
            target.write(msgspec.json.encode(what))
            target.flush()
            os.fsync(target.fileno())
        aside.replace(file)
    except OSError as error:
        raise StorageUnavailable(f"{file}: {error.strerror}", hint="Is the data folder writable?") from error
