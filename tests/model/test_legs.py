"""Legs: who they are, how they end, what is known of speech on them."""

import pytest

from earwitness.model.conversation import Conversation, Status
from earwitness.model.events import (
    AudioArrived,
    EndAnnounced,
    LegAnswered,
    LegClosed,
    LegIdentified,
    MessageClosed,
    MessageOpened,
    Party,
    Role,
    SpeechStarted,
    SpeechStopped,
    TextArrived,
    ToolCalled,
)
from scripted import MS, Script, message


def test_a_leg_says_who_it_is() -> None:
    call = Script()
    ai = call.leg(links=("conversation:1",), path="/v1/realtime?model=m", user_agent="sdk", peer="1.2.3.4:5")
    ai(10, LegIdentified, provider_ids={"session_id": "s"}, links=("call:1", "conversation:1"))
    ai(20, LegIdentified, provider_ids={"model": "m"}, subject="RID1")
    ai(900, LegClosed, why="closed", by="client", code=1000)
    (leg,) = call.conversation().legs

    assert (leg.id, leg.provider, leg.way, leg.answer_status, leg.record_count) == (
        "ai",
        "openai",
        "tap",
        101,
        7,
    )
    assert (leg.path, leg.user_agent, leg.peer) == ("/v1/realtime?model=m", "sdk", "1.2.3.4:5")
    assert leg.links == ("conversation:1", "call:1")
    assert leg.provider_ids == {"session_id": "s", "model": "m"}
    assert (leg.opened_ns, leg.closed_ns) == (0, 900 * MS)
    assert (leg.why_closed, leg.closed_by, leg.close_code) == ("closed", "client", 1000)
    assert call.conversation().subject == "RID1"


@pytest.mark.parametrize(
    ("whys", "status", "reasons"),
    [
        (("closed",), Status.COMPLETE, ()),
        (("closed", "closed"), Status.COMPLETE, ()),
        (("closed", "lost"), Status.PARTIAL, ("peer_lost",)),
        (("crash", "stopped"), Status.PARTIAL, ("crash", "stopped")),
    ],
)
def test_how_the_legs_ended_says_whether_the_record_is_whole(
    whys: tuple[str, ...], status: Status, reasons: tuple[str, ...]
) -> None:
    call = Script()
    for number, why in enumerate(whys):
        call.leg(str(number)).close(1000, why)
    seen = call.conversation()

    assert (seen.status, seen.reasons) == (status, reasons)


def test_a_conversation_lives_until_its_last_leg_is_closed() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    ai.close(1000)
    assert (call.conversation().status, call.conversation().ended_ns) == (Status.ACTIVE, None)
    phone.close(1500)
    assert (call.conversation().status, call.conversation().ended_ns) == (Status.COMPLETE, 1500 * MS)


def test_a_call_that_never_came_up_has_failed_and_says_why() -> None:
    call = Script()
    call.leg(status=401).close(100, "refused")
    call.leg("again", status=None).close(200, "unreachable")
    seen = call.conversation()

    assert (seen.status, seen.reasons) == (Status.FAILED, ("refused:401", "unreachable"))
    assert [(f.code, f.message) for f in seen.findings] == [("refused", "401")]


def test_what_the_address_says_of_a_call_does_not_make_a_refused_one_come_up() -> None:
    call = Script()
    refused = call.leg(status=401)
    refused(5, LegIdentified, provider_ids={"agent_id": "agent_1"})
    refused.close(100, "refused")

    assert call.conversation().status is Status.FAILED


@pytest.mark.parametrize(
    ("why", "status", "code"), [("unreachable", None, "unreachable"), ("done", 101, "program_failed")]
)
def test_why_a_leg_ended_badly_is_told_in_words(why: str, status: int | None, code: str) -> None:
    call = Script()
    call.leg(status=status).close(100, why, detail="NameError")
    (finding,) = call.conversation().findings

    assert finding.code == code
    assert finding.message.endswith("NameError")


def test_a_refused_leg_beside_one_that_came_up_takes_nothing_away() -> None:
    call = Script()
    call.leg(status=401).close(100, "refused")
    call.leg("again").close(200)

    assert call.conversation().status is Status.COMPLETE


def test_what_is_recorded_in_process_needs_no_answer() -> None:
    call = Script()
    call.leg(status=None, way="record").close(100, "done")

    assert call.conversation().status is Status.COMPLETE


def test_after_a_crash_the_call_ends_with_the_last_thing_seen() -> None:
    call = Script()
    ai = call.leg()
    ai(700, LegAnswered, status=101)
    ai.close(60_000, "crash")

    assert call.conversation().ended_ns == 700 * MS


