"""A protocol of somebody's own, read by a mapping. Where it says nothing the client is the caller's side."""

from typing import Any

import pytest

from earwitness.journal.record import Kind, Origin
from earwitness.model.events import Party
from wirelogs import Playbook, record

MAPPING: dict[str, Any] = {
    "type": "/kind",
    "role": "/from",
    "text": "/body/text",
    "audio": "/body/sound",
    "item": "/id",
    "previous": "/after",
    "time": "/at",
    "conversation": "/call",
    "tool_name": "/tool/name",
    "tool_arguments": "/tool/with",
    "tool_result": "/tool/gave",
    "tool_call": "/tool/id",
    "user": ["human"],
    "assistant": ["robot"],
    "pieces": ["part"],
    "cuts": ["hush"],
    "ends": ["bye"],
    "ignored": ["beat"],
    "rate_hz": 8000,
}


def begun(**changes: Any) -> Playbook:
    return Playbook("generic", mapping=MAPPING | changes)


def said(who: str, text: str, **fields: Any) -> dict[str, Any]:
    return {"from": who, "body": {"text": text}, **fields}


def test_message_is_read_where_the_mapping_says() -> None:
    told = begun().tell("server", said("human", "Hello.", id=7, after="m0", at=1_700_000_000.5, call="c-1"))
    assert told == [
        'LegIdentified provider_ids={"conversation_id": "c-1"} links=["call:c-1"]',
        "MessageOpened item=7 role=user previous=m0 said_at_ns=1700000000500000000",
        "TextArrived item=7 text=Hello. is_whole=true",
        "MessageClosed item=7",
    ]


def test_without_ids_each_message_is_one_of_its_own() -> None:
    leg = begun()
    assert leg.tell("client", said("human", "Hi."))[0] == "MessageOpened item=user-1 role=user"
    assert leg.tell("client", said("robot", "Hello."))[0] == "MessageOpened item=assistant-2 role=assistant"
    assert leg.tell("client", said("system", "Be kind."))[0] == (
        "MessageOpened item=system-3 role=system is_inserted=true"
    )


def test_without_a_place_for_roles_the_sender_tells() -> None:
    leg = begun(role="")
    assert leg.tell("client", said("", "Hi."))[0] == "MessageOpened item=user-1 role=user"
    assert leg.tell("server", said("", "Hello."))[0] == "MessageOpened item=assistant-2 role=assistant"


def test_pieces_are_joined_until_the_whole_comes() -> None:
    leg = begun()
    assert leg.tell("server", said("robot", "Hel", kind="part")) == [
        "MessageOpened item=assistant-1 role=assistant",
        "TextArrived item=assistant-1 text=Hel",
    ]
    assert leg.tell("server", said("robot", "lo", kind="part")) == ["TextArrived item=assistant-1 text=lo"]
    assert leg.tell("server", said("robot", "Hello.")) == [
        "TextArrived item=assistant-1 text=Hello. is_whole=true",
        "MessageClosed item=assistant-1",
    ]
    assert leg.tell("server", said("robot", "")) == []


def test_piece_of_the_next_message_ends_the_one_before() -> None:
    leg = begun()
    leg.tell("server", said("robot", "One", kind="part", id="a"))
    assert leg.tell("server", said("robot", "Two", kind="part", id="b"))[0] == "MessageClosed item=a"
    assert leg.tell("server", said("robot", "One.", id="a")) == [
        "MessageClosed item=b",
        "TextArrived item=a text=One. is_whole=true",
    ]


def test_sound_is_the_role_s_or_the_sender_s() -> None:
    leg = begun()
    sound = {"body": {"sound": "<160 bytes>"}}
    assert leg.tell("client", sound) == [
        "FormatSet party=caller encoding=pcm_s16le rate_hz=8000",
        "AudioArrived party=caller byte_count=160",
    ]
    assert leg.tell("client", {**sound, "from": "robot", "id": "a"})[1] == (
        "AudioArrived party=agent byte_count=160 item=a"
    )
    heard = [record(4, 0, "client", {**sound, "from": "robot"}), record(5, 0, "server", sound)]
    assert [s for one in heard for s in leg.decoder.audio(one)] == [(Party.AGENT, b"\xff" * 160)] * 2
    assert leg.tell("client", {"body": {"sound": "A*"}}) == ['Undecoded reason="bad base64"']


