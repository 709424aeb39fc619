"""From copied chunks to records: what the pump saw becomes the journal's, behind the pump's back.

The pump only appends to a list. All intakes of a tap are worked off together by one `Sweep`, a slice at a
time, so that no call waits for the recording of another.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter

import msgspec

from earwitness.capture.direction import Batch, Direction, Writer, note_gap
from earwitness.capture.door import CHOICE, Choice, Door
from earwitness.capture.edge import guarded
from earwitness.capture.frames import MESSAGE_BYTES, FrameReader
from earwitness.capture.inflate import inflaters
from earwitness.capture.secrets import strike
from earwitness.clock import Instant
from earwitness.journal.record import Answered, Ended, Kind, Note, Opened, Origin

SWEEP_MS = 35  # and then a flush at once: a killed process loses less than 50 ms
SLICE_MS = 0.2  # at a stretch; then the loop may forward again
LATE_MS, LATE_SLICE_MS = 5, 4  # a sweep that takes so long gets more: what waits costs memory and is at risk
HURRY_BYTES = 128 * 1024  # of one leg, unread; beyond it the sweep does not wait for its time
WAITING_BYTES = 8 << 20  # of one leg, unread; beyond it messages are counted instead of kept
BATCH_BYTES = 16 * 1024  # of packed records; the journal takes them as they are if they fit in a block

_CLIENT = Origin.CLIENT  # found faster than a member of its enum
_encode = msgspec.json.Encoder().encode


class Intake:
    """One leg's way into its journal. `feed` costs a list append; everything else happens in the sweep."""

    def __init__(
        self,
        writer: Writer,
        sweep: "Sweep",
        *,
        choice: Choice = CHOICE,
        waiting_bytes: int = WAITING_BYTES,
    ) -> None:
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
        self.door = Door(choice, self._tell, on_open=self._spoil)
        self._ways = {
            origin: Direction(batch, self.door, origin, self.closed_by)
            for origin in (Origin.CLIENT, Origin.SERVER)
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
        """What is said of the call goes behind all that was seen of it so far."""
        self.read()
        self._tell(at, note)

    def _tell(self, at: Instant, note: Note) -> None:
        self._batch.hand_over()
        self._say(at, Origin.RECORDER, Kind.NOTE, note)

    def _spoil(self) -> None:
        """Messages that are half here began while the door was shut."""
        for way in self._ways.values():
            way.spoil()

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
        waiting, ways, batch, door = self._waiting, self._ways, self._batch, self.door
        of_client, of_server = ways[_CLIENT], ways[Origin.SERVER]
        while waiting:
            at, origin, chunk = waiting.popleft()
            self._waiting_bytes -= len(chunk)
            way = of_client if origin is _CLIENT else of_server
            self._last = at
            if door.pause_until_ns:
                door.tick(at)
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
        guarded(lambda: self.door.close(at), lambda _: None)
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
