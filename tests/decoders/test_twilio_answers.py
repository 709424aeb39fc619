"""Which answer Twilio speaks, though nobody names it."""

from collections.abc import Iterable

from earwitness.decoders.twilio_answers import REMEMBERED, Answers, words
from earwitness.model.events import Event, Stamp
from wirelogs import lines

SEEN = Stamp("leg", 1, 5)


def told(events: Iterable[Event]) -> list[str]:
    return lines(events)


def written(*texts: str, is_last: bool = True) -> Answers:
    answers = Answers()
    for text in texts:
        list(answers.write(SEEN, text, is_last=is_last))
    return answers


def started(item: str) -> str:
    return f"PlaybackReported state=started item={item}"


def stopped(item: str) -> str:
    return f"PlaybackReported state=stopped item={item}"


def test_answers_are_spoken_in_the_order_they_were_written() -> None:
    answers = written("One.", "Two.")
    assert told(answers.begin(SEEN)) == [started("answer-1")]
    assert told(answers.pause(SEEN)) == [stopped("answer-1")]
    assert told(answers.begin(SEEN)) == [started("answer-2")]
    assert told(answers.begin(SEEN)) == []
    assert told(answers.pause(SEEN)) == [stopped("answer-2")]
    assert told(answers.begin(SEEN)) == told(answers.pause(SEEN)) == []


def test_silence_before_an_answer_is_written_out_does_not_end_it() -> None:
    answers = written("One", is_last=False)
    list(answers.begin(SEEN))
    assert told(answers.pause(SEEN)) == []
    list(answers.begin(SEEN))
    assert told(answers.write(SEEN, "two.", is_last=True))[-1] == "MessageClosed item=answer-1"
    assert told(answers.pause(SEEN)) == [stopped("answer-1")]


def test_answer_that_was_spoken_out_ends_when_the_bot_says_it_is_whole() -> None:
    answers = written("One", is_last=False)
    list(answers.begin(SEEN))
    list(answers.pause(SEEN))
    assert told(answers.write(SEEN, "", is_last=True)) == [
        "MessageClosed item=answer-1",
        stopped("answer-1"),
    ]


def test_words_played_tell_which_answer_is_in_the_air() -> None:
    answers = written("Hi, this is Jace.", "How are you?")
    assert told(answers.tell(SEEN, "hi this")) == [started("answer-1")]
    assert told(answers.tell(SEEN, "is Jace")) == [stopped("answer-1")]
    assert told(answers.tell(SEEN, "How are you?")) == [started("answer-2"), stopped("answer-2")]


def test_words_of_a_later_answer_leave_the_earlier_ones_behind() -> None:
    answers = written("One.", "Two.")
    assert told(answers.tell(SEEN, "two")) == [started("answer-2"), stopped("answer-2")]
    assert told(answers.begin(SEEN)) == []


def test_words_that_nobody_wrote_are_twilio_s_own() -> None:
    assert told(written("One.").tell(SEEN, "Welcome!")) == []
    assert told(written("One.").tell(SEEN, "...")) == []


def test_cut_is_of_the_answer_whose_words_were_heard() -> None:
    answers = written("One thing.", "Two things.")
    assert told(answers.cut(SEEN, "two", 5)) == [
        "PlaybackCut evidence=platform_mark item=answer-2 played_ms=5 heard_text=two"
    ]


def test_cut_without_known_words_is_of_the_answer_in_the_air() -> None:
    answers = written("Costs 5 EUR.", "Two.")
    assert told(answers.cut(SEEN, "costs five euros", None)) == [
        'PlaybackCut evidence=platform_mark item=answer-1 heard_text="costs five euros"'
    ]
    assert told(answers.cut(SEEN, None, None)) == ["PlaybackCut evidence=platform_mark item=answer-2"]


def test_cut_that_comes_after_the_silence_is_of_the_answer_before_it() -> None:
    answers = written("One thing.")
    list(answers.begin(SEEN))
    list(answers.pause(SEEN))
    assert told(answers.cut(SEEN, "One", 9)) == [
        "PlaybackCut evidence=platform_mark item=answer-1 played_ms=9 heard_text=One"
    ]
    assert told(answers.begin(SEEN)) == []


def test_answer_cut_while_it_was_written_ends_with_the_caller_s_turn() -> None:
    answers = written("One", is_last=False)
    assert told(answers.yield_floor(SEEN)) == []
    list(answers.cut(SEEN, "one", 5))
    assert told(answers.write(SEEN, " more", is_last=False)) == ['TextArrived item=answer-1 text=" more"']
    assert told(answers.yield_floor(SEEN)) == ["MessageClosed item=answer-1 status=incomplete"]
    assert told(answers.write(SEEN, "Two", is_last=False))[0] == "MessageOpened item=answer-2 role=assistant"
    assert told(answers.yield_floor(SEEN)) == []


def test_only_the_latest_answers_are_remembered() -> None:
    answers = written(*(f"number {n}." for n in range(REMEMBERED + 1)))
    assert told(answers.begin(SEEN)) == [started("answer-2")]


def test_words_are_free_of_case_and_punctuation() -> None:
    assert words("Hi, this IS Jace…") == ["hi", "this", "is", "jace"]
