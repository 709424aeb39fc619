"""From copied chunks to records: what the pump saw becomes the journal's, behind the pump's back.

The pump only appends to a list. All intakes of a tap are worked off together by one `Sweep`, a slice at a
time, so that no call waits for the recording of another.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter

import msgspec

from earwitness.capture.edge import guarded
from earwitness.capture.frames import MESSAGE_BYTES, FrameReader
from earwitness.capture.inflate import inflaters
from earwitness.capture.secrets import strike
from earwitness.clock import Instant
from earwitness.journal.block import RECORD_BYTES, pack_tagged_header
from earwitness.journal.record import Answered, Ended, Gap, Kind, Note, Opened, Origin
from earwitness.journal.writer import LegWriter

SWEEP_MS = 35  # and then a flush at once: a killed process loses less than 50 ms
SLICE_MS = 0.2  # at a stretch; then the loop may forward again
LATE_MS, LATE_SLICE_MS = 5, 4  # a sweep that takes so long gets more: what waits costs memory and is at risk
HURRY_BYTES = 128 * 1024  # of one leg, unread; beyond it the sweep does not wait for its time
WAITING_BYTES = 8 << 20  # of one leg, unread; beyond it messages are counted instead of kept
BATCH_BYTES = 16 * 1024  # of packed records; the journal takes them as they are if they fit in a block
RAW_BYTES = 64 * 1024  # kept of what is no WebSocket any more, per direction

_CLOSE, _CLIENT = Kind.CLOSE, Origin.CLIENT  # found faster than members of their enums
_TAGS = {origin: {kind: bytes((origin, kind)) for kind in Kind} for origin in Origin}
_encode = msgspec.json.Encoder().encode


class Batch:
    """Records of one leg, packed, on their way to its journal together."""

    __slots__ = ("parts", "size", "writer")

    def __init__(self, writer: LegWriter) -> None:
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

    __slots__ = ("_batch", "_closers", "_origin", "_raw", "_raw_lost", "_tags", "_told", "_writer", "reader")

    def __init__(self, batch: Batch, origin: Origin, closers: list[Origin]) -> None:
        self._closers = closers
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
        payload = strike(payload)
        length = len(payload)
        batch = self._batch
        batch.parts += (pack_tagged_header(length, at[0], at[1], self._tags[kind]), payload)
        batch.size += RECORD_BYTES + length

    def lost(self, at: Instant, reason: str, count: int, byte_count: int, detail: str) -> None:
        self._batch.hand_over()
        if count:
            self._writer.lost(reason, count, byte_count)
        else:
            note_gap(self._writer, at, reason, detail)

    def keep_raw(self, at: Instant) -> None:
        """Take what the reader could not read."""
        chunk, self.reader.rest = self.reader.rest, b""
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


def note_gap(writer: LegWriter, at: Instant, reason: str, detail: str, lost_bytes: int | None = None) -> None:
    """Say in the journal that something is missing from here on that cannot be counted in messages."""
    gap = Gap(reason=reason, first=0, count=0, lost_bytes=lost_bytes, since_ns=at.wall_ns, detail=detail)
    writer.append(at, Origin.RECORDER, Kind.GAP, _encode(gap))


class Intake:
    """One leg's way into its journal. `feed` costs a list append; everything else happens in the sweep."""

    def __init__(self, writer: LegWriter, sweep: "Sweep", *, waiting_bytes: int = WAITING_BYTES) -> None:
        self.writer = writer
        self.is_open = True
        self._last = Instant(0, 0)  # stamp of the newest chunk
        self._sweep = sweep
        self._bound = waiting_bytes
        self._much = min(HURRY_BYTES, waiting_bytes)
        self._waiting: deque[tuple[Instant, Origin, bytes]] = deque()
        self._waiting_bytes = 0
        self._is_due = False
        self.closed_by: list[Origin] = []  # who has sent a close frame, of what was read, in order
        self._batch = batch = Batch(writer)
        self._ways = {
            origin: Direction(batch, origin, self.closed_by) for origin in (Origin.CLIENT, Origin.SERVER)
        }

    def opened(self, at: Instant, opened: Opened) -> None:
        self._say(at, Origin.RECORDER, Kind.OPENED, opened)

    def answered(self, at: Instant, answered: Answered, extensions: str = "") -> None:
        """From here on both ends send frames, compressed as `extensions` says, if the status is 101."""
        self._say(at, Origin.SERVER, Kind.ANSWERED, answered)
        of_client, of_server = inflaters(extensions)
        for origin, inflater in ((Origin.CLIENT, of_client), (Origin.SERVER, of_server)):
            way = self._ways[origin]
            way.reader = FrameReader(way, inflater, MESSAGE_BYTES)

    def note(self, at: Instant, note: Note) -> None:
        self._say(at, Origin.RECORDER, Kind.NOTE, note)

    def _say(self, at: Instant, origin: Origin, kind: Kind, what: Opened | Answered | Note | Ended) -> None:
        def append() -> bool:
            payload = _encode(what)
            self.writer.append(at, origin, kind, payload if kind is Kind.ENDED else strike(payload))
            return True

        guarded(append, self._fail)

    def feed(self, origin: Origin, chunk: bytes, at: Instant) -> None:
        """Take a chunk that has been forwarded."""
        if not self.is_open:
            return
        self._waiting.append((at, origin, chunk))
        self._waiting_bytes += len(chunk)
        if not self._is_due:
            self._is_due = True
            self._sweep.add(self)
        if self._waiting_bytes > self._much:
            self._sweep.hurry()
            if self._waiting_bytes > self._bound:
                self._overrun()

    def read(self, until: float = float("inf")) -> bool:
        """Read what waits, until the clock says so. True: nothing is left to read. Never raises."""
        if not self._waiting:
            return True
        return guarded(lambda: self._read(until), self._fail)

    def _read(self, until: float) -> bool:
        waiting, ways, batch = self._waiting, self._ways, self._batch
        of_client, of_server = ways[_CLIENT], ways[Origin.SERVER]
        while waiting:
            at, origin, chunk = waiting.popleft()
            self._waiting_bytes -= len(chunk)
            way = of_client if origin is _CLIENT else of_server
            self._last = at
            reader = way.reader
            reader.feed(at, chunk)
            if reader.is_broken:
                way.keep_raw(at)
            if len(waiting) & 7 == 0:
                if batch.size > BATCH_BYTES:
                    batch.hand_over()
                if perf_counter() > until:
                    break
        batch.hand_over()
        self._is_due = bool(waiting)
        return not waiting

    def is_between_frames(self, origin: Origin) -> bool:
        """May a control frame be put into what `origin` sent so far? Reads all that waits first."""
        self.read()
        reader = self._ways[origin].reader
        return reader.is_between_frames and not reader.is_closed

    def finish(self, at: Instant, ended: Ended) -> None:
        """Read the rest and write the last record. The caller closes the writer."""
        self.read()
        if self.is_open:
            guarded(lambda: self._finish_ways(at), self._fail)
            self.is_open = False
        self._say(at, Origin.RECORDER, Kind.ENDED, ended)

    def _fail(self, fault: str) -> bool:
        """The recorder itself failed: nothing more is taken, and the journal and the alarm say so."""
        if not self.is_open:
            return True
        self.is_open = False
        self._waiting.clear()
        self._sweep.on_alarm(f"leg {self.writer.leg}: recording stopped: {fault}")
        guarded(self._batch.hand_over, lambda _: None)
        at, detail = self._last, f"{fault} in the recorder"
        guarded(lambda: note_gap(self.writer, at, "overrun", detail), lambda _: None)
        return True

    def _finish_ways(self, at: Instant) -> bool:
        for way in self._ways.values():
            way.finish(at)
        return True

    def _overrun(self) -> None:
        """Find the message boundaries of all that waits, keep nothing of it, and say how much that was."""
        readers = [way.reader for way in self._ways.values()]
        for reader in readers:
            reader.dropping = True
        self.read()
        for reader in readers:
            reader.dropping = False
        guarded(self._settle, self._fail)

    def _settle(self) -> bool:
        for way in self._ways.values():
            way.reader.settle(self._last)
        return True


