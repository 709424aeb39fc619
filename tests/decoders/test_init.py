"""A whole leg through the room's door: the corpus, case by case, and recordings where they are at hand."""

import json
from pathlib import Path

import pytest

from earwitness.decoders import LegDecoder, decode
from earwitness.decoders.providers import PROVIDERS
from earwitness.journal.record import Origin
from earwitness.model.events import AudioArrived, MessageClosed, MessageOpened, TextArrived, Undecoded
from shared import SHARED
from wirelogs import CORPUS, dated, lines, record, records

CASES = sorted(path.parent for path in CORPUS.glob("*/*/in.jsonl"))
CLIENTS = {"client_to_server", "twilio_to_bot", "vaic_to_bot"}


def case_id(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_case_gives_exactly_its_events(case: Path) -> None:
    assert dated(decode(records(case / "in.jsonl"))) == (case / "events.txt").read_text("utf-8")


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_case_is_a_leg_that_can_be(case: Path) -> None:
    """Time goes forward, and every word belongs to a message that was opened before and is closed after."""
    whole = list(records(case / "in.jsonl"))
    assert [r.monotonic_ns for r in whole] == sorted(r.monotonic_ns for r in whole)
    opened: set[str] = set()
    for event in decode(whole):
        if isinstance(event, MessageOpened):
            opened.add(event.item)
        elif isinstance(event, TextArrived | MessageClosed):
            assert event.item in opened


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_case_read_record_by_record_is_the_same(case: Path) -> None:
    decoder = LegDecoder()
    step_by_step = [event for one in records(case / "in.jsonl") for event in decoder.feed(one)]
    assert step_by_step + decoder.finish() == list(decode(records(case / "in.jsonl")))


def test_leg_that_lost_its_beginning_keeps_the_id_it_is_asked_under() -> None:
    lost = record(4, 10, "server", {"type": "session.created"})
    assert {event.seen.leg for event in decode([lost], leg="leg-9")} == {"leg-9"}


def sequences() -> list[Path]:
    folder = SHARED and SHARED / "protocols" / "events" / "sessions"
    return [path for path in sorted(folder.glob("*.jsonl")) if is_ours(path)] if folder else []


def is_ours(path: Path) -> bool:
    return bool(set(path.name.split("__")[0].split("+")) & PROVIDERS.keys())


@pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols/events/sessions")
def test_recorded_sequences_decode_without_a_word_left_over() -> None:
    assert sequences()
    for path in sequences():
        header, *frames = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for provider in header["_session"]["provider"].split("+"):
            own = [frame for frame in frames if frame.get("leg", provider) == provider]
            leg = [record(0, 0, "opened", {"provider": provider})]
            leg += [
                record(i, frame.get("t_ms") or i, side(frame), frame["event"])
                for i, frame in enumerate(own, start=1)
            ]
            events = list(decode(leg))
            assert lines(e for e in events if isinstance(e, Undecoded)) == [], path.name
            assert sum(isinstance(e, MessageOpened | AudioArrived) for e in events), path.name


@pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols/events")
@pytest.mark.parametrize("provider", ["audiocodes", "elevenlabs", "hume", "openai", "twilio"])
def test_examples_decode_or_tell_why_not(provider: str) -> None:
    """What is left over is a frame cut down by its author, or another protocol on the same provider."""
    assert SHARED
    examples = (SHARED / "protocols" / "events" / f"{provider}.jsonl").read_text("utf-8").splitlines()
    for example in map(json.loads, examples):
        other = example["variant"] in ("live", "translation", "speech_engine")
        if example["channel"] != "websocket" or other:
            continue
        decoder = LegDecoder()
        decoder.feed(record(0, 0, "opened", {"provider": provider}))
        if example["variant"] == "conversationrelay":
            decoder.feed(record(1, 1, "client", {"type": "setup", "callSid": "CA1"}))
        frame = record(2, 2, side(example), example["event"])
        left_over = [e for e in decoder.feed(frame) if isinstance(e, Undecoded)]
        assert not left_over or lacks(example["event"], left_over[0].reason), example["id"]


def side(frame: dict[str, object]) -> str:
    return (Origin.CLIENT if frame["direction"] in CLIENTS else Origin.SERVER).name.lower()


def lacks(event: dict[str, dict[str, str]], reason: str) -> bool:
    """Is it true what the decoder says is missing?"""
    match reason:
        case "item without id":
            return "id" not in event["item"]
        case "no item_id":
            return "item_id" not in event
        case "bad base64":
            holder = event.get("media") or event.get("audio_event") or {}
            sound = event.get("delta") or holder.get("payload") or holder.get("audio_base_64")
            sound = sound or event.get("audioChunk")
            return not str(sound).isalnum()  # a placeholder like <audio>
        case "no tool_call_id":
            return not isinstance(event[str(event["type"])], dict)  # a placeholder like <payload>
        case "no activities" | "unknown activity":
            return "<" in str(event["activities"])  # placeholders like <activity>
        case "unknown audio format":
            return str(event["mediaFormat"]).startswith("<")
        case _:
            return False
