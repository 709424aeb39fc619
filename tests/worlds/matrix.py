"""The matrix: every condition on every provider, and how far recorders are from the truth in each cell."""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from earwitness.audio.files import stereo
from earwitness.audio.voice import voices
from earwitness.model.events import Party
from earwitness.projections.figures import Figures, figures
from earwitness.projections.tracks import mono
from worlds.compare import RATE_HZ, Verdict, compare
from worlds.script import Condition, Uttered
from worlds.wires import WIRES
from worlds.world import World

PROVIDERS = tuple(WIRES)
PROVEN = ("twilio", "two legs")  # whose wire says when each packet of the caller's was spoken
PROVEN_MS, MODELLED_MS = 20, 60
TIMELESS = ("elevenlabs", "audiocodes")  # whose events do not say when speech was
ANY_RATE = ("elevenlabs", "hume", "audiocodes")

CONDITIONS = {
    each.name: each
    for each in (
        Condition(),
        Condition(name="burst x50", burst=50, chunks=(1000, 40, 20)),
        Condition(name="stall 3 s, flood", stall_ms=3000, burst=1.2),
        Condition(name="caller muted", muted_ms=20_000),
        Condition(name="barge-in early", barge="early", burst=20),
        Condition(name="barge-in late", barge="late", burst=20),
        Condition(name="barge-in repeated", barge="repeated", burst=20),
        Condition(name="barge-in during tool call", barge="tool", burst=20),
        Condition(name="jitter 50 ms", jitter_ms=50, burst=1.3),
        Condition(name="jitter 200 ms", jitter_ms=200, burst=1.3),
        Condition(name="packet loss 1 %", loss=0.01),
        Condition(name="clock +200 ppm", ppm=200),
        Condition(name="clock -200 ppm", ppm=-200),
        Condition(name="odd-sized chunks", odd=True, chunks=(37, 111, 64)),
        Condition(name="format change", changes=True),
        Condition(name="8 kHz", caller=("pcm_s16le", 8_000), agent=("pcm_s16le", 8_000)),
        Condition(name="24 kHz", caller=("pcm_s16le", 24_000), agent=("pcm_s16le", 24_000)),
        Condition(name="48 kHz", caller=("pcm_s16le", 48_000), agent=("pcm_s16le", 48_000)),
    )
}


def has(provider: str, name: str) -> bool:
    """Whether the provider's wire can carry that condition."""
    if name.endswith("kHz"):
        return provider in ANY_RATE and not (provider == "audiocodes" and name == "48 kHz")
    return name != "format change" or WIRES[provider][0].later is not None


def against(provider: str, name: str, minutes: float = 1) -> set[str]:
    """What the health of a call in that cell truly has against it; of most cells nothing."""
    found = {"leg_not_joined"} if provider == "twilio" else set()
    if name.startswith("barge-in") and WIRES[provider][0].cut_evidence == "modelled":
        found |= {"unproven_playout"}
    if name.startswith("stall") and provider in TIMELESS:
        found |= {"disagrees_response"}  # what it tells of speech came late, as the sound did
    if name.startswith("clock") and minutes > 2:
        found |= {"drift_caller"}  # in less time it comes to less than jitter
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How one recorder did on one call."""

    caller: Verdict
    agent: Verdict
    duration_off_ms: float


def world(provider: str, name: str, minutes: float = 1, **options: Any) -> World:
    condition = CONDITIONS[name]
    if condition.muted_ms and minutes >= 30:
        condition = replace(condition, muted_ms=600_000)
    return World(provider, condition, minutes * 60_000, is_direct=minutes > 2, **options)


def ours(made: World) -> Cell:
    """Earwitness on a world that was played."""
    conversation, script = made.conversation, made.script
    caller, agent = (
        compare(mono(conversation, name, made.source, rate_hz=RATE_HZ), truth, script.ended_ms)
        for name, truth in (("caller", script.said), ("agent", script.heard))
    )
    off_ms = conversation.duration_ns / 1e6 - script.ended_ms
    return Cell(caller=caller, agent=agent, duration_off_ms=off_ms)


def measured(made: World) -> Figures:
    """The figures that we measure on the world's sound."""
    sides = (mono(made.conversation, name, made.source, rate_hz=16_000) for name in ("caller", "agent"))
    caller, agent = voices(stereo(*sides), rate_hz=16_000, channels=2)
    return figures(made.conversation, caller, agent)


def true_turns(made: World) -> list[tuple[float, float, Party]]:
    """From when to when there was sound at mouth and ear, in order."""
    sides = ((Party.CALLER, made.script.said), (Party.AGENT, made.script.heard))
    return sorted((*_sounding(each), party) for party, said in sides for each in said if each.heard_ms > 100)


def _sounding(each: Uttered) -> tuple[float, float]:
    level = np.abs(each.sound.astype(np.int32))
    loud = np.flatnonzero(level > 0.03 * np.percentile(level, 98))
    times = []
    for begin_ms, first, count in each.pieces:
        here = loud[(loud >= first) & (loud < first + count)]
        for place in here[:1].tolist() + here[-1:].tolist():
            times.append(begin_ms + (place - first) * 1000 / each.rate_hz / each.speed)
    return (times[0], times[-1]) if times else (each.pieces[0][0], each.pieces[0][0])


def true_responses(made: World) -> list[float]:
    turns = pairwise(true_turns(made))
    return [b[0] - a[1] for a, b in turns if a[2] is Party.CALLER and b[2] is Party.AGENT and b[0] >= a[1]]
