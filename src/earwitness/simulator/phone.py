"""The far end of the line: a playout queue and the ear behind it.

Sound is heard from the moment it arrives or the queue before it is through, in order, until it ends or is
cut. Nothing else is heard: what the phone tells of is what a microphone at the ear would have picked up.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from earwitness.audio.codecs import Samples
from earwitness.simulator.pace import Pace


@dataclass(slots=True, kw_only=True)
class Piece:
    """Sound that came in one message. `played`: how many samples of it will be heard, or were."""

    item: str | None
    start_ms: float
    samples: Samples
    played: int


@dataclass(slots=True, kw_only=True)
class _Mark:
    name: str
    due_ms: float


class Phone:
    """Plays what it is given, in real time of `pace`."""

    def __init__(self, pace: Pace, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.pieces: list[Piece] = []
        self.end_ms = 0.0  # when the queue is through; in the past: it is quiet
        self._pace = pace
        self._marks: deque[_Mark] = deque()
        self._waiting: list[asyncio.Future[None]] = []

    def play(self, samples: Samples, item: str | None = None) -> None:
        """Queues sound. `item` says which answer it belongs to; may be told later by `name`."""
        start_ms = max(self._pace.now_ms(), self.end_ms)
        self.pieces.append(Piece(item=item, start_ms=start_ms, samples=samples, played=len(samples)))
        self.end_ms = start_ms + self._ms(len(samples))
        self._changed()

    def name(self, item: str) -> None:
        """All sound that has no item yet belongs to this one."""
        for piece in reversed(self.pieces):
            if piece.item is not None:
                break
            piece.item = item
        self._changed()

    def cut(self) -> None:
        """Drops all that is not yet played. Marks that wait come back now: their sound was not heard."""
        now_ms = self._pace.now_ms()
        for piece in reversed(self.pieces):
            if piece.start_ms + self._ms(piece.played) <= now_ms:
                break
            piece.played = self._played(piece, now_ms)
        self.end_ms = min(self.end_ms, now_ms)
        for mark in self._marks:
            mark.due_ms = min(mark.due_ms, now_ms)
        self._changed()

    def mark(self, name: str) -> None:
        """To be told of once all sound queued so far was played."""
        self._marks.append(_Mark(name=name, due_ms=self.end_ms))
        self._changed()

    async def marks(self) -> AsyncIterator[str]:
        """Each mark's name when its moment has come; never ends."""
        while True:
            if not self._marks:
                await self.change(None)
            elif self._marks[0].due_ms <= self._pace.now_ms():
                yield self._marks.popleft().name
            else:
                await self.change(self._marks[0].due_ms)

    async def change(self, until_ms: float | None) -> None:
        """Returns when the queue changes, or at that moment."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        wait_s = None if until_ms is None else max(0.0, self._pace.wait_s(until_ms))
        await asyncio.wait((future,), timeout=wait_s)

    def begun(self) -> list[tuple[str, float]]:
        """Items of which something was heard by now, in order, each with the moment it began."""
        now_ms, found = self._pace.now_ms(), dict[str, float]()
        for piece in self.pieces:
            if piece.item is not None and piece.start_ms <= now_ms and piece.played:
                found.setdefault(piece.item, piece.start_ms)
        return list(found.items())

    def heard_ms(self, item: str) -> float:
        """How much of the item was heard by now."""
        now_ms = self._pace.now_ms()
        return sum(self._ms(self._played(piece, now_ms)) for piece in self.pieces if piece.item == item)

    def ear(self) -> Iterator[tuple[float, Samples]]:
        """What was heard: moments and samples, in order, never over one another."""
        for piece in self.pieces:
            if piece.played:
                yield piece.start_ms, piece.samples[: piece.played]

    def _played(self, piece: Piece, now_ms: float) -> int:
        passed = round((now_ms - piece.start_ms) * self.rate_hz / 1000)
        return min(piece.played, max(0, passed))

    def _ms(self, count: int) -> float:
        return count * 1000 / self.rate_hz

    def _changed(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
