"""What happens in a call: who says what when, what the network does to it, what mouth and ear know."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import numpy.typing as npt

from earwitness.audio.codecs import decode, encode, frame_bytes
from earwitness.simulator.lines import line, lines, spoken

Samples = npt.NDArray[np.int16]
Format = tuple[str, int]
FRAME_MS = 20
HEARD_AFTER_MS = 220  # a voice AI is sure of speech
SILENT_AFTER_MS = 500  # ... and of its end
THINKS_MS = 250
IN_FLIGHT_MS = 60  # what was sent before a cut was known
CALLER = [name for name, each in lines().items() if each.party == "caller"]
AGENT = [name for name, each in lines().items() if each.party == "agent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What is special about a call; the defaults are a plain one."""

    name: str = "plain"
    burst: float = 2.0  # times faster than real time that answers arrive
    chunks: tuple[int, ...] = (200, 100, 160)  # ms in one message
    odd: bool = False  # messages end in the middle of a sample, where the wire can carry that
    stall_ms: int = 0  # nothing comes for so long, then all at once: both ways, once a minute
    jitter_ms: int = 0
    loss: float = 0.0  # of the caller's packets, before the recorder
    ppm: float = 0.0  # by how much the far end's clock is fast
    muted_ms: int = 0  # the caller sends nothing for so long, after the first turn
    barge: str = ""  # early, late, repeated, tool
    caller: tuple[str, int] | None = None  # encoding and rate; None: the provider's usual
    agent: tuple[str, int] | None = None
    changes: bool = False  # of format, in the middle


@dataclass(slots=True, kw_only=True)
class Uttered:
    """A line and where mouth or ear had it. `pieces`: (ms, first sample, samples)."""

    name: str
    item: str
    rate_hz: int
    pieces: list[tuple[float, int, int]] = field(default_factory=list)
    sent_ms: float = 0.0
    encoding: str = "pcm_s16le"
    speed: float = 1.0  # of the clock that spoke it

    @property
    def sound(self) -> Samples:
        return heard_as(self.name, self.encoding, self.rate_hz)

    @property
    def heard_ms(self) -> float:
        return sum(count for _, _, count in self.pieces) * 1000 / self.rate_hz

    @property
    def is_cut(self) -> bool:
        return self.heard_ms < self.sent_ms - 1


@cache
def wire_bytes(name: str, encoding: str, rate_hz: int) -> bytes:
    return encode(encoding, spoken(name, rate_hz))


@cache
def heard_as(name: str, encoding: str, rate_hz: int) -> Samples:
    return decode(encoding, wire_bytes(name, encoding, rate_hz))


@dataclass(slots=True, kw_only=True)
class Act:
    """Something on the wire at a moment: `what` is a method of the wire, `args` what it is told."""

    at_ms: float
    what: str
    args: tuple[object, ...] = ()


