"""What of an answer was heard, and what proves it."""

import pytest

from earwitness.model.events import (
    Evidence,
    MessageClosed,
    MessageOpened,
    Party,
    PlaybackCut,
    PlaybackReported,
    Role,
    SpeechStarted,
    SpeechStopped,
    TextArrived,
)
from earwitness.model.hearing import Hearing, heard_words
from scripted import Script, ScriptedLeg, message, times

WORDS = "one two three four five six seven eight nine ten"


def answer(ai: ScriptedLeg, at_ms: float, length_ms: float, item: str = "a1") -> None:
    """An answer of that length that comes at once, words and all."""
    ai(at_ms - 1, MessageOpened, item=item, role=Role.ASSISTANT, response=f"r-{item}")
    ai.agent(at_ms, length_ms, item)
    ai(at_ms + 50, TextArrived, item=item, text=WORDS, is_whole=True)
    ai(at_ms + 51, MessageClosed, item=item)


@pytest.mark.parametrize(
    ("heard_ms", "ratio", "words"),
    [
        (2000, None, "one two three"),
        (2000, 1.0, "one two three"),
        (1000, 0.5, "one"),
        (1000, 0.55, "one two"),
        (1000, 0.99, "one two"),
        (1000, 0.1, ""),
        (59, 0.5, ""),
    ],
)
def test_only_whole_words_count_as_heard(heard_ms: int, ratio: float | None, words: str) -> None:
    found = heard_words("one two three", Hearing(heard_ms=heard_ms, ratio=ratio))
    assert found.text == words
    assert found.is_estimated == (heard_ms > 59 and ratio not in (None, 1.0))


def test_an_answer_that_nobody_cut_was_heard_whole() -> None:
    call = Script()
    ai = call.leg()
    answer(ai, 1000, 2000)
    ai.close(9000)
    seen = message(call.conversation(), "a1")

    assert (seen.heard_text, seen.status, seen.evidence) == (WORDS, "completed", Evidence.MODELLED)
    assert (seen.sent_ms, seen.heard_ms) == (2000, 2000)
    assert (seen.started_ns, seen.ended_ns) == (1_000_000_000, 3_000_000_000)


def test_an_answer_cut_in_its_first_breath_was_not_heard() -> None:
    call = Script()
    ai = call.leg()
    answer(ai, 1000, 2000)
    ai(1100, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=20)
    seen = message(call.conversation(), "a1")

    assert (seen.text, seen.heard_text, seen.heard_ms, seen.status) == (WORDS, "", 20, "interrupted")


def test_the_telephone_overrules_what_the_application_claims() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    answer(ai, 1000, 2400)
    phone.agent(1002, 2400)
    phone(2100, PlaybackCut, evidence=Evidence.PLATFORM_MARK)
    ai(2101, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=300)
    seen = call.conversation()

    assert message(seen, "a1").heard_ms == 1098
    assert message(seen, "a1").evidence is Evidence.PLATFORM_MARK
    assert times(seen, Party.AGENT) == [(1002, 2100)]
    assert [(span.leg, span.item) for span in seen.tracks[Party.AGENT].spans] == [("phone", "a1")]
    assert [(span.leg, span.byte_count) for span in seen.sent[Party.AGENT].spans] == [("ai", 2400 * 48)]


def test_padding_between_two_legs_is_no_cut() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    answer(ai, 1000, 2400)
    phone.agent(1002, 2380, chunk_ms=20)
    phone.close(9000)
    ai.close(9001)
    seen = message(call.conversation(), "a1")

    assert (seen.heard_ms, seen.heard_text, seen.status) == (2400, WORDS, "completed")


def test_audio_the_bot_never_passed_on_was_not_heard() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    answer(ai, 1000, 2400)
    phone.agent(1002, 600)
    phone.close(9000)
    ai.close(9001)
    seen = message(call.conversation(), "a1")

    assert (seen.heard_ms, seen.heard_text, seen.status) == (600, "one two", "interrupted")


def test_while_the_bot_is_still_passing_it_on_an_answer_is_not_interrupted() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    answer(ai, 1000, 2400)
    phone.agent(1002, 600)

    assert message(call.conversation(), "a1").status == "completed"


def test_if_the_phone_never_carried_it_the_application_is_believed() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    phone.caller(0, 3000, media_ms=0)
    answer(ai, 1000, 2400)
    ai(2100, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=900)
    seen = call.conversation()

    assert message(seen, "a1").heard_ms == 900
    assert message(seen, "a1").evidence is Evidence.CLIENT_CLAIM
    assert (seen.tracks[Party.AGENT].spans[0].leg, seen.tracks[Party.CALLER].spans[0].leg) == ("ai", "phone")


