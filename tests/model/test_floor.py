"""Who interrupted whom: once for each time it happened."""

from earwitness.model.conversation import Conversation
from earwitness.model.events import (
    Evidence,
    MessageOpened,
    Party,
    PlaybackCut,
    ResponseEnded,
    Role,
    SpeechStarted,
    SpeechStopped,
)
from scripted import MS, Script

Seen = tuple[Party, float, str | None, bool]


def interruptions(seen: Conversation) -> list[Seen]:
    return [(i.by, i.at_ns / MS, i.message, i.did_cut) for i in seen.interruptions]


def test_all_signs_of_one_barge_in_make_one_interruption() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    ai.caller(0, 3000)
    ai(999, MessageOpened, item="a1", role=Role.ASSISTANT, response="r1")
    ai.agent(1000, 4000, "a1")
    phone.agent(1001, 4000)
    ai(2900, SpeechStarted, party=Party.CALLER, item="u2", media_ms=2700)
    ai(2901, ResponseEnded, response="r1", status="cancelled", reason="turn_detected")
    phone(2905, PlaybackCut, evidence=Evidence.PLATFORM_MARK)
    ai(2907, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=1850)
    ai.agent(4200, 1000, "a2")
    phone.agent(4201, 1000)
    ai(4500, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=1850)

    assert interruptions(call.conversation()) == [(Party.CALLER, 2700, "ai:a1", True)]


def test_a_caller_who_only_murmurs_cuts_nothing() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 3000)
    ai.agent(1000, 4000, "a1")
    ai(1600, SpeechStarted, party=Party.CALLER, item="u2", media_ms=1500)
    ai(2000, SpeechStopped, party=Party.CALLER, item="u2", media_ms=1800)
    ai(2700, SpeechStarted, party=Party.CALLER, item="u3", media_ms=2600)

    assert interruptions(call.conversation()) == [
        (Party.CALLER, 1500, "ai:a1", False),
        (Party.CALLER, 2600, "ai:a1", False),
    ]


def test_a_caller_who_speaks_after_the_agent_interrupts_nobody() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 9000)
    ai.agent(1000, 2000, "a1")
    ai(5000, SpeechStarted, party=Party.CALLER, item="u2", media_ms=4800)
    ai(5001, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=2000)
    ai(7000, SpeechStopped, party=Party.CALLER, item="u2", media_ms=6500)
    ai.agent(7200, 1000, "a2")

    assert interruptions(call.conversation()) == []


def test_a_cut_alone_shows_an_interruption_and_speech_told_after_it_is_the_same() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 3000)
    ai.agent(1000, 4000, "a1")
    ai(2000, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=900)
    ai(2200, SpeechStarted, party=Party.CALLER, item="u2", media_ms=1800)
    ai.agent(5000, 4000, "a2")
    ai(6000, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a2", played_ms=900)

    assert interruptions(call.conversation()) == [
        (Party.CALLER, 1800, "ai:a1", True),
        (Party.CALLER, 6000, "ai:a2", True),
    ]


def test_an_agent_who_begins_while_the_caller_speaks_interrupts() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 5000)
    ai(1100, SpeechStarted, party=Party.CALLER, item="u1", media_ms=1000)
    ai.agent(2000, 1000, "a1")
    ai(4200, SpeechStopped, party=Party.CALLER, item="u1", media_ms=4000)
    ai.agent(4500, 1000, "a2")

    assert interruptions(call.conversation()) == [(Party.AGENT, 2000, "ai:a1", False)]


def test_a_cancelled_response_that_nobody_heard_interrupts_nobody() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 3000)
    ai(1100, SpeechStarted, party=Party.CALLER, item="u1", media_ms=1000)
    ai(1200, SpeechStopped, party=Party.CALLER, item="u1", media_ms=1150)
    ai(1300, SpeechStarted, party=Party.CALLER, item="u2", media_ms=1250)
    ai(1301, ResponseEnded, response="r1", status="cancelled", reason="turn_detected")
    seen = call.conversation()

    assert interruptions(seen) == []
    assert seen.messages == ()


def test_a_phone_bot_without_items_has_utterances_too() -> None:
    call = Script()
    ai, phone = call.leg(), call.phone()
    phone.agent(1000, 1000)
    ai(3000, SpeechStarted, party=Party.CALLER)
    phone.agent(3500, 500)
    phone.agent(4050, 500)
    ai(6000, SpeechStopped, party=Party.CALLER)

    assert interruptions(call.conversation()) == [(Party.AGENT, 3500, None, False)]


def test_speech_told_seconds_later_with_its_words_is_the_one_that_made_the_cut() -> None:
    call = Script()
    ai = call.leg()
    ai.caller(0, 8000)
    ai.agent(1000, 4000, "a1")
    ai(2900, PlaybackCut, evidence=Evidence.MODELLED, item="a1")
    ai(5600, SpeechStarted, party=Party.CALLER, item="u2", media_ms=2700)
    ai(5601, SpeechStopped, party=Party.CALLER, item="u2", media_ms=4900)

    assert interruptions(call.conversation()) == [(Party.CALLER, 2700, "ai:a1", True)]
