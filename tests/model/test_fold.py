"""The whole conversation from its events: one leg, two legs, and the traps of the wire."""

from earwitness.model.conversation import Status
from earwitness.model.events import (
    DigitPressed,
    Event,
    Evidence,
    LegAnswered,
    MessageClosed,
    MessageOpened,
    MessageRemoved,
    Party,
    PlaybackCut,
    ResponseEnded,
    Role,
    SpeechStarted,
    SpeechStopped,
    Stamp,
    TextArrived,
    ToolCalled,
    ToolReturned,
)
from earwitness.model.fold import Fold
from scripted import MS, Script, message, times


def test_a_barge_in_cuts_what_was_heard_but_not_what_was_said() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 3200)
    ai(1100, SpeechStarted, party=Party.CALLER, item="u1", media_ms=900)
    ai(2000, SpeechStopped, party=Party.CALLER, item="u1", media_ms=1900)
    ai(2001, MessageOpened, item="u1", role=Role.USER, is_first=True)
    ai(2100, MessageOpened, item="a1", role=Role.ASSISTANT, previous="u1", response="r1")
    ai.agent(2200, 2400, "a1")
    ai(2300, TextArrived, item="a1", text="one two three ")
    ai(2301, TextArrived, item="a1", text="four five six")
    ai(2302, MessageClosed, item="a1")
    ai(2400, TextArrived, item="u1", text="hello\n", is_whole=True)
    ai(2401, MessageClosed, item="u1")
    ai(3000, SpeechStarted, party=Party.CALLER, item="u2", media_ms=2880)
    ai(3010, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=700)
    ai.close(5000)
    seen = call.conversation()

    assert [m.item for m in seen.messages] == ["u1", "a1"]
    said, answer = seen.messages
    assert (said.text, said.started_ns, said.ended_ns) == ("hello", 900_000_000, 1_900_000_000)
    assert (answer.text, answer.heard_text) == ("one two three four five six", "one two")
    assert (answer.sent_ms, answer.heard_ms, answer.status) == (2400, 700, "interrupted")
    assert answer.evidence is Evidence.CLIENT_CLAIM
    assert times(seen, Party.AGENT) == [(2200, 2900)]
    assert [s.byte_count for s in seen.sent[Party.AGENT].spans] == [2400 * 48]
    assert [(i.by, i.at_ns, i.message, i.did_cut) for i in seen.interruptions] == [
        (Party.CALLER, 2_880_000_000, "ai:a1", True)
    ]
    assert (seen.status, seen.reasons, seen.ended_ns) == (Status.COMPLETE, (), 5_000_000_000)
    assert message(seen, "a1").started_ns == 2_200_000_000


def test_transcripts_that_come_late_and_out_of_order_change_no_order() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, MessageOpened, item="p", role=Role.USER, is_first=True)
    ai(1500, MessageOpened, item="q", role=Role.USER, previous="p")
    ai(1600, MessageOpened, item="a", role=Role.ASSISTANT, previous="q")
    ai(1700, TextArrived, item="a", text="answer")
    ai(1800, TextArrived, item="q", text="second", is_whole=True)
    ai(1900, TextArrived, item="p", text="first", is_whole=True)

    assert [m.text for m in call.conversation().messages] == ["first", "second", "answer"]


def test_the_same_words_from_five_places_are_said_once() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, MessageOpened, item="a", role=Role.ASSISTANT)
    for piece in ("good ", "morning"):
        ai(1010, TextArrived, item="a", text=piece)
    for at_ms in (1020, 1030, 1040):
        ai(at_ms, TextArrived, item="a", text="good morning", is_whole=True)
        ai(at_ms, MessageClosed, item="a")
    seen = call.conversation()

    assert [m.text for m in seen.messages] == ["good morning"]
    assert len(seen.snapshots) == 1


def test_an_answer_is_placed_first_where_it_came_and_then_where_it_belongs() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, MessageOpened, item="u1", role=Role.USER, is_first=True)
    ai(1100, MessageOpened, item="a1", role=Role.ASSISTANT)
    ai(1200, MessageOpened, item="u2", role=Role.USER, previous="u1")
    assert [m.item for m in call.conversation().messages] == ["u1", "u2", "a1"]
    ai(1300, MessageOpened, item="a1", role=Role.ASSISTANT, previous="u1")
    assert [m.item for m in call.conversation().messages] == ["u1", "a1", "u2"]


def test_tool_calls_hold_their_place_between_messages() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, MessageOpened, item="u1", role=Role.USER, is_first=True)
    ai(1100, ToolCalled, call="c1", item="f1", previous="u1")
    ai(1200, MessageOpened, item="a1", role=Role.ASSISTANT, previous="o1")
    ai(1300, ToolReturned, call="c1", item="o1", previous="f1", result="1")
    ai(1400, MessageOpened, item="a0", role=Role.ASSISTANT, previous="u1", phase="commentary")

    assert [m.item for m in call.conversation().messages] == ["u1", "a0", "a1"]


