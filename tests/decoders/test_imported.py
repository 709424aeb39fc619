"""Records of imported calls in, events out: playbooks."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from earwitness.decoders.imported import pack_sound
from earwitness.decoders.leg import LegDecoder
from earwitness.journal.record import Kind, Origin
from earwitness.model.events import Party, Undecoded
from wirelogs import Playbook, record, text

SOUND = pack_sound(Party.AGENT, "mulaw", 8_000, 1_500_000_000, b"\xff" * 160)


def book() -> Playbook:
    return Playbook("imported", way="import")


def fact(fact_name: str, **fields: Any) -> dict[str, Any]:
    return {"fact": fact_name, **fields}


def test_a_message_says_where_it_stands_and_how_sure_its_words_are() -> None:
    said = fact("said", item="m2", role="user", text="yes", previous="m1", confidence=0.5)
    assert book().client(**said) == [
        "MessageOpened item=m2 role=user previous=m1",
        "TextArrived item=m2 text=yes is_whole=true confidence=0.5",
        "MessageClosed item=m2",
    ]


def test_a_message_whose_end_is_told_stays_open_until_then() -> None:
    playbook = book()
    told = playbook.server(**fact("said", item="m1", role="assistant", text="hi", is_over=False))
    assert told == [
        "MessageOpened item=m1 role=assistant is_first=true",
        "TextArrived item=m1 text=hi is_whole=true",
    ]
    assert playbook.server(**fact("silenced", item="m1")) == ["MessageClosed item=m1"]


def test_scores_and_a_stated_sentiment_stand_with_the_message() -> None:
    scored = fact(
        "said", item="m1", role="user", text="oh", emotions={"x": {"Joy": 0.5}}, sentiment="positive"
    )
    assert 'EmotionScored item=m1 producer=x scores={"Joy": 0.5} sentiment=positive' in book().client(
        **scored
    )


def test_a_call_without_a_result_returned_nothing() -> None:
    used = fact("used", call="c", name="f", arguments="{}")
    assert book().server(**used) == ["ToolCalled call=c name=f arguments={}"]
    assert book().server(**used, result="1")[1:] == ["ToolReturned call=c result=1"]


def test_names_and_the_log_are_told() -> None:
    assert book().server(**fact("named", provider_ids={"session_id": "s"})) == [
        'LegIdentified provider_ids={"session_id": "s"}'
    ]
    assert book().server(**fact("logged", kind="k", data={"a": 1})) == ['Retold kind=k data={"a": 1}']


def test_sound_stands_where_the_file_had_it_and_its_format_is_told_once() -> None:
    playbook = book()
    arrived = "AudioArrived party=agent byte_count=160 media_ns=1500000000"
    assert playbook.raw(SOUND, kind=Kind.BINARY) == [
        "FormatSet party=agent encoding=mulaw rate_hz=8000",
        arrived,
    ]
    assert playbook.raw(SOUND, kind=Kind.BINARY) == [arrived]
    heard = list(playbook.decoder.audio(text(9, Origin.CLIENT, SOUND, kind=Kind.BINARY)))
    assert heard == [(Party.AGENT, b"\xff" * 160)]


@given(
    st.binary(max_size=80) | st.recursive(st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_what_is_no_fact_is_said_to_be_none(payload: bytes) -> None:
    decoder = LegDecoder()
    decoder.feed(record(0, 0, "opened", {"provider": "imported", "way": "import"}))
    seen = text(1, Origin.CLIENT, payload)
    events = decoder.feed(seen)
    counted = sum(getattr(event, "byte_count", 0) for event in events)
    assert counted == sum(len(audio) for _, audio in decoder.audio(seen))
    assert counted or any(isinstance(event, Undecoded) for event in events)


def test_a_party_or_role_that_is_none_is_no_fact() -> None:
    for spoiled in ({"role": "boss"}, {"role": "user", "party": "nobody"}, {"role": "user", "item": 7}):
        said = fact("said", **{"item": "m", "text": "x", **spoiled})
        assert book().client(**said) == ['Undecoded reason="not a fact of an import"']