def test_binary_messages_are_sound_where_the_mapping_says_so() -> None:
    assert begun(binary_audio=True, encoding="mulaw").raw(b"\x01\x02", Origin.SERVER, Kind.BINARY) == [
        "FormatSet party=agent encoding=mulaw rate_hz=8000",
        "AudioArrived party=agent byte_count=2",
    ]
    assert begun().raw(b"\x01\x02", Origin.SERVER, Kind.BINARY)[0].startswith("Undecoded")


def test_tool_calls_and_their_results() -> None:
    leg = begun()
    assert leg.server(tool={"id": 5, "name": "book", "with": {"n": 1}}) == [
        'ToolCalled call=5 name=book arguments={"n":1}'
    ]
    assert leg.client(tool={"id": 5, "gave": "ok"}) == ["ToolReturned call=5 result=ok"]


def test_tool_calls_without_ids_are_answered_in_turn() -> None:
    leg = begun()
    assert leg.server(tool={"name": "book"}) == ["ToolCalled call=call-1 name=book"]
    assert leg.client(tool={"gave": True}) == ["ToolReturned call=call-1 result=true"]


def test_kinds_that_cut_end_and_say_nothing() -> None:
    leg = begun()
    assert leg.client(kind="hush") == ["PlaybackCut evidence=client_claim"]
    assert leg.client(kind="bye") == ["EndAnnounced reason=bye"]
    assert leg.client(kind="beat", body={"text": "x"}) == []


@pytest.mark.parametrize(
    ("at", "ns"),
    [
        (1_700_000_000, 1_700_000_000_000_000_000),
        (1_700_000_000_123, 1_700_000_000_123_000_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000_000_000),
        ("2023-11-14T23:13:20.25+01:00", 1_700_000_000_250_000_000),
        ("2023-11-14T22:13:20", 1_700_000_000_000_000_000),
        ("soon", None),
        (-5, None),
        (1e300, None),
        (True, None),
        ("0001-01-01T00:00:00+23:00", None),
    ],
)
def test_times(at: Any, ns: int | None) -> None:
    told = begun().tell("client", said("human", "Hi.", at=at))[0]
    assert told == "MessageOpened item=user-1 role=user" + (f" said_at_ns={ns}" if ns else "")


def test_what_the_mapping_does_not_reach_is_left_over() -> None:
    leg = begun()
    assert leg.client(kind="odd", other=1) == ['Undecoded reason="nothing in it is mapped" name=odd']
    assert leg.tell("client", said("nobody", "Hi.")) == ['Undecoded reason="unknown role"']
    assert leg.raw(b"[]", Origin.CLIENT) == ['Undecoded reason="not a JSON object"']


def test_mapping_that_cannot_be_used_is_told_once() -> None:
    leg = Playbook("generic", mapping={"text": "body"})
    told = leg.client(a=1) + leg.client(a=1)
    assert len(told) == 1
    assert "text: 'body' is no JSON pointer" in told[0]


def test_mapping_of_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert begun(smell="/smell").tell("client", said("human", "Hi."))[0].startswith("MessageOpened")


def test_sound_may_say_its_own_rate_and_change_it() -> None:
    leg = begun(rate="/hz")
    sound = {"from": "robot", "body": {"sound": "AAAA"}}
    assert leg.tell("server", sound | {"hz": 24000})[0] == (
        "FormatSet party=agent encoding=pcm_s16le rate_hz=24000"
    )
    assert leg.tell("server", sound | {"hz": 24000}) == ["AudioArrived party=agent byte_count=3"]
    assert leg.tell("server", sound)[0] == "FormatSet party=agent encoding=pcm_s16le rate_hz=8000"
    assert leg.tell("server", sound | {"hz": "fast"}) == ['Undecoded reason="sound at an impossible rate"']


def test_an_error_is_told_where_the_mapping_says() -> None:
    told = begun(problem="/oops").tell("server", {"kind": "fault", "oops": "the voice is gone"})
    assert told == ['ProblemReported code=fault message="the voice is gone"']
