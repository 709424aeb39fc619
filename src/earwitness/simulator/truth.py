"""What really happened in a call: who said what when, and what came out at the caller's ear.

All times are milliseconds on the call's own clock; 0 is the moment the caller began to dial.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from earwitness.audio.codecs import Samples
from earwitness.simulator.lines import recognise, spoken
from earwitness.simulator.mouth import Mouth, Utterance
from earwitness.simulator.pace import Pace
from earwitness.simulator.phone import Phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line of the caller's, as it left the mouth. `emotions`: what the provider scored, where it does."""

    line: str
    text: str
    start_ms: float
    end_ms: float
    emotions: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer of the agent's: how much of it arrived, and how much of that the ear got.

    `line` and `text` are empty where it is none of the simulator's own. `stretches`: from when to when it was
    heard; more than one where the sound ran out in between.
    """

    item: str
    line: str
    text: str
    sent_ms: float
    heard_ms: float
    stretches: tuple[tuple[float, float], ...]
    emotions: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A function the application ran for the voice AI, or the provider by itself (then without a result)."""

    call: str
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any]
    at_wall_ns: int


@dataclass(slots=True, kw_only=True)
class Truth:
    """One call. `ended`: as `Scenario.ends` tells, or `lost` where the other side was gone first."""

    call: str
    provider: str
    scenario: str
    speed: float
    zero_wall_ns: int
    ended: str = "lost"
    status: int = 101  # of the caller's handshake
    duration_ms: float = 0.0
    rate_hz: int = 8_000
    said: list[Said] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    tool_calls: list[ToolUse] = field(default_factory=list)
    digits: str = ""
    transferred_to: str = ""
    redialled: int = 0  # sockets that broke and were replaced
    holes: list[tuple[float, float]] = field(default_factory=list)  # spans of the mouth that never arrived
    mouth: Samples = field(default_factory=lambda: np.zeros(0, np.int16))
    ear: Samples = field(default_factory=lambda: np.zeros(0, np.int16))

    def observe(self, pace: Pace, mouth: Mouth, phone: Phone, encoding: str) -> None:
        """Takes down what mouth and phone know. The call must be over: the phone is cut here."""
        phone.cut()
        self.duration_ms = pace.now_ms()
        self.rate_hz, self.holes = phone.rate_hz, mouth.holes
        said = [each for each in mouth.utterances if each.start_ms < self.duration_ms]
        self.said = [_said(each, self.duration_ms) for each in said]
        self.heard = list(_heard(phone, encoding))
        words = ((each.start_ms, spoken(each.line.name, mouth.rate_hz)) for each in said)
        self.mouth = _placed(words, self.rate_hz, self.duration_ms)
        self.ear = _placed(phone.ear(), self.rate_hz, self.duration_ms)

    def facts(self) -> dict[str, Any]:
        """All but the sound, as JSON takes it."""
        told = {name: getattr(self, name) for name in self.__slots__ if name not in ("mouth", "ear")}
        for name in ("said", "heard", "tool_calls"):
            told[name] = [asdict(each) for each in told[name]]
        return told

    def write(self, folder: Path) -> None:
        """Makes the folder and in it `truth.json`, `ear.wav` and `mouth.wav`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "truth.json").write_text(json.dumps(self.facts(), indent=1) + "\n", "utf-8")
        for name, samples in (("ear", self.ear), ("mouth", self.mouth)):
            soundfile.write(folder / f"{name}.wav", samples, self.rate_hz, subtype="PCM_16")


def _said(utterance: Utterance, over_ms: float) -> Said:
    return Said(
        line=utterance.line.name,
        text=utterance.line.text,
        start_ms=utterance.start_ms,
        end_ms=min(utterance.end_ms, over_ms),
    )


def _heard(phone: Phone, encoding: str) -> Iterable[Heard]:
    for item in dict.fromkeys(piece.item for piece in phone.pieces):
        pieces = [piece for piece in phone.pieces if piece.item == item]
        line = recognise(np.concatenate([piece.samples for piece in pieces]), encoding, phone.rate_hz)
        stretches: list[tuple[float, float]] = []
        for piece in pieces:
            start_ms, end_ms = piece.start_ms, piece.start_ms + piece.played * 1000 / phone.rate_hz
            if stretches and start_ms - stretches[-1][1] < 0.5:
                stretches[-1] = (stretches[-1][0], end_ms)
            elif piece.played:
                stretches.append((start_ms, end_ms))
        yield Heard(
            item=item or "",
            line=line.name if line else "",
            text=line.text if line else "",
            sent_ms=sum(len(piece.samples) for piece in pieces) * 1000 / phone.rate_hz,
            heard_ms=sum(piece.played for piece in pieces) * 1000 / phone.rate_hz,
            stretches=tuple(stretches),
        )


def _placed(sounds: Iterable[tuple[float, Samples]], rate_hz: int, length_ms: float) -> Samples:
    track = np.zeros(int(length_ms * rate_hz / 1000), np.int16)
    for start_ms, samples in sounds:
        start = round(start_ms * rate_hz / 1000)
        room = track[start : start + len(samples)]
        room[:] = samples[: len(room)]
    return track
