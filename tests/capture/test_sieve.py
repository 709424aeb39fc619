"""What is kept of a message where not everything is, held against all decoders' cases."""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from earwitness.capture.sieve import Sieve
from earwitness.decoders import LegDecoder
from earwitness.journal.record import NOTHING, Kept, Kind, Opened, Record
from earwitness.model.events import (
    AudioArrived,
    Event,
    MessageOpened,
    SpeechStarted,
    TextArrived,
    ToolCalled,
    Undecoded,
)
from wirelogs import CORPUS, records

CASES = sorted(CORPUS.glob("*/*/in.jsonl"))
each_case = pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")


def sifted(case: Path, kept: Kept) -> list[Record]:
    """The leg as it would lie in the journal. It begins with the record that opened it."""
    whole = list(records(case))
    opened = msgspec.json.decode(whole[0].payload, type=Opened)
    sieve = Sieve(kept, opened.mapping)
    found = []
    for one in whole:
        of_wire = one.kind in (Kind.TEXT, Kind.BINARY)
        payload = sieve.sift(one.kind, one.payload) if of_wire else one.payload
        if payload is not None:
            found.append(msgspec.structs.replace(one, payload=payload))
    return found


def told(leg: Iterable[Record]) -> list[Event]:
    decoder = LegDecoder("leg")
    return [event for record in leg for event in decoder.feed(record)]


def known(events: Iterable[Event]) -> list[Event]:
    """What is told of the conversation: without what nobody reads."""
    return [event for event in events if not isinstance(event, Undecoded)]


def sounds(case: Path) -> list[bytes]:
    decoder = LegDecoder("leg")
    return [sound for record in records(case) for _, sound in decoder.audio(record) if len(sound) > 8]


def words(events: Iterable[Event]) -> list[bytes]:
    texts = (event.text for event in events if isinstance(event, TextArrived))
    return [json.dumps(text, ensure_ascii=False)[1:-1].encode() for text in texts if len(text) > 3]


@each_case
def test_without_raw_the_conversation_that_is_told_is_the_same(case: Path) -> None:
    assert known(told(sifted(case, Kept(raw=False)))) == known(told(records(case)))


@each_case
def test_without_audio_only_its_length_and_its_times_are_known(case: Path) -> None:
    leg = sifted(case, Kept(audio=False))
    stored = b"".join(record.payload for record in leg)
    assert not any(sound in stored or b64encode(sound) in stored for sound in sounds(case))
    marked = [replace(e, is_kept=False) if isinstance(e, AudioArrived) else e for e in told(records(case))]
    assert known(told(leg)) == known(marked)


@each_case
def test_without_transcripts_no_word_is_kept_but_everything_else_is_told(case: Path) -> None:
    whole, leg = told(records(case)), sifted(case, Kept(transcripts=False))
    stored = b"".join(record.payload for record in leg if record.kind is not Kind.OPENED)
    assert not [text for text in words(whole) if text in stored]
    count = Counter(type(event) for event in told(leg))
    for kind in (MessageOpened, AudioArrived, SpeechStarted, ToolCalled):
        assert count[kind] == sum(type(event) is kind for event in whole)


@each_case
def test_of_nothing_not_one_message_is_kept(case: Path) -> None:
    assert not [one for one in sifted(case, NOTHING) if one.kind in (Kind.TEXT, Kind.BINARY)]


def test_names_choose_messages_with_a_star_for_anything() -> None:
    sieve = Sieve(Kept(only=("response.*", "error"), never=("*.delta",)))
    names = ("response.done", "response.output_audio.delta", "session.created", "error")
    kept = [name for name in names if sieve.sift(Kind.TEXT, msgspec.json.encode({"type": name}))]
    assert kept == ["response.done", "error"]
    media = b'{"event": "media"}'
    assert Sieve(Kept(never=("media",))).sift(Kind.TEXT, media) is None
    assert Sieve(Kept(never=("mark",))).sift(Kind.TEXT, media) is media


def test_a_protocol_of_ones_own_is_chosen_from_by_its_mapping() -> None:
    mapping = {"type": "/head/kind", "text": "/head/words", "audio": "/head/pcm", "item": "/head/no"}
    head = {"kind": "say", "no": "n1", "words": "4111", "pcm": "AAAA"}
    said = msgspec.json.encode({"head": head, "x": "y"})

    def left(**kept: Any) -> Any:
        payload = Sieve(Kept(**kept), mapping).sift(Kind.TEXT, said)
        return payload and msgspec.json.decode(payload)

    assert left(never=("say",)) is None
    assert left(raw=False) == {"head": head}
    without = {"kind": "say", "no": "n1", "words": "[not kept]", "pcm": "[not kept: 3 bytes]"}
    assert left(audio=False, transcripts=False) == {"head": without, "x": "[not kept]"}


@pytest.mark.parametrize("payload", [b"no json", b"[1, 2]", b'"4111"', b"\xff\xfe", b"[" * 5000])
def test_what_nobody_can_look_into_is_kept_only_where_everything_is(payload: bytes) -> None:
    assert Sieve(Kept(never=("mark",))).sift(Kind.TEXT, payload) is payload
    for kept in (Kept(raw=False), Kept(audio=False), Kept(transcripts=False), Kept(only=("response.*",))):
        assert Sieve(kept).sift(Kind.TEXT, payload) is None


def test_binary_messages_are_taken_for_sound() -> None:
    assert Sieve(Kept(audio=False)).sift(Kind.BINARY, bytes(640)) == b"[not kept: 640 bytes]"
    assert Sieve(Kept(transcripts=False)).sift(Kind.BINARY, bytes(640)) == bytes(640)