def test_one_utterance_in_two_items_whose_answers_never_came() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, MessageOpened, item="u1", role=Role.USER, is_first=True)
    ai(1001, ResponseEnded, response="r1", status="cancelled", reason="turn_detected")
    ai(1500, MessageOpened, item="u2", role=Role.USER, previous="u1")
    ai(1501, ResponseEnded, response="r2", status="cancelled", reason="turn_detected")
    ai(1600, TextArrived, item="u2", text="of one", is_whole=True)
    ai(1601, MessageClosed, item="u1", status="failed")
    seen = call.conversation()

    assert [(m.item, m.text, m.status) for m in seen.messages] == [
        ("u1", "", "failed"),
        ("u2", "of one", "open"),
    ]
    assert seen.usage == {"responses": 2, "cancelled": 2}


def test_a_cancelled_response_ends_its_messages() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, MessageOpened, item="a1", role=Role.ASSISTANT, response="r1", is_audible=False)
    ai(1010, TextArrived, item="a1", text="so far")
    ai(1100, ResponseEnded, response="r1", status="cancelled")
    ai(1200, MessageOpened, item="a2", role=Role.ASSISTANT, response="r2", is_audible=False)
    ai(1300, ResponseEnded, response="r2", status="failed")

    assert [(m.text, m.status) for m in call.conversation().messages] == [
        ("so far", "incomplete"),
        ("", "failed"),
    ]


def test_a_message_taken_out_of_the_history_stays_and_says_so() -> None:
    call = Script()
    ai = call.leg()
    ai.message(1000, "u1", Role.USER, "my card number")
    ai(2000, MessageRemoved, item="u1")
    ai(2001, MessageRemoved, item="never seen")

    assert [(m.text, m.status) for m in call.conversation().messages] == [("my card number", "removed")]


def test_words_of_a_message_nobody_opened_are_kept_and_remarked_on() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, TextArrived, item="x", text="who said ")
    ai(1001, TextArrived, item="x", text="this")
    ai(1002, MessageClosed, item="y")
    seen = call.conversation()

    assert [(m.item, m.text) for m in seen.messages] == [("x", "who said this")]
    assert [(f.code, f.count) for f in seen.findings] == [("unknown_item", 1), ("unknown_item", 1)]


def test_open_turns_are_closed_with_their_leg() -> None:
    call = Script()
    ai = call.leg()
    ai(1000, MessageOpened, item="u1", role=Role.USER)
    ai(1100, MessageOpened, item="a1", role=Role.ASSISTANT)
    ai(1200, TextArrived, item="a1", text="half a ")
    ai.close(1300, "lost")
    seen = call.conversation()

    assert [(m.text, m.status, m.evidence) for m in seen.messages] == [
        ("", "incomplete", None),
        ("half a", "incomplete", Evidence.UNKNOWN),
    ]
    assert [m.ended_ns for m in seen.messages] == [1300 * MS] * 2
    assert (seen.status, seen.reasons) == (Status.PARTIAL, ("peer_lost",))


def test_one_call_on_two_legs_is_one_conversation_with_the_tracks_nearest_to_the_caller() -> None:
    call = Script()
    phone, ai = call.phone(), call.leg(at_ms=40)
    phone.caller(100, 4000, media_ms=0)
    ai.caller(100, 4000, late_ms=30)
    ai(1200, SpeechStarted, party=Party.CALLER, item="u1", media_ms=900)
    ai(2200, SpeechStopped, party=Party.CALLER, item="u1", media_ms=1900)
    ai.message(2210, "u1", Role.USER, "hello")
    ai.agent(2500, 1000, "a1", every_ms=5)
    ai.message(2510, "a1", Role.ASSISTANT, "hi there", previous="u1")
    phone.agent(2520, 1000, every_ms=5)
    phone(3000, DigitPressed, digit="5")
    ai.close(4100)
    phone.close(4200)
    seen = call.conversation()

    assert (times(seen, Party.CALLER), times(seen, Party.AGENT)) == ([(100, 4000)], [(2520, 3520)])
    assert {span.leg for track in seen.tracks.values() for span in track.spans} == {"phone"}
    assert [(m.item, m.started_ns // MS, m.heard_text) for m in seen.messages] == [
        ("u1", 1030, "hello"),
        ("a1", 2520, "hi there"),
    ]
    assert [(digit.digit, digit.at_ns // MS) for digit in seen.digits] == [("5", 3000)]
    assert seen.providers == ("twilio", "openai")


def test_an_event_that_the_fold_does_not_know_is_passed_over() -> None:
    fold = Fold("c")
    fold.apply(LegAnswered(seen=Stamp("ai", 0, 5), status=101))
    fold.apply(Event(seen=Stamp("ai", 1, 6)))

    assert fold.conversation().legs[0].record_count == 2