class Sweep:
    """Works off all intakes that have something waiting, every `SWEEP_MS`, a slice at a time."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        on_alarm: Callable[[str], None] = lambda _: None,
        on_swept: Callable[[], None] = lambda: None,
    ) -> None:
        self.on_alarm = on_alarm
        self._on_swept = on_swept
        self._loop = loop
        self._interval_s = SWEEP_MS / 1000
        self._due: deque[Intake] = deque()
        self._is_set = False
        self._late_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, intake: Intake) -> None:
        self._due.append(intake)
        if not self._is_set:
            self._is_set = True
            self._timer = self._loop.call_later(self._interval_s, self._begin)

    def hurry(self) -> None:
        """Begin now, if the sweep has not begun."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._loop.call_soon(self._begin)

    def _begin(self) -> None:
        self._timer = None
        self._late_at = perf_counter() + LATE_MS / 1000
        self._run()

    def _run(self) -> None:
        now = perf_counter()
        until = now + (SLICE_MS if now < self._late_at else LATE_SLICE_MS) / 1000
        due = self._due
        for _ in range(len(due)):
            intake = due[0]
            if not intake.read(until):
                due.rotate(-1)  # the next call's turn
            else:
                due.popleft()
            if perf_counter() > until:
                break
        self._is_set = bool(due)
        if due:
            self._loop.call_soon(self._run)
        else:
            self._on_swept()
