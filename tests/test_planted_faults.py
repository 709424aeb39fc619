"""Ways to spoil a record: each is named in its health. That clean calls have none: test_heard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.audio.codecs import decode, encode
from earwitness.journal.record import Kind
from earwitness.model.events import Party
from earwitness.projections import health
from worlds.matrix import CONDITIONS, measured
from worlds.script import Condition
from worlds.wire import encoded
from worlds.world import World, gap

PCM16 = ("pcm_s16le", 16_000)
PCM8 = ("pcm_s16le", 8_000)
AT_MS = 20_000.0


def judged(world: World) -> set[str]:
    """What health says of a call that was played, its sound listened to."""
    return {reason.code for reason in health.reasons(world.conversation, measured(world))}


def dropped(*what: str, since: float = 0.0) -> Callable[[World], None]:
    def spoil(world: World) -> None:
        world.drop = lambda leg, ms, name: name in what and ms >= since

    return spoil


def altered(party: Party, form: tuple[str, int], change: Callable[[Any], Any]) -> Callable[[World], None]:
    def alter(whose: Party, sound: bytes) -> bytes:
        if whose is not party:
            return sound
        samples = change(decode(form[0], sound).astype(np.int64))
        return encode(form[0], np.clip(samples, -32_768, 32_767).astype(np.int16))

    def spoil(world: World) -> None:
        world.alter = alter

    return spoil


def told(kind: Kind, origin: str, payload: bytes) -> Callable[[World], None]:
    return lambda world: world.extra.append((AT_MS, kind, origin, payload))


def misstated(party: str, form: tuple[str, int]) -> Callable[[World], None]:
    """The wire names another rate than the sound has."""
    return lambda world: setattr(world.legs[0].wire, party, form)


def ended(why: str) -> Callable[[World], None]:
    def spoil(world: World) -> None:
        begun = next(act for act in world.script.acts if act.what == "answer_sounds" and act.at_ms > AT_MS)
        world.end = (why, begun.at_ms + 1)

    return spoil


def transcripts(late_ms: float) -> Callable[[World], None]:
    """The caller's words come later, or with 0 never."""

    def spoil(world: World) -> None:
        wire, speech_stopped = world.legs[0].wire, world.legs[0].wire.speech_stopped

        def without(item: str, at_ms: float, text: str, begun_ms: float) -> Any:
            messages = list(speech_stopped(item, at_ms, text, begun_ms))
            begun = next(
                act for act in world.script.acts if act.what == "speech_stopped" and act.args[0] == item
            )
            if late_ms:
                world.extra.append((begun.at_ms + late_ms, Kind.TEXT, "server", encoded(messages[-1][1])))
            return iter(messages[:-1])

        if late_ms:
            for act in world.script.acts:
                if act.what == "speech_stopped":
                    list(without(*act.args))
        wire.speech_stopped = lambda *args: iter(list(speech_stopped(*args))[:-1])  # type: ignore[method-assign]

    return spoil


def halved(world: World) -> None:
    world.alter = lambda party, sound: sound[:-1] if party is Party.AGENT else sound


LOUD = altered(Party.CALLER, ("mulaw", 8_000), lambda samples: samples * 12)
GARBAGE = encoded({"type": "nobody.knows", "event_id": "e"})
PROBLEM = encoded({"type": "error", "error": {"type": "server_error", "code": "boom", "message": "boom"}})
FAULTS = {
    "missing track, caller": ("openai", Condition(), dropped("frame"), "no_caller_audio"),
    "missing track, agent": ("openai", Condition(), dropped("answer_sounds"), "no_agent_audio"),
    "silent track, caller": (
        "twilio",
        Condition(),
        altered(Party.CALLER, ("mulaw", 8_000), lambda s: s * 0),
        "silent_caller",
    ),
    "silent track, agent": (
        "elevenlabs",
        Condition(),
        altered(Party.AGENT, PCM16, lambda s: s * 0),
        "silent_agent",
    ),
    "gap, overrun": (
        "openai",
        Condition(),
        told(Kind.GAP, "recorder", gap("overrun", 900, 50)),
        "gap_overrun",
    ),
    "gap, disk full": (
        "openai",
        Condition(),
        told(Kind.GAP, "recorder", gap("disk_full", 900, 50)),
        "gap_disk_full",
    ),
    "gap, disk error": (
        "hume",
        Condition(),
        told(Kind.GAP, "recorder", gap("disk_error", 900, 50)),
        "gap_disk_error",
    ),
    "gap, damage": ("hume", Condition(), told(Kind.GAP, "recorder", gap("damage", 900, 50)), "gap_damage"),
    "gap, crash": ("openai", Condition(), ended("crash"), "gap_crash"),
    "gap, bytes that are no frames": (
        "openai",
        Condition(),
        told(Kind.GAP, "recorder", gap("parse_error", 900, 5)),
        "gap_parse_error",
    ),
    "drift, media time": ("twilio", Condition(ppm=400), None, "drift_caller"),
    "drift, counted": ("openai", Condition(ppm=-400), None, "drift_caller"),
    "clipping, caller": ("twilio", Condition(), LOUD, "clipping_caller"),
    "clipping, agent": (
        "elevenlabs",
        Condition(),
        altered(Party.AGENT, PCM16, lambda s: s * 12),
        "clipping_agent",
    ),
    "truncation": ("openai", Condition(), ended("stopped"), "truncated"),
    "socket lost": ("openai", Condition(), ended("lost"), "peer_lost"),
    "wrong rate, caller": (
        "elevenlabs",
        Condition(caller=PCM8),
        misstated("caller", PCM16),
        "wrong_rate_caller",
    ),
    "wrong rate, agent": (
        "elevenlabs",
        Condition(agent=PCM8),
        misstated("agent", ("pcm_s16le", 24_000)),
        "wrong_rate_agent",
    ),
    "missing transcript": ("openai", Condition(), transcripts(0), "missing_transcript"),
    "late transcript": ("openai", Condition(), transcripts(15_000), "late_transcript"),
    "undecoded events": ("openai", Condition(), told(Kind.TEXT, "server", GARBAGE), "undecoded"),
    "provider's error": ("openai", Condition(), told(Kind.TEXT, "server", PROBLEM), "provider_error"),
    "leg not joined": ("twilio", Condition(), None, "leg_not_joined"),
    "playout unproven": ("hume", CONDITIONS["barge-in repeated"], None, "unproven_playout"),
    "half a sample": ("openai", Condition(), halved, "odd_bytes"),
    "interruption nobody tells of": (
        "elevenlabs",
        CONDITIONS["barge-in repeated"],
        dropped("cut"),
        "disagrees_interruption_not_told",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(fault: str) -> None:
    provider, condition, spoil, code = FAULTS[fault]
    minutes = 1.3 if fault.startswith("drift") else 0.6
    world = World(provider, condition, minutes * 60_000, spoil=spoil)
    assert code in judged(world.play())


def test_every_planted_fault_is_explained() -> None:
    page = (Path(__file__).parents[1] / "docs" / "understand" / "heard.md").read_text("utf-8")
    assert [code for _, _, _, code in FAULTS.values() if f"`{code}`" not in page] == []
