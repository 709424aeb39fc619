"""When each word was heard: by the provider's clock of its characters, along the sound as it was played."""

from dataclasses import replace

from earwitness.model.events import (
    Evidence,
    MessageClosed,
    MessageOpened,
    PlaybackCut,
    Role,
    TextArrived,
    TextTimed,
)
from earwitness.projections.documents import conversation_document
from earwitness.projections.word_times import word_starts_ms
from scripted import Script, message

WORDS = "Well, I can help"


def call(*, cut_ms: int | None = None, timed: str = WORDS) -> Script:
    """An answer of 1,600 ms from 1,000 on, whose characters are 100 ms each."""
    script = Script()
    ai = script.leg(provider="elevenlabs")
    ai(999, MessageOpened, item="a1", role=Role.ASSISTANT, response="r1")
    ai(999, TextArrived, item="a1", text=WORDS, is_whole=True)
    ai.agent(1000, 100 * len(WORDS), "a1")
    ai(1000, TextTimed, item="a1", text=timed, starts_ms=tuple(range(0, 100 * len(timed), 100)))
    if cut_ms is not None:
        ai(1000 + cut_ms, PlaybackCut, evidence=Evidence.SERVER, item="a1", played_ms=cut_ms)
    ai(2900, MessageClosed, item="a1")
    return script


def test_each_word_has_the_moment_it_was_heard() -> None:
    told = call().conversation()
    key = message(told, "a1").key
    [starts] = word_starts_ms(told).values()
    assert [ms - starts[0] for ms in starts] == [0, 600, 800, 1200]
    assert starts[0] == message(told, "a1").started_ns // 1_000_000
    [document] = [each for each in conversation_document(told)["messages"] if each["key"] == key]
    assert document["word_starts_ms"] == starts


def test_of_a_cut_answer_only_the_heard_words_have_one() -> None:
    [starts] = word_starts_ms(call(cut_ms=900).conversation()).values()
    assert len(starts) == 3


def test_where_the_rest_is_not_timed_the_beginning_is() -> None:
    [starts] = word_starts_ms(call(timed="Well, I ca").conversation()).values()
    assert len(starts) == 2


def test_words_that_are_others_than_were_timed_have_none() -> None:
    told = call().conversation()
    masked = replace(message(told, "a1"), text="Well, [name] can help")
    assert word_starts_ms(replace(told, messages=(masked,))) == {}
    assert word_starts_ms(call(timed="You cannot").conversation()) == {}


def test_what_nobody_timed_says_nothing_of_words() -> None:
    told = call().conversation()
    untimed = replace(told, messages=tuple(replace(each, timing=None) for each in told.messages))
    assert word_starts_ms(untimed) == {}
    assert all("word_starts_ms" not in each for each in conversation_document(untimed)["messages"])
