"""Which words were heard: by the clock of their characters, or as a platform says."""

import pytest

from earwitness.model.events import (
    Evidence,
    MessageClosed,
    MessageOpened,
    Party,
    PlaybackCut,
    PlaybackReported,
    Role,
    TextArrived,
    TextTimed,
)
from earwitness.model.wording import Timing, as_said, beginning, share_of, spoken_ms, whole_words
from scripted import Script, ScriptedLeg, message, times

WORDS = "Well, I can help you."
SLOW_ENDS = (
    0,
    50,
    100,
    150,
    200,
    250,
    1000,
    1050,
    1100,
    1150,
    1200,
    1250,
)  # "Well, I can ": pause after Well


def every(ms: int, text: str, from_ms: int = 0) -> tuple[int, ...]:
    return tuple(range(from_ms, from_ms + ms * len(text), ms))


def answer(leg: ScriptedLeg, at_ms: float, length_ms: float = 2100, text: str = WORDS) -> None:
    leg(at_ms - 1, MessageOpened, item="a1", role=Role.ASSISTANT, response="r1")
    leg(at_ms - 1, TextArrived, item="a1", text=text, is_whole=True)
    leg.agent(at_ms, length_ms, "a1")
    leg(at_ms + 51, MessageClosed, item="a1")


@pytest.mark.parametrize(
    ("text", "words", "end"),
    [
        ("Well, I can help.", "well i CAN", 11),
        ("Well, I can help.", "Well, I can...", 11),
        ("Well, I can help.", "Well, I c", 9),
        ("Well, I can help.", "well i can help", 17),
        ("Well, I can help.", "...", 0),
        ("Well, I can help.", "well I cannot", None),
        ("Well, I can help.", "well I can help you", None),
        ("Über straße", "uber STRASSE", 11),
        ("", "", 0),
        ("?!", "", 2),
    ],
)
def test_letters_alone_tell_whether_a_text_begins_so(text: str, words: str, end: int | None) -> None:
    assert beginning(text, words) == end


@pytest.mark.parametrize(
    ("end", "words"), [(0, ""), (2, ""), (4, "Well,"), (5, "Well,"), (7, "Well, I"), (20, WORDS), (99, WORDS)]
)
def test_of_half_a_word_nothing_counts(end: int, words: str) -> None:
    assert whole_words(WORDS, end) == words


def test_what_begins_otherwise_is_kept_as_it_was_told() -> None:
    assert as_said(WORDS, " twenty-one ") == "twenty-one"
    assert as_said(WORDS, "WELL I...") == "Well, I"
    assert as_said("", "hello") == "hello"


def test_words_take_their_time_by_the_timing_or_else_by_their_share() -> None:
    timing = Timing()
    timing.add("Well, I can ", SLOW_ENDS)

    assert spoken_ms(WORDS, "well", timing, 2100) == 200
    assert spoken_ms(WORDS, "well I", timing, 1000) == 1000
    assert spoken_ms(WORDS, WORDS, timing, 2100) == 2100
    assert spoken_ms(WORDS, "Well, I", None, 2100) == 700
    assert spoken_ms(WORDS, "sixes", None, 2100) == 500
    assert spoken_ms("x" * 15 + " y", "x" * 15, None, None) == 1000
    assert spoken_ms("", "Well", None, 2100) is None


def test_a_timed_answer_that_was_cut_ends_with_the_last_whole_word_that_was_spoken() -> None:
    heard = {}
    for played_ms in (70, 190, 960, 1010, 1140, 1160, 1240, 2000):
        call = Script()
        ai = call.leg(provider="elevenlabs")
        answer(ai, 1000)
        ai(1000, TextTimed, item="a1", text="Well, ", starts_ms=SLOW_ENDS[:6])
        ai(1010, TextTimed, item="a1", text="I can ", starts_ms=SLOW_ENDS[6:])
        ai(3050, PlaybackCut, evidence=Evidence.SERVER, item="a1", played_ms=played_ms)
        heard[played_ms] = message(call.conversation(), "a1").heard_text

    assert heard == {
        70: "",
        190: "Well,",
        960: "Well,",
        1010: "Well, I",
        1140: "Well, I",
        1160: "Well, I",
        1240: "Well, I can",
        2000: "Well, I can",
    }


