"""What every decoder must do, run over all of them. A new one adds its names and its cases, nothing else."""

import copy
import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.decoders import (
    LegDecoder,
    audiocodes,
    elevenlabs_names,
    hume_names,
    openai_names,
    twilio,
    twilio_relay,
)
from earwitness.decoders.audiocodes import AudioCodes
from earwitness.decoders.elevenlabs import ElevenLabsAgents
from earwitness.decoders.hume import HumeEVI
from earwitness.decoders.openai import OpenAIRealtime
from earwitness.decoders.providers import PROVIDERS
from earwitness.decoders.twilio import TwilioMediaStreams
from earwitness.decoders.twilio_relay import ConversationRelay
from earwitness.decoders.wire import INT64
from earwitness.journal.record import Kind, Origin, Record
from earwitness.model.events import AudioArrived, LegOpened, Undecoded
from shared import SHARED
from wirelogs import CORPUS, line, record, records

NAMES: dict[str, list[str]] = json.loads((Path(__file__).parent / "known_names.json").read_text("utf-8"))
READ = {
    "audiocodes": AudioCodes().names,
    "elevenlabs": ElevenLabsAgents().names,
    "hume": HumeEVI().names,
    "openai": OpenAIRealtime().names,
    "twilio": TwilioMediaStreams().names,
    "twilio relay": ConversationRelay().names,
}
PASSED_OVER: dict[str, Mapping[str, str]] = {
    "audiocodes": audiocodes.PASSED_OVER,
    "elevenlabs": elevenlabs_names.PASSED_OVER,
    "hume": hume_names.PASSED_OVER,
    "openai": openai_names.PASSED_OVER,
    "twilio": twilio.PASSED_OVER,
    "twilio relay": twilio_relay.PASSED_OVER,
}
ENDPOINTS = {
    "audiocodes": {"bot-api-streaming"},
    "elevenlabs": {"convai/conversation"},
    "hume": {"v0/evi/chat"},
    "openai": {"realtime", "transcription (beta)"},
    "twilio": {"media-streams"},
    "twilio relay": {"conversationrelay"},
}
NAME_KEYS = {"twilio": "event"}  # the others call it type
FIRST = {"twilio relay": {"type": "setup"}}  # what makes the socket that protocol's
OPENED = {  # what the first record must hold beside the provider
    "generic": {
        "mapping": json.loads(next(records(CORPUS / "generic/own_protocol/in.jsonl")).payload)["mapping"]
    }
}
MESSAGES = {
    provider: [
        (Origin(one.origin), one.payload)
        for path in sorted(CORPUS.glob(f"{provider}/*/in.jsonl"))
        for one in records(path)
        if one.kind is Kind.TEXT
    ]
    for provider in PROVIDERS
}
ODD = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.just([])
    | st.just([[]])
    | st.just({})
    | st.just(1 << 80)
    | st.sampled_from(
        ["root", "message", "function_call", "mcp_call", "item_u1", "item_a1", "completed", "AA=="]
    )
)


each_provider = pytest.mark.parametrize("provider", sorted(PROVIDERS))
each_protocol = pytest.mark.parametrize("protocol", sorted(READ))


@each_protocol
def test_every_known_name_is_read_or_passed_over_with_a_reason(protocol: str) -> None:
    assert not set(NAMES[protocol]) - READ[protocol] - PASSED_OVER[protocol].keys()
    assert all(reason for reason in PASSED_OVER[protocol].values())


@each_protocol
def test_every_name_that_is_read_or_passed_over_is_known(protocol: str) -> None:
    ours = READ[protocol] | PASSED_OVER[protocol].keys()
    assert not ours - set(NAMES[protocol])


@each_protocol
def test_nothing_is_both_read_and_passed_over(protocol: str) -> None:
    assert not READ[protocol] & PASSED_OVER[protocol].keys()


@each_protocol
@pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols/specs/event_catalog.json")
def test_catalog_has_no_name_that_we_do_not_know(protocol: str) -> None:
    assert SHARED
    catalog = json.loads((SHARED / "protocols" / "specs" / "event_catalog.json").read_text("utf-8"))["events"]
    names = {
        entry["type"]
        for entry in catalog
        if entry["provider"] == provider_of(protocol) and entry["endpoint"] in ENDPOINTS[protocol]
    }
    assert names
    assert not names - set(NAMES[protocol])


