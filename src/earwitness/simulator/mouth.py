"""The caller's mouth and the network behind it: frames of 20 ms, each sent once it is over."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import numpy as np

from earwitness.audio.codecs import Samples
from earwitness.simulator.lines import Line, line, spoken
from earwitness.simulator.pace import Pace

FRAME_MS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A line as it left the mouth."""

    line: Line
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """20 ms of the mouth's sound. `number` counts from 0 and goes on through holes."""

    number: int
    samples: Samples


class Mouth:
    """Silence, and lines when it is told to say them.

    A hole is a span whose frames are lost. A stall is one whose frames come late, all at once, at its end.
    """

    def __init__(self, pace: Pace, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.utterances: list[Utterance] = []
        self.holes: list[tuple[float, float]] = []
        self._pace = pace
        self.origin_ms = pace.now_ms()
        self._next = 0  # number of the frame that is being spoken
        self._sound = np.zeros(0, np.int16)  # from the frame after that on
        self._hole = self._stall = range(0)

    def say(self, name: str) -> Utterance:
        """Starts the line with the next frame, after whatever is still being said."""
        size = self._frame_size
        start_ms = self.origin_ms + (self._next + 1 + len(self._sound) // size) * FRAME_MS
        samples = spoken(name, self.rate_hz)
        padding = np.zeros(-len(samples) % size, np.int16)
        self._sound = np.concatenate([self._sound, samples, padding])
        end_ms = start_ms + len(samples) * 1000 / self.rate_hz
        self.utterances.append(Utterance(line=line(name), start_ms=start_ms, end_ms=end_ms))
        return self.utterances[-1]

    def lose(self, ms: int) -> None:
        """The frames of the next `ms` never arrive."""
        self._hole = self._coming(ms)
        start_ms, end_ms = (self.origin_ms + at * FRAME_MS for at in (self._hole.start, self._hole.stop))
        self.holes.append((start_ms, end_ms))

    def hold(self, ms: int) -> None:
        """The frames of the next `ms` arrive together when they are over."""
        self._stall = self._coming(ms)

    async def frames(self) -> AsyncIterator[Frame]:
        """Frames as the network delivers them; never ends."""
        held: list[Frame] = []
        silence = np.zeros(self._frame_size, np.int16)
        current = silence
        while True:
            await self._pace.until(self.origin_ms + (self._next + 1) * FRAME_MS)
            number, self._next = self._next, self._next + 1
            if number not in self._hole:
                held.append(Frame(number=number, samples=current))
            current, self._sound = self._split(silence)
            if self._next not in self._stall:
                for frame in held:
                    yield frame
                held = []

    def _split(self, silence: Samples) -> tuple[Samples, Samples]:
        if not len(self._sound):
            return silence, self._sound
        return self._sound[: self._frame_size], self._sound[self._frame_size :]

    def _coming(self, ms: int) -> range:
        return range(self._next + 1, self._next + 1 + ms // FRAME_MS)

    @property
    def _frame_size(self) -> int:
        return self.rate_hz * FRAME_MS // 1000