class Script:
    """One call of about `length_ms`. After `write`, `acts` and the truth are there."""

    def __init__(
        self,
        condition: Condition,
        length_ms: float,
        caller: tuple[str, int],
        agent: tuple[str, int],
        *,
        seed: int = 7,
        later: tuple[str, int] | None = None,
        is_whole_samples: bool = False,
        marks: bool = False,
    ) -> None:
        self.on, self.length_ms = condition, length_ms
        self.caller, self.agent, self.later = caller, agent, later
        self.said: list[Uttered] = []
        self.heard: list[Uttered] = []
        self.acts: list[Act] = []
        self.interruptions: list[float] = []
        self.lost: set[int] = set()
        self.ended_ms = 0.0
        self._is_whole = is_whole_samples
        self._marks = marks
        self._random = random.Random(seed)
        self._queue_ms = 0.0  # the ear's
        self._told_ms = 0.0  # the last message of the agent's side
        self._frame_ms = FRAME_MS / (1 + condition.ppm * 1e-6)
        self._mouth: dict[int, tuple[Uttered, int]] = {}  # first frame -> what
        self._next_frame = 0
        self._muted = range(0)

    # -- the network ---------------------------------------------------------------------------------

    def _held(self, at_ms: float) -> float:
        """When what is sent then gets through a line that stalls once a minute, in the 12th second."""
        minute, within = divmod(at_ms, 60_000)
        if self.on.stall_ms and 12_000 <= within < 12_000 + self.on.stall_ms:
            return minute * 60_000 + 12_000 + self.on.stall_ms
        return at_ms

    def frames(self) -> Iterator[tuple[float, int, bytes]]:
        """The caller's packets as they arrive: when, number, sound. Silence is the same object each time."""
        encoding, rate_hz = self.caller
        size = rate_hz * FRAME_MS // 1000 * frame_bytes(encoding)
        silence = encode(encoding, np.zeros(rate_hz * FRAME_MS // 1000, np.int16))
        jitter, last_ms = random.Random(11), 0.0
        talking, position = b"", 0
        for number in range(int(self.ended_ms / self._frame_ms)):
            if number in self._mouth:
                said = self._mouth[number][0]
                talking, position = wire_bytes(said.name, encoding, rate_hz), 0
            packet = talking[position : position + size] if position < len(talking) else silence
            position += size
            if len(packet) < size:
                packet += silence[: size - len(packet)]
            sent_ms = (number + 1) * self._frame_ms
            at_ms = self._held(sent_ms) + (jitter.random() * self.on.jitter_ms if self.on.jitter_ms else 0)
            last_ms = max(last_ms, at_ms)
            if number not in self.lost and number not in self._muted:
                yield last_ms, number, packet

    # -- the call ------------------------------------------------------------------------------------

    def write(self) -> "Script":
        now_ms, turn = 400.0, 0
        self._answer(now_ms, turn, 0.0)
        while self._queue_ms + 9_000 < self.length_ms:
            turn += 1
            if turn == 2 and self.on.muted_ms:
                begin = int((self._queue_ms + 500) / self._frame_ms)
                self._muted = range(begin, begin + int(self.on.muted_ms / self._frame_ms))
                for extra in range(3):
                    self._answer(self._queue_ms + 4000, 100 * turn + extra, 0.0)
                now_ms = max((self._muted.stop + 5) * self._frame_ms, self._queue_ms + 700)
            else:
                now_ms = self._queue_ms + 700
            spoke = self._say(now_ms, turn)
            is_change = self.on.changes and turn == 2 and self.later
            if is_change:
                self.acts.append(Act(at_ms=spoke + 100, what="change", args=(self.later,)))
                self.agent = self.later or self.agent
            self._answer(spoke + SILENT_AFTER_MS + THINKS_MS, turn, spoke)
        self.ended_ms = max(self._queue_ms, self.said[-1].pieces[-1][0] + 3000 if self.said else 0) + 1500
        self._lose()
        self.acts.sort(key=lambda act: act.at_ms)
        return self

    def _say(self, at_ms: float, turn: int) -> float:
        """The caller says a line from the next packet on; when it is over."""
        encoding, rate_hz = self.caller
        first = max(int(at_ms / self._frame_ms) + 1, self._next_frame)
        each = Uttered(
            name=CALLER[turn % len(CALLER)], item=f"user_{len(self.said)}", rate_hz=rate_hz, encoding=encoding
        )
        each.speed = 1 + self.on.ppm * 1e-6
        begin_ms, count = first * self._frame_ms, len(each.sound)
        length_ms = count * 1000 / rate_hz / each.speed
        each.pieces, each.sent_ms = [(begin_ms, 0, count)], count * 1000 / rate_hz
        self.said.append(each)
        self._mouth[first] = (each, 0)
        each_frames = -(-count // (rate_hz * FRAME_MS // 1000))
        self._next_frame = first + each_frames + 5
        end_ms = begin_ms + length_ms
        started, stopped = self._held(begin_ms + HEARD_AFTER_MS), self._held(end_ms + SILENT_AFTER_MS)
        first_ms, last_ms = first * FRAME_MS, first * FRAME_MS + count * 1000 / rate_hz
        self.acts.append(Act(at_ms=started, what="speech_started", args=(each.item, first_ms)))
        stop = Act(
            at_ms=stopped, what="speech_stopped", args=(each.item, last_ms, line(each.name).text, first_ms)
        )
        self.acts.append(stop)
        return end_ms

    def _answer(self, at_ms: float, turn: int, asked_ms: float) -> None:
        """The agent says a line, or as much of it as the caller lets it."""
        encoding, rate_hz = self.agent
        each = Uttered(
            name=AGENT[turn % len(AGENT)],
            item=f"answer_{len(self.heard)}",
            rate_hz=rate_hz,
            encoding=encoding,
        )
        text, data, size = (
            line(each.name).text,
            wire_bytes(each.name, encoding, rate_hz),
            frame_bytes(encoding),
        )
        at_ms = max(self._held(at_ms), self._told_ms + 1)
        self.acts.append(Act(at_ms=at_ms, what="answer_begins", args=(each.item, text)))
        sends = list(self._chunks(data, rate_hz * size, at_ms + 20, whole=size if self._is_whole else 1))
        plays, queue_ms, taken = [], self._queue_ms, 0
        for sent_ms, _, last in sends:
            count = last // size - taken
            begin_ms = max(sent_ms, queue_ms)
            plays.append((begin_ms, taken, count))
            queue_ms, taken = begin_ms + count * 1000 / rate_hz, taken + count
        cut_ms = self._barges(turn, plays[0][0], queue_ms)
        for sent_ms, first, last in sends:
            if cut_ms is None or sent_ms <= cut_ms + IN_FLIGHT_MS:
                self._told_ms = sent_ms
                self.acts.append(Act(at_ms=sent_ms, what="answer_sounds", args=(each.item, data[first:last])))
                each.sent_ms = last // size * 1000 / rate_hz
        each.pieces = [cut for play in plays if (cut := _until(play, cut_ms, rate_hz))[2]]
        over_ms = max(self._told_ms + 1, cut_ms or 0)
        self._queue_ms = queue_ms if cut_ms is None else cut_ms
        self.heard.append(each)
        if cut_ms is not None:
            self.acts.append(
                Act(at_ms=cut_ms, what="cut", args=(each.item, each.heard_ms, text, self._heard_words(each)))
            )
            over_ms = cut_ms + IN_FLIGHT_MS + 5
        if self._marks:
            self.acts.append(Act(at_ms=self._told_ms + 0.5, what="mark_set", args=(each.item,)))
            self.acts.append(
                Act(at_ms=max(self._queue_ms, self._told_ms + 1), what="mark_reached", args=(each.item,))
            )
        self._told_ms = over_ms
        self.acts.append(Act(at_ms=over_ms, what="answer_ends", args=(each.item, text, cut_ms is not None)))

    def _barges(self, turn: int, begin_ms: float, end_ms: float) -> float | None:
        """When the caller's interruption cuts the answer, if there is one."""
        into = {"early": 250.0, "late": end_ms - begin_ms - 450, "repeated": 1200.0, "tool": 600.0}
        every = 1 if self.on.barge == "repeated" else 3
        if self.on.barge not in into or turn % every or not turn:
            return None
        at_ms = begin_ms + max(into[self.on.barge], 100)
        if self.on.barge == "tool":
            self.acts.append(Act(at_ms=begin_ms + 300, what="tool_called", args=(f"call_{turn}",)))
            self.acts.append(Act(at_ms=end_ms + 2000, what="tool_returned", args=(f"call_{turn}",)))
        end_of_speech = self._say(at_ms, turn + 50)
        spoke = self.said[-1]
        cut_ms = self._held(spoke.pieces[0][0] + HEARD_AFTER_MS) + 5
        if cut_ms >= end_ms:
            return None
        self.interruptions.append(spoke.pieces[0][0])
        self._told_ms = max(self._told_ms, end_of_speech + SILENT_AFTER_MS)
        return cut_ms

    def _heard_words(self, each: Uttered) -> str:
        words, share = line(each.name).text.split(), each.heard_ms / line(each.name).duration_ms
        return " ".join(words[: int(share * len(words))])

    def _chunks(
        self, data: bytes, bytes_per_s: int, at_ms: float, *, whole: int
    ) -> Iterator[tuple[float, int, int]]:
        """Messages of an answer: when each gets here, and which bytes it holds."""
        first, number, last_ms = 0, 0, at_ms
        while first < len(data):
            size = int(self.on.chunks[number % len(self.on.chunks)] * bytes_per_s / 1000)
            size = max(size // 2 * 2 + (1 if self.on.odd and whole == 1 else 0), 2)
            size = size // whole * whole or whole
            last = min(first + size, len(data))
            sent_ms = at_ms + first * 1000 / bytes_per_s / self.on.burst
            jitter = self._random.random() * self.on.jitter_ms if self.on.jitter_ms else 0.0
            last_ms = max(last_ms + 0.01, self._held(sent_ms) + jitter)
            yield last_ms, first, last
            first, number = last, number + 1

    def _lose(self) -> None:
        if self.on.loss:
            loss = random.Random(5)
            count = int(self.ended_ms / self._frame_ms)
            self.lost = {number for number in range(count) if loss.random() < self.on.loss}


def _until(play: tuple[float, int, int], cut_ms: float | None, rate_hz: int) -> tuple[float, int, int]:
    begin_ms, first, count = play
    if cut_ms is None:
        return play
    return begin_ms, first, max(0, min(count, int((cut_ms - begin_ms) * rate_hz / 1000)))
