"""Records of saved messages in, events out: playbooks."""

import msgspec
import pytest

from earwitness.decoders import decode
from earwitness.journal.record import Ended, Kind, Opened, Origin, Record
from earwitness.model.conversation import Status
from earwitness.model.events import LegIdentified, MessageOpened, Undecoded
from earwitness.model.fold import Fold

WALL_NS = 1_795_200_000_000_000_000
SAID_NS = 1_736_352_000_000_000_000


def saved(number: int, said_s: float, content: str = "yes", **more: object) -> bytes:
    said_at_ns = SAID_NS + int(said_s * 1e9)
    body = {"message_id": number, "role": "user", "content": content, "said_at_ns": said_at_ns}
    return msgspec.json.encode({**body, "provider_message_id": f"m{number}", **more})


def leg(*payloads: bytes, name: str = "leg-1", began_ms: int = 0, ends: bool = True) -> list[Record]:
    opened = Opened(leg=name, conversation="c", provider="elevenlabs", way="ingest", subject="RID001")
    lines = [(Origin.RECORDER, Kind.OPENED, msgspec.json.encode(opened))]
    lines += [(Origin.CLIENT, Kind.TEXT, payload) for payload in payloads]
    if ends:
        lines.append((Origin.RECORDER, Kind.ENDED, msgspec.json.encode(Ended(why="done"))))
    at = [(began_ms + number) * 1_000_000 for number in range(len(lines))]
    return [Record(n, at[n], WALL_NS + at[n], *line) for n, line in enumerate(lines)]


def told(*legs: list[Record]) -> Fold:
    fold = Fold("c")
    for each in legs:
        for event in decode(each):
            fold.apply(event)
    return fold


def test_a_message_is_there_with_all_that_was_said_of_it() -> None:
    conversation = told(
        leg(
            saved(10, 0, "What is PAD?", provider_conversation_id="conv1"),
            saved(20, 1, "A", role="assistant"),
        )
    ).conversation()
    first, second = conversation.messages
    assert (first.text, first.role, first.status) == ("What is PAD?", "user", "completed")
    assert (first.number, first.item) == (10, "m10")
    assert first.said_ns == SAID_NS - conversation.began_at_ns
    assert (second.text, second.role, second.evidence) == ("A", "assistant", None)
    assert conversation.legs[0].provider_ids == {"conversation_id": "conv1"}
    assert (conversation.status, conversation.findings) == (Status.COMPLETE, ())
    assert conversation.subject == "RID001"


@pytest.mark.parametrize(
    ("said_s", "order"),
    [
        ((0, 1, 2), "abc"),
        ((2, 1, 0), "cba"),
        ((0, 2, 1), "acb"),
        ((1, 1, 1), "abc"),
        ((1, 0, 1), "bac"),
        ((1, 0, 0), "bca"),
    ],
)
def test_messages_stand_in_the_order_in_which_they_were_said(said_s: tuple[float, ...], order: str) -> None:
    payloads = [saved(n * 10, at, word) for n, (at, word) in enumerate(zip(said_s, "abc", strict=True), 1)]
    assert "".join(m.text for m in told(leg(*payloads)).conversation().messages) == order


def test_over_several_legs_too() -> None:
    one = leg(saved(10, 0, "a"), saved(20, 2, "c"))
    two = leg(saved(30, 1, "b"), saved(40, 3, "d"), name="leg-2", began_ms=1000)
    assert "".join(m.text for m in told(one, two).conversation().messages) == "abcd"


def test_a_server_that_died_has_lost_nothing_that_was_acknowledged() -> None:
    one, two = leg(saved(10, 0), ends=False), leg(saved(20, 1), name="leg-2", began_ms=9)
    conversation = told(one, two).conversation()
    assert (conversation.status, conversation.reasons) == (Status.COMPLETE, ())
    assert (len(conversation.messages), conversation.gaps) == (2, ())


def test_the_conversation_is_named_once() -> None:
    events = decode(leg(*(saved(n, n, provider_conversation_id="conv1") for n in (10, 20, 30))))
    assert len([event for event in events if isinstance(event, LegIdentified)]) == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{",
        saved(10, 0, role="robot"),
        saved(10, 0, role=None),
        msgspec.json.encode({"role": "user", "content": "x"}),
        msgspec.json.encode({"message_id": 10, "role": "user"}),
        saved(20, 1),
    ],
)
def test_what_is_no_saved_message_is_told_and_costs_no_other(payload: bytes) -> None:
    events = list(decode(leg(saved(20, 1), payload)))
    assert len([event for event in events if isinstance(event, Undecoded)]) == 1
    assert [event.number for event in events if isinstance(event, MessageOpened)] == [20]


def test_a_message_without_ids_or_times_takes_the_place_of_its_coming() -> None:
    body = {"role": "user", "said_at_ns": None}
    payloads = [msgspec.json.encode({**body, "message_id": n, "content": str(n)}) for n in (10, 20)]
    messages = told(leg(*payloads)).conversation().messages
    assert [(m.text, m.item, m.said_ns) for m in messages] == [("10", "10", None), ("20", "20", None)]