def test_where_the_server_plays_the_sound_itself_its_word_is_taken() -> None:
    call = Script()
    ai = call.leg()
    ai(900, MessageOpened, item="a1", role=Role.ASSISTANT, response="r1")
    ai(1000, PlaybackReported, state="started", response="r1")
    ai(1100, TextArrived, item="a1", text="x" * 15 + " " + "y" * 29, is_whole=True)
    ai(2000, PlaybackCut, evidence=Evidence.SERVER, response="r1")
    ai(2010, MessageClosed, item="a1")
    ai(2020, PlaybackCut, evidence=Evidence.SERVER, item="a1", played_ms=1100)
    seen = call.conversation()
    one = message(seen, "a1")

    assert (one.heard_ms, one.evidence, one.status) == (1100, Evidence.SERVER, "interrupted")
    assert one.heard_text == "x" * 15
    assert (one.started_ns, one.ended_ns) == (1_000_000_000, 2_000_000_000)
    assert [(i.by, i.message, i.did_cut) for i in seen.interruptions] == [(Party.CALLER, "ai:a1", True)]


def test_a_server_that_played_it_to_the_end_proves_it() -> None:
    call = Script()
    ai = call.leg()
    answer(ai, 1000, 2000)
    ai(1000, PlaybackReported, state="started", response="r-a1")
    ai(3000, PlaybackReported, state="stopped", response="r-a1")

    assert message(call.conversation(), "a1").evidence is Evidence.SERVER


def test_when_the_recorder_dies_with_the_answer_half_said_nobody_knows_how_far_it_was_heard() -> None:
    call = Script()
    ai = call.leg()
    ai(999, MessageOpened, item="a1", role=Role.ASSISTANT)
    ai.agent(1000, 2000, "a1")
    ai(1500, TextArrived, item="a1", text="one two ")
    ai(1501, TextArrived, item="a1", text="three")
    ai.close(1502, "crash")
    seen = message(call.conversation(), "a1")

    assert (seen.text, seen.status, seen.evidence) == ("one two three", "interrupted", Evidence.UNKNOWN)
    assert seen.heard_ms == 501


def test_an_answer_that_the_platform_speaks_by_itself_was_heard_until_its_leg_was_gone() -> None:
    call = Script()
    phone = call.phone()
    phone(900, MessageOpened, item="a1", role=Role.ASSISTANT)
    phone(1000, PlaybackReported, state="started", item="a1")
    phone(1100, TextArrived, item="a1", text="x" * 15 + " " + "y" * 29, is_whole=True)
    phone(1101, MessageClosed, item="a1")
    running = message(call.conversation(), "a1")
    phone.close(2100, "lost")
    seen = message(call.conversation(), "a1")

    assert (running.status, running.heard_ms) == ("completed", None)
    assert (seen.status, seen.evidence) == ("interrupted", Evidence.UNKNOWN)
    assert (seen.heard_ms, seen.heard_text) == (1100, "x" * 15)


def test_typed_and_inserted_messages_have_nothing_to_prove() -> None:
    call = Script()
    ai = call.leg()
    ai.message(100, "u1", Role.USER, "typed", is_audible=False)
    ai.message(200, "a1", Role.ASSISTANT, "put in", is_inserted=True)
    ai.message(300, "a2", Role.ASSISTANT, "shown", is_audible=False)
    ai.message(400, "s1", Role.SYSTEM, "be kind", is_inserted=True)
    seen = call.conversation().messages

    assert [m.heard_text for m in seen] == ["typed", "", "", ""]
    assert [m.evidence for m in seen] == [None] * 4
    assert [m.is_audible for m in seen] == [False] * 4
    assert [m.party for m in seen] == [Party.CALLER, Party.AGENT, Party.AGENT, None]


def test_what_a_human_agent_says_is_said_when_it_was_heard_and_needs_no_proof() -> None:
    call = Script()
    leg = call.leg(provider="audiocodes")
    leg(1000, SpeechStarted, party=Party.HUMAN_AGENT)
    leg(1800, SpeechStopped, party=Party.HUMAN_AGENT)
    leg.message(2000, "h1", Role.ASSISTANT, "one moment", party=Party.HUMAN_AGENT)
    seen = message(call.conversation(), "h1")

    assert (seen.role, seen.party) == (Role.ASSISTANT, Party.HUMAN_AGENT)
    assert (seen.text, seen.heard_text, seen.evidence) == ("one moment", "one moment", None)
    assert (seen.started_ns, seen.ended_ns) == (1_000_000_000, 1_800_000_000)


def test_where_two_legs_of_one_kind_overlap_the_sound_that_began_first_goes_on() -> None:
    call = Script()
    first, second = call.leg("first"), call.leg("second", at_ms=100)
    first.agent(1000, 1000, "a1")
    second.agent(1500, 1000, "b1")
    spans = call.conversation().tracks[Party.AGENT].spans

    assert times(call.conversation(), Party.AGENT) == [(1000, 2000), (2000, 2500)]
    assert (spans[1].leg, spans[1].from_byte, spans[1].byte_count) == ("second", 24_000, 24_000)