def test_each_word_of_a_text_begins_with_its_first_letter() -> None:
    timing = Timing()
    timing.add("Well, I can ", SLOW_ENDS)

    assert timing.word_starts_ms("Well, I can") == [0, 1000, 1100]
    assert timing.word_starts_ms("Well - I can help you.") == [0, 0, 1000, 1100]
    assert timing.word_starts_ms("Well, I [phone]") == []
    assert Timing().word_starts_ms("Well") == []


def test_timing_of_another_text_is_not_believed() -> None:
    call = Script()
    ai = call.leg(provider="elevenlabs")
    answer(ai, 1000)
    ai(1000, TextTimed, item="a1", text="can help you.", starts_ms=every(50, "can help you."))
    ai(2050, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1", played_ms=1050)

    assert message(call.conversation(), "a1").heard_text == "Well, I"


def test_timing_that_is_out_of_step_with_its_characters_counts_as_far_as_both_go() -> None:
    timing = Timing()
    timing.add("Well", (0, 10))
    timing.add("ll", (20, 30, 40))

    assert (timing.text, timing.until(30), timing.until(99)) == ("Well", "Wel", "Well")


def test_times_that_no_call_can_have_are_bounded() -> None:
    timing = Timing()
    timing.add("ab", (-1 << 80, 1 << 80))

    assert (timing.until(0), timing.until(1), timing.until(1 << 40)) == ("", "a", "a")


def test_an_answer_that_nobody_cut_is_heard_whole_whatever_its_timing_says() -> None:
    call = Script()
    ai = call.leg(provider="elevenlabs")
    answer(ai, 1000, 20, "Yes.")
    ai.agent(1000, 20, "a1", chunk_ms=20)
    ai(1000, TextTimed, item="a1", text="Yes.", starts_ms=(0, 500, 900, 990))
    ai.close(5000)
    seen = message(call.conversation(), "a1")

    assert (seen.sent_ms, seen.heard_ms, seen.heard_text, seen.status) == (20, 20, "Yes.", "completed")


def test_words_that_are_told_after_the_cut_hold_and_leave_the_sound_as_it_was_cut() -> None:
    call = Script()
    ai = call.leg(provider="elevenlabs")
    answer(ai, 1000)
    ai(2000, PlaybackCut, evidence=Evidence.CLIENT_CLAIM, item="a1")
    ai.agent(2100, 500, "a2")
    ai(2200, PlaybackCut, evidence=Evidence.SERVER, item="a1", heard_text="Well, I can help...")
    ai(2210, PlaybackCut, evidence=Evidence.SERVER, item="a1", heard_text="well I...")
    seen = call.conversation()
    cut = message(seen, "a1")

    assert (cut.text, cut.heard_text, cut.status) == (WORDS, "Well, I", "interrupted")
    assert (cut.heard_ms, cut.evidence) == (1000, Evidence.SERVER)
    assert times(seen, Party.AGENT) == [(1000, 2000), (2100, 2600)]
    assert [(i.message, i.did_cut) for i in seen.interruptions] == [("ai:a1", True)]


@pytest.mark.parametrize("is_timed", [True, False])
def test_words_alone_cut_the_sound_where_they_end(is_timed: bool) -> None:
    call = Script()
    ai = call.leg(provider="elevenlabs")
    answer(ai, 1000)
    if is_timed:
        ai(1000, TextTimed, item="a1", text="Well, I can ", starts_ms=SLOW_ENDS)
    ai(2500, PlaybackCut, evidence=Evidence.SERVER, response="r1", heard_text="Well, I")
    seen = call.conversation()

    assert message(seen, "a1").heard_ms == (1050 if is_timed else 700)
    assert message(seen, "a1").heard_text == "Well, I"
    assert times(seen, Party.AGENT) == [(1000, 2050 if is_timed else 1700)]


def test_a_length_that_is_told_with_the_words_is_taken() -> None:
    call = Script()
    ai = call.leg(provider="elevenlabs")
    answer(ai, 1000)
    ai(2500, PlaybackCut, evidence=Evidence.SERVER, item="a1", heard_text="Well, I", played_ms=900)
    seen = message(call.conversation(), "a1")

    assert (seen.heard_ms, seen.heard_text) == (900, "Well, I")


def test_the_telephone_overrules_the_words_the_voice_ai_tells() -> None:
    call = Script()
    ai, phone = call.leg(provider="elevenlabs"), call.phone()
    answer(ai, 1000)
    phone.agent(1002, 2100)
    phone(1802, PlaybackCut, evidence=Evidence.PLATFORM_MARK)
    ai(1900, PlaybackCut, evidence=Evidence.SERVER, item="a1", heard_text="Well, I can help")
    seen = message(call.conversation(), "a1")

    assert (seen.heard_ms, seen.heard_text, seen.evidence) == (800, "Well, I", Evidence.PLATFORM_MARK)


def relay(text: str = WORDS) -> tuple[Script, ScriptedLeg]:
    """A leg that carries no sound: the platform speaks what the bot writes."""
    call = Script()
    leg = call.leg("relay", provider="twilio")
    leg(1000, MessageOpened, item="a1", role=Role.ASSISTANT)
    leg(1000, TextArrived, item="a1", text=text)
    leg(1001, MessageClosed, item="a1")
    return call, leg


def test_what_a_platform_speaks_is_heard_whole_if_nothing_cut_it_but_that_is_not_proven() -> None:
    call, leg = relay()
    leg.close(9000)
    seen = message(call.conversation(), "a1")

    assert (seen.heard_text, seen.status, seen.evidence) == (WORDS, "completed", Evidence.UNKNOWN)
    assert (seen.sent_ms, seen.heard_ms) == (None, None)


def test_a_platform_that_says_it_spoke_to_the_end_proves_it() -> None:
    call, leg = relay()
    leg(1200, PlaybackReported, state="started", item="a1")
    leg(3300, PlaybackReported, state="stopped", item="a1")
    seen = message(call.conversation(), "a1")

    assert (seen.heard_text, seen.evidence) == (WORDS, Evidence.PLATFORM_MARK)
    assert (seen.started_ns, seen.ended_ns) == (1_200_000_000, 3_300_000_000)


@pytest.mark.parametrize(
    ("played_ms", "told", "heard_ms", "words"),
    [
        (640, "well i", 640, "Well, I"),
        (None, "well i", 466, "Well, I"),
        (700, "We'll eye", 700, "We'll eye"),
        (0, "", 0, ""),
    ],
)
def test_a_platform_that_was_interrupted_says_how_far_it_came(
    played_ms: int | None, told: str, heard_ms: int, words: str
) -> None:
    call, leg = relay()
    cut = {"evidence": Evidence.PLATFORM_MARK, "item": "a1", "heard_text": told, "played_ms": played_ms}
    leg(1900, PlaybackCut, **cut)
    seen = message(call.conversation(), "a1")

    assert (seen.text, seen.heard_text, seen.heard_ms) == (WORDS, words, heard_ms)
    assert (seen.status, seen.evidence) == ("interrupted", Evidence.PLATFORM_MARK)


def test_where_the_platform_told_when_it_began_its_cut_needs_no_length() -> None:
    call, leg = relay()
    leg(1300, PlaybackReported, state="started", item="a1")
    leg(1900, PlaybackCut, evidence=Evidence.PLATFORM_MARK, item="a1", heard_text="well i")
    seen = message(call.conversation(), "a1")

    assert (seen.heard_ms, seen.heard_text) == (600, "Well, I")


def test_a_platform_that_tells_no_more_than_the_cut_spoke_until_then() -> None:
    call, leg = relay()
    leg(1500, PlaybackCut, evidence=Evidence.PLATFORM_MARK, item="a1")
    seen = message(call.conversation(), "a1")

    assert (seen.heard_ms, seen.heard_text, seen.status) == (500, "Well, I", "interrupted")


def test_a_cut_that_tells_what_was_heard_is_an_interruption_though_no_sound_goes_over_the_leg() -> None:
    call, leg = relay()
    leg(1900, PlaybackCut, evidence=Evidence.PLATFORM_MARK, item="a1", heard_text="well i", played_ms=640)
    leg(1910, PlaybackCut, evidence=Evidence.PLATFORM_MARK, item="a1", heard_text="well i can", played_ms=800)
    seen = call.conversation()

    assert [(i.by, i.at_ns, i.message) for i in seen.interruptions] == [
        (Party.CALLER, 1_900_000_000, "relay:a1")
    ]
    assert (message(seen, "a1").heard_text, message(seen, "a1").heard_ms) == ("Well, I can", 800)


def test_a_text_that_is_longer_than_its_sound_goes_by_the_usual_rate_of_speech() -> None:
    text = "Today we are open until ten, and the kitchen takes its last orders at half past nine."
    assert share_of(text, 0.5, 3_000, 6_000) == "Today we are open until ten, and the"
    assert share_of(text, 1_560 / 2_040, 1_560, 2_040) == "Today we are open until"
