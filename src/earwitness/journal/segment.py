"""Segments: the files of one leg, `000000.ewj`, `000001.ewj` ... in its own folder.

Each starts with a header that names the leg, so that a file found alone still says what it is. The segment
a process writes is locked (flock): as long as somebody holds that lock, the leg is live.
"""

import fcntl
import os
import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import google_crc32c

MAGIC = b"\x89EWJ\r\n\x1a\n"
VERSION = 1
SUFFIX = ".ewj"
TORN_SUFFIX = ".torn"
_FIELDS = struct.Struct("<8sHHIQq64s")
_CHECK = struct.Struct("<I")
HEADER_BYTES = _FIELDS.size + _CHECK.size
_LEG = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", re.ASCII)
_NAME = re.compile(r"\d{6,}\.ewj", re.ASCII)


class SegmentHeader(NamedTuple):
    """What a segment says of itself."""

    version: int
    number: int
    first_block: int  # number of the first block written here
    wall_ns: int  # when the segment was begun
    leg: str


def is_leg_name(leg: str) -> bool:
    """Letters, digits, `-` and `_`, at most 64: nothing that could lead out of a folder."""
    return _LEG.fullmatch(leg) is not None


def encode_header(header: SegmentHeader) -> bytes:
    """The bytes a segment starts with."""
    fields = _FIELDS.pack(
        MAGIC, header.version, 0, header.number, header.first_block, header.wall_ns, header.leg.encode()
    )
    return fields + _CHECK.pack(google_crc32c.value(fields))


def decode_header(data: bytes) -> SegmentHeader | None:
    """The header at the start of `data`; None when there is none that holds."""
    if len(data) < HEADER_BYTES or not data.startswith(MAGIC):
        return None
    if google_crc32c.value(data[: _FIELDS.size]) != _CHECK.unpack_from(data, _FIELDS.size)[0]:
        return None
    _, version, _, number, first_block, wall_ns, leg = _FIELDS.unpack_from(data)
    name = leg.rstrip(b"\0").decode("ascii", "replace")
    return SegmentHeader(version, number, first_block, wall_ns, name) if is_leg_name(name) else None


def segment_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}{SUFFIX}"


def segment_paths(folder: Path) -> list[Path]:
    """The segments of a leg, oldest first; an empty list when there is no such folder."""
    try:
        names = [name for name in os.listdir(folder) if _NAME.fullmatch(name)]
    except FileNotFoundError:
        return []
    return [folder / name for name in sorted(names, key=lambda name: int(name[: -len(SUFFIX)]))]


def torn_paths(segment: Path) -> list[Path]:
    """What recovery has set aside from the end of this segment, oldest first."""
    found = segment.parent.glob(f"{segment.name}{TORN_SUFFIX}*")
    return sorted((path for path in found if not path.name.endswith(".tmp")), key=lambda path: path.name)


def leg_name(folder: Path) -> str:
    """The leg's name as its segments say it; the folder's own name when none is readable."""
    for path in segment_paths(folder):
        with path.open("rb") as file:
            header = decode_header(file.read(HEADER_BYTES))
        if header is not None:
            return header.leg
    return folder.name


def is_live(folder: Path) -> bool:
    """True while some process holds the writer's lock on this leg.

    A writer locks a new segment before it lets the one before go, so the last two are asked, and asked
    again when the folder changed meanwhile.
    """
    while True:
        paths = segment_paths(folder)[-2:]
        if any(_is_locked(path) for path in paths):
            return True
        if segment_paths(folder)[-2:] == paths:
            return False


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def leg_folders(root: Path) -> Iterator[Path]:
    """Every leg's folder under the journal's root, oldest first. Leg ids sort by time (UUIDv7)."""
    for day in _folders(root):
        yield from leg_folders_of(day)


def leg_folders_of(day: Path) -> list[Path]:
    """The legs of one day's folder, oldest first."""
    return _folders(day)


def _folders(folder: Path) -> list[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
    return [Path(entry.path) for entry in entries if entry.is_dir() and not entry.name.startswith(".")]


def find_folder(root: Path, leg_id: str) -> Path:
    """The folder of a leg, found by the time in its id (UUIDv7); midnight may fall in between."""
    seconds = int(leg_id.replace("-", "")[:12], 16) / 1000
    for offset_s in (0, 86_400, -86_400):
        day = datetime.fromtimestamp(seconds + offset_s, UTC).date().isoformat()
        if (root / day / leg_id).is_dir():
            return root / day / leg_id
    return root / datetime.fromtimestamp(seconds, UTC).date().isoformat() / leg_id
