"""What one end of a call sends: its messages, on their way into the journal together."""

from typing import Protocol

import msgspec

from earwitness.capture.door import Door
from earwitness.capture.frames import FrameReader
from earwitness.capture.secrets import strike
from earwitness.clock import Instant
from earwitness.journal.block import RECORD_BYTES, pack_tagged_header
from earwitness.journal.record import Gap, Kind, Origin

RAW_BYTES = 64 * 1024  # kept of what is no WebSocket any more, per direction

_CLOSE = Kind.CLOSE  # found faster than a member of its enum
_TAGS = {origin: {kind: bytes((origin, kind)) for kind in Kind} for origin in Origin}
_encode = msgspec.json.Encoder().encode


class Writer(Protocol):
    """What takes the records of a leg: a `LegWriter`, or one that holds them back."""

    @property
    def leg(self) -> str: ...

    def append(self, at: Instant, origin: Origin, kind: Kind, payload: bytes) -> int: ...

    def extend(self, parts: list[bytes], size: int) -> None: ...

    def lost(self, reason: str, count: int, byte_count: int) -> None: ...

    def close(self, timeout_s: float = 5.0) -> None: ...


class Batch:
    """Records of one leg, packed, on their way to its journal together."""

    __slots__ = ("parts", "size", "writer")

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.parts: list[bytes] = []
        self.size = 0

    def hand_over(self) -> None:
        """To the journal with them. What is appended there by another way must come after this."""
        if self.parts:
            parts, self.parts = self.parts, []
            size, self.size = self.size, 0
            self.writer.extend(parts, size)


class Direction:
    """What one end sends: its reader, and where its messages go."""

    __slots__ = (
        "_batch",
        "_closers",
        "_door",
        "_is_spoiled",
        "_origin",
        "_raw",
        "_raw_lost",
        "_tags",
        "_told",
        "_writer",
        "reader",
    )

    def __init__(self, batch: Batch, door: Door, origin: Origin, closers: list[Origin]) -> None:
        self._closers = closers
        self._door = door
        self._is_spoiled = False
        self._batch = batch
        self._writer = batch.writer
        self._origin = origin
        self._tags = _TAGS[origin]
        self._raw: list[bytes] = []
        self._raw_lost = 0
        self._told = False
        self.reader = FrameReader(self)

    def seen(self, at: Instant, kind: Kind, payload: bytes) -> None:
        if kind is _CLOSE:
            self._closers.append(self._origin)
        elif self._is_spoiled and kind in (Kind.TEXT, Kind.BINARY):
            self._is_spoiled = False
            return
        admitted = self._door.admit(at, kind, payload)
        if admitted is None:
            return
        payload = strike(admitted)
        length = len(payload)
        batch = self._batch
        batch.parts += (pack_tagged_header(length, at[0], at[1], self._tags[kind]), payload)
        batch.size += RECORD_BYTES + length

    def spoil(self) -> None:
        """The message that is arriving, if one is, will not be kept."""
        self._is_spoiled = not self.reader.is_between_messages

    def lost(self, at: Instant, reason: str, count: int, byte_count: int, detail: str) -> None:
        self._batch.hand_over()
        if count:
            self._writer.lost(reason, count, byte_count)
        else:
            note_gap(self._writer, at, reason, detail)

    def keep_raw(self, at: Instant) -> None:
        """Take what the reader could not read."""
        chunk, self.reader.rest = self.reader.rest, b""
        if not self._door.is_wide:  # nobody can say what is in it
            self._raw_lost += len(chunk)
            return
        room = RAW_BYTES - sum(map(len, self._raw))
        self._raw.append(chunk[:room])
        self._raw_lost += max(0, len(chunk) - room)
        if room <= len(chunk) and not self._told:
            self._tell_raw(at)

    def finish(self, at: Instant) -> None:
        self.reader.finish(at)
        if self._raw and not self._told:
            self._tell_raw(at)
        self._batch.hand_over()
        if self._raw_lost:
            note_gap(
                self._writer, at, "parse_error", "bytes after the first 64 KiB are not kept", self._raw_lost
            )

    def _tell_raw(self, at: Instant) -> None:
        """Whole, so that no credential is cut in two and overlooked."""
        self._told = True
        self.seen(at, Kind.RAW, b"".join(self._raw))


def note_gap(writer: Writer, at: Instant, reason: str, detail: str, lost_bytes: int | None = None) -> None:
    """Say in the journal that something is missing from here on that cannot be counted in messages."""
    gap = Gap(reason=reason, first=0, count=0, lost_bytes=lost_bytes, since_ns=at.wall_ns, detail=detail)
    writer.append(at, Origin.RECORDER, Kind.GAP, _encode(gap))