def test_speech_is_placed_by_its_position_in_the_audio() -> None:
    call = Script()
    ai = call.leg(at_ms=0)
    ai.caller(1000, 3000)
    ai.caller(8000, 9000)
    ai(9100, SpeechStarted, party=Party.CALLER, item="u1", media_ms=2300)
    ai(9200, SpeechStopped, party=Party.CALLER, item="u1", media_ms=2900)
    ai.message(9300, "u1", Role.USER, "hello")
    seen = message(call.conversation(), "u1")

    assert (seen.started_ns, seen.ended_ns) == (8300 * MS, 8900 * MS)


def test_speech_without_audio_is_placed_by_arrival() -> None:
    call = Script()
    ai = call.leg()
    ai(2000, SpeechStarted, party=Party.CALLER, item="u1", media_ms=700)
    ai(2500, SpeechStopped, party=Party.CALLER, item="u1", media_ms=1200)
    ai.message(2600, "u1", Role.USER, "hello")
    seen = message(call.conversation(), "u1")

    assert (seen.started_ns, seen.ended_ns) == (2000 * MS, 2500 * MS)


def test_speech_that_names_no_item_is_the_next_message_of_that_party() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, SpeechStarted, party=Party.CALLER)
    ai(1500, SpeechStopped, party=Party.CALLER)
    ai(1600, MessageOpened, item="a1", role=Role.ASSISTANT)
    ai(1700, MessageOpened, item="u1", role=Role.USER)
    ai(1800, MessageOpened, item="u2", role=Role.USER)
    seen = call.conversation()

    assert (message(seen, "u1").started_ns, message(seen, "u1").ended_ns) == (1000 * MS, 1500 * MS)
    assert message(seen, "u2").started_ns == 1800 * MS


def test_no_audio_no_track() -> None:
    call = Script()
    ai = call.leg()
    ai(100, AudioArrived, party=Party.AGENT, byte_count=0)

    assert call.conversation().tracks == {}


@pytest.mark.parametrize("why", ["lost", "closed"])
def test_a_connection_that_breaks_off_after_the_end_was_announced_lost_nothing(why: str) -> None:
    call = Script()
    phone = call.phone()
    phone.caller(0, 1000)
    phone(1000, EndAnnounced, reason="stop")
    phone(1001, EndAnnounced, reason="later")
    phone.close(1100, why)
    seen = call.conversation()

    assert (seen.status, seen.reasons) == (Status.COMPLETE, ())
    assert (seen.legs[0].why_closed, seen.legs[0].end_reason) == (why, "stop")


@pytest.mark.parametrize(
    ("ai_why", "phone_why", "reasons"),
    [("lost", "lost", ("peer_lost",)), ("closed", "crash", ("crash",)), ("closed", "lost", ())],
)
def test_an_announced_end_excuses_only_its_own_leg_and_no_crash(
    ai_why: str, phone_why: str, reasons: tuple[str, ...]
) -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    ai.caller(0, 1000)
    phone(1000, EndAnnounced)
    phone.close(1100, phone_why)
    ai.close(1200, ai_why)

    assert call.conversation().reasons == reasons


def told_and_seen(*, with_socket: bool) -> Conversation:
    """A call whose words a webhook repeats a minute after its end."""
    call = Script()
    if with_socket:
        seen = call.leg("seen", provider="elevenlabs")
        seen(100, MessageOpened, item="a", role=Role.ASSISTANT)
        seen(101, TextArrived, item="a", text="Hello.", is_whole=True)
        seen(102, MessageClosed, item="a")
        seen.close(5_000)
    told = call.leg("told", at_ms=60_000, provider="elevenlabs", way="webhook", status=None)
    told(60_001, MessageOpened, item="turn_0", role=Role.ASSISTANT, is_audible=False)
    told(60_001, TextArrived, item="turn_0", text="Hello.", is_whole=True)
    told(60_001, MessageClosed, item="turn_0")
    told(60_001, ToolCalled, call="t", name="order")
    told.close(60_002)
    return call.conversation()


def test_words_that_are_told_after_the_call_count_only_where_none_were_seen() -> None:
    seen, unseen = told_and_seen(with_socket=True), told_and_seen(with_socket=False)
    assert [message.item for message in seen.messages] == ["a"]
    assert [message.item for message in unseen.messages] == ["turn_0"]
    assert (len(seen.tool_calls), len(unseen.tool_calls)) == (0, 1)
    assert seen.findings == ()


def test_what_tells_of_a_call_later_makes_it_no_longer() -> None:
    assert told_and_seen(with_socket=True).ended_ns == 5_000 * MS
    assert told_and_seen(with_socket=False).ended_ns == 2 * MS
