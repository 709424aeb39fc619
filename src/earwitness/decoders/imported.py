"""Calls that others recorded: each record is one fact of their files, in a form of our own.

Text records hold one of the structs below as JSON, named by `fact`. Binary records hold sound (`pack_sound`):
whose it is, its format, its place on the call's clock, then the samples.
"""

import struct
from typing import Any

import msgspec

from earwitness.decoders.wire import BROKEN, RATES_HZ
from earwitness.journal.record import Opened, Record
from earwitness.model.events import (
    AudioArrived,
    EmotionScored,
    Event,
    FormatSet,
    LegIdentified,
    MessageClosed,
    MessageOpened,
    Party,
    Retold,
    Role,
    Stamp,
    TextArrived,
    ToolCalled,
    ToolReturned,
    Undecoded,
)

_SOUND = struct.Struct("<BBIq")  # party, encoding, samples a second, ns from the start of the call
_PARTIES = (Party.CALLER, Party.AGENT, Party.HUMAN_AGENT)
_ENCODINGS = ("pcm_s16le", "mulaw", "alaw")


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="fact"):
    """One fact of a foreign file."""


class Named(Fact, frozen=True, kw_only=True, tag="named"):
    """What the call is called by those who recorded it."""

    provider_ids: dict[str, str]


class Said(Fact, frozen=True, kw_only=True, tag="said"):
    """A message begins."""

    item: str
    role: str  # as `Role`
    text: str
    party: str | None = None  # as `Party`, where the role does not tell
    previous: str | None = None  # the message before it; None: it is the first
    confidence: float | None = None
    is_audible: bool = True
    is_over: bool = True  # nothing tells when it ended
    emotions: dict[str, dict[str, float]] = {}  # by producer
    sentiment: str | None = None


class Silenced(Fact, frozen=True, kw_only=True, tag="silenced"):
    """A message ends."""

    item: str


class Used(Fact, frozen=True, kw_only=True, tag="used"):
    """A tool was called, and what it returned where that is told."""

    call: str
    name: str
    arguments: str | None = None
    result: str | None = None


class Logged(Fact, frozen=True, kw_only=True, tag="logged"):
    """A line of the other recorder's log."""

    kind: str
    data: Any = None


AnyFact = Named | Said | Silenced | Used | Logged
_decode = msgspec.json.Decoder(AnyFact).decode


def pack_sound(party: Party, encoding: str, rate_hz: int, at_ns: int, samples: bytes) -> bytes:
    """The payload of a record of sound; `at_ns` counts from the start of the call."""
    return _SOUND.pack(_PARTIES.index(party), _ENCODINGS.index(encoding), rate_hz, at_ns) + samples


class Imported:
    """Tells what the file told, at the file's own times."""

    def __init__(self, opened: Opened) -> None:
        self._formats: dict[Party, tuple[str, int]] = {}

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        sound = _unpack(record.payload)
        if sound is not None:
            return self._sound(*sound, seen)
        try:
            return _events(_decode(record.payload), seen)
        except (*BROKEN, ValueError):
            return [Undecoded(seen=seen, reason="not a fact of an import")]

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        sound = _unpack(record.payload)
        return [] if sound is None else [(sound[0], sound[4])]

    def skipped(self) -> None:
        pass

    def _sound(
        self, party: Party, encoding: str, rate_hz: int, at_ns: int, samples: bytes, seen: Stamp
    ) -> list[Event]:
        arrived = AudioArrived(seen=seen, party=party, byte_count=len(samples), media_ns=at_ns)
        if self._formats.get(party) == (encoding, rate_hz):
            return [arrived]
        self._formats[party] = (encoding, rate_hz)
        return [FormatSet(seen=seen, party=party, encoding=encoding, rate_hz=rate_hz), arrived]


def _unpack(payload: bytes) -> tuple[Party, str, int, int, bytes] | None:
    """JSON begins with a brace, sound with a small number."""
    if len(payload) <= _SOUND.size or payload[0] >= len(_PARTIES) or payload[1] >= len(_ENCODINGS):
        return None
    party, encoding, rate_hz, at_ns = _SOUND.unpack_from(payload)
    if rate_hz not in RATES_HZ:
        return None
    return _PARTIES[party], _ENCODINGS[encoding], rate_hz, at_ns, payload[_SOUND.size :]


def _events(fact: AnyFact, seen: Stamp) -> list[Event]:
    match fact:
        case Named():
            return [LegIdentified(seen=seen, provider_ids=fact.provider_ids)]
        case Said():
            return _said(fact, seen)
        case Silenced():
            return [MessageClosed(seen=seen, item=fact.item)]
        case Used():
            called = ToolCalled(seen=seen, call=fact.call, name=fact.name, arguments=fact.arguments)
            returned = ToolReturned(seen=seen, call=fact.call, result=fact.result)
            return [called] if fact.result is None else [called, returned]
        case Logged():
            return [Retold(seen=seen, kind=fact.kind, data=fact.data)]


def _said(fact: Said, seen: Stamp) -> list[Event]:
    events: list[Event] = [
        MessageOpened(
            seen=seen,
            item=fact.item,
            role=Role(fact.role),
            party=Party(fact.party) if fact.party else None,
            previous=fact.previous,
            is_first=fact.previous is None,
            is_audible=fact.is_audible,
        ),
        TextArrived(seen=seen, item=fact.item, text=fact.text, is_whole=True, confidence=fact.confidence),
    ]
    for number, (producer, scores) in enumerate(fact.emotions.items()):
        stated = fact.sentiment if number == 0 else None
        events.append(
            EmotionScored(seen=seen, item=fact.item, producer=producer, scores=scores, sentiment=stated)
        )
    if fact.is_over:
        events.append(MessageClosed(seen=seen, item=fact.item))
    return events
