"""Events stored in the place of messages: they come back as they were, and what is none is said so."""

from dataclasses import MISSING, fields, replace

import msgspec
import pytest

from earwitness.decoders import LegDecoder
from earwitness.decoders.abridged import Abridged, pack, retold, told
from earwitness.journal.record import Kind, Opened, Origin, Record
from earwitness.model import events as e
from earwitness.model.events import AudioArrived, Party, Stamp, TextArrived, Undecoded

KINDS = [kind for kind in vars(e).values() if isinstance(kind, type) and e.Event in kind.__bases__]
SEEN = Stamp("leg", 7, 1_000)
SOUND = AudioArrived(seen=SEEN, party=Party.AGENT, byte_count=4, item="a")
WORDS = TextArrived(seen=SEEN, item="a", text="XXX", confidence=0.5)


def record(payload: bytes, kind: Kind = Kind.BINARY) -> Record:
    return Record(7, 0, 1_000, Origin.SERVER, kind, payload)


def abridged() -> Abridged:
    return Abridged(Opened(leg="leg", conversation="c", abridged={}))


def test_events_and_their_sound_come_back_as_they_were() -> None:
    packed = record(pack([SOUND, WORDS], [b"abcd"]))
    assert abridged().decode(packed, SEEN) == [SOUND, WORDS]
    assert abridged().audio(packed) == [(Party.AGENT, b"abcd")]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_event_can_be_stored(kind: type[e.Event]) -> None:
    needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    usual = {"party": Party.CALLER, "role": e.Role.USER, "evidence": e.Evidence.SERVER, "byte_count": 3}
    usual |= {"status": 101, "first": 1, "rate_hz": 8000, "starts_ms": (1, 2), "usage": {}, "scores": {}}
    values = {name: usual.get(name, "x") for name in needed - {"seen"}}
    if kind is e.ResponseEnded:
        values["status"] = "completed"
    event = kind(seen=SEEN, **values)
    stored = msgspec.json.decode(msgspec.json.encode(told([event])))
    assert retold(stored, SEEN) == [event]


@pytest.mark.parametrize("payload", [b"", b"{}", b"\x92\x91\x01\x90", pack([WORDS], [])[:-3]])
def test_what_is_no_event_is_told_as_undecoded_and_never_raises(payload: bytes) -> None:
    [event] = abridged().decode(record(payload), SEEN)
    assert (type(event), abridged().audio(record(payload))) == (Undecoded, [])


def test_an_event_of_a_later_release_is_passed_over_with_its_name() -> None:
    assert retold([["Teleported", {"to": "x"}]], SEEN)[0].name == "Teleported"  # type: ignore[attr-defined]


def test_the_opening_tells_that_it_is_abridged_and_what_the_connection_told() -> None:
    named = e.LegIdentified(seen=SEEN, provider_ids={"call_sid": "CA1"})
    former = {"at_ns": 5, "told": told([named])}
    opened = Opened(leg="leg", conversation="c", provider="openai", abridged=former)
    first = Record(0, 0, 1_000, Origin.RECORDER, Kind.OPENED, msgspec.json.encode(opened))
    begun, identified = LegDecoder("leg").feed(first)
    assert begun.abridged.at_ns == 5  # type: ignore[attr-defined]
    assert identified == replace(named, seen=identified.seen)


def test_what_a_later_release_says_of_it_costs_nothing_but_that() -> None:
    opened = Opened(leg="leg", conversation="c", abridged={"at_ns": "soon"})
    first = Record(0, 0, 1_000, Origin.RECORDER, Kind.OPENED, msgspec.json.encode(opened))
    [begun] = LegDecoder("leg").feed(first)
    assert begun.abridged is not None  # type: ignore[attr-defined]