@each_protocol
def test_name_alone_never_raises_and_is_never_unknown(protocol: str) -> None:
    first = [(Origin.CLIENT, json.dumps(FIRST[protocol]).encode())] if protocol in FIRST else []
    for name in NAMES[protocol]:
        for who in ("client", "server"):
            alone = json.dumps({NAME_KEYS.get(protocol, "type"): name}).encode()
            told = follow(provider_of(protocol), [*first, (Origin[who.upper()], alone)])
            unknown = [e for e in told if isinstance(e, Undecoded) and "unknown" in e.reason]
            assert [e for e in unknown if e.reason != "unknown info"] == []


def provider_of(protocol: str) -> str:
    return protocol.split(maxsplit=1)[0]


def follow(provider: str, messages: list[tuple[Origin, bytes]]) -> list[Any]:
    """Decode these messages as one leg; what `audio` gives must be what `decode` announces."""
    decoder, again = LegDecoder(), LegDecoder()
    opened = record(0, 0, "opened", {"provider": provider, **OPENED.get(provider, {})})
    events: list[Any] = decoder.feed(opened)
    assert isinstance(events[0], LegOpened)
    list(again.audio(opened))
    for number, (origin, payload) in enumerate(messages, start=1):
        one = Record(number, 7_000 + number, 5, origin, Kind.TEXT, payload)
        told = decoder.feed(one)
        announced = [(e.party, e.byte_count) for e in told if isinstance(e, AudioArrived)]
        assert [(party, len(sound)) for party, sound in again.audio(one)] == announced
        assert all(e.seen.leg == "leg" and e.seen.record == number for e in told)
        events += told
    return events + decoder.finish()


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def changed(message: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    message = copy.deepcopy(message)
    holder = message
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    return message


@st.composite
def spoiled(draw: st.DrawFn, messages: list[tuple[Origin, bytes]]) -> tuple[Origin, bytes]:
    """A good message with one value changed, a stretch cut out, or other bytes put in."""
    origin, payload = draw(st.sampled_from(messages))
    match draw(st.sampled_from(["value", "value", "value", "cut", "bytes", "side"])):
        case "value":
            message = json.loads(payload)
            place = draw(st.sampled_from(places(message)))
            return origin, json.dumps(changed(message, place, draw(ODD))).encode()
        case "cut":
            at = draw(st.integers(0, len(payload)))
            return origin, payload[:at] + payload[at + draw(st.integers(1, 20)) :]
        case "bytes":
            at = draw(st.integers(0, len(payload)))
            return origin, payload[:at] + draw(st.binary(max_size=4)) + payload[at:]
        case _:
            return draw(st.sampled_from(list(Origin))), payload


@each_provider
@settings(max_examples=150)
@given(data=st.data())
def test_spoiled_legs_never_raise_and_hold_only_what_can_be_stored(
    provider: str, data: st.DataObject
) -> None:
    messages = MESSAGES[provider]
    leg = data.draw(st.lists(st.sampled_from(messages) | spoiled(messages), min_size=1, max_size=25))
    for event in follow(provider, leg):
        line(event).encode()  # no half characters
        fields = [getattr(event, field.name) for field in dataclasses.fields(event)]
        assert all(abs(value) < INT64 for value in fields if isinstance(value, int)), event


@each_provider
@settings(max_examples=50)
@given(leg=st.lists(st.tuples(st.sampled_from(list(Origin)), st.binary(max_size=40)), max_size=5))
def test_any_bytes_never_raise(provider: str, leg: list[tuple[Origin, bytes]]) -> None:
    follow(provider, leg)


@each_provider
def test_nesting_without_end_never_raises(provider: str) -> None:
    for payload in (b"[" * 100_000, b'{"type":"a","event":"start","start":' + b'{"a":' * 100_000):
        assert isinstance(follow(provider, [(Origin.SERVER, payload)])[-3], Undecoded)


@each_provider
def test_every_corpus_leg_agrees_with_its_audio(provider: str) -> None:
    assert MESSAGES[provider]
    assert any(isinstance(event, AudioArrived) for event in follow(provider, MESSAGES[provider]))
