"""Ids, places and ends of messages on a leg that has no ids."""

from typing import Any

import pytest

from earwitness.decoders.audiocodes_words import Words, confidence_of
from earwitness.model.events import Party, Role, Stamp
from wirelogs import lines

SEEN = Stamp("leg", 1, 5)


def test_no_two_messages_have_one_name() -> None:
    words = Words()
    assert [words.name("a") for _ in range(3)] == ["a", "a#2", "a#3"]
    assert words.is_known("a")
    assert not words.is_known("b")


def test_message_is_closed_once() -> None:
    words = Words()
    list(words.say(SEEN, Role.ASSISTANT, "a", "Hello."))
    assert lines(words.close(SEEN, "a")) == ["MessageClosed item=a"]
    assert lines(words.close(SEEN, "a")) == lines(words.close(SEEN, None)) == []


def test_guess_of_nothing_opens_nothing() -> None:
    words = Words()
    assert lines(words.guess(SEEN, Party.CALLER, "")) == []
    assert lines(words.recognise(SEEN, Party.CALLER, "", None)) == []


def test_two_who_speak_at_once_are_kept_apart() -> None:
    words = Words()
    list(words.guess(SEEN, Party.CALLER, "my"))
    list(words.guess(SEEN, Party.HUMAN_AGENT, "one"))
    assert lines(words.recognise(SEEN, Party.CALLER, "my order", None))[-1] == "MessageClosed item=caller"
    assert lines(words.guess(SEEN, Party.HUMAN_AGENT, "one moment")) == [
        'TextArrived item=human_agent text="one moment" is_whole=true'
    ]


def test_words_stand_where_they_were_begun() -> None:
    words = Words()
    list(words.say(SEEN, Role.ASSISTANT, "a", "Hello."))
    words.mark_place(Party.CALLER)
    assert lines(words.recognise(SEEN, Party.CALLER, "hi", None))[0] == "MessageOpened item=caller role=user"
    words.mark_place(Party.CALLER)
    list(words.say(SEEN, Role.ASSISTANT, "b", "How are you?"))
    told = lines(words.recognise(SEEN, Party.CALLER, "fine", 0.5))
    assert told[0] == "MessageOpened item=caller#2 role=user previous=caller"


@pytest.mark.parametrize(
    ("value", "confidence"),
    [(0.5, 0.5), ("0.5", 0.5), (1, 1.0), ("nan", None), (float("inf"), None), (-1, None), ([], None)],
)
def test_confidence_is_between_0_and_1_or_not_known(value: Any, confidence: float | None) -> None:
    assert confidence_of({"confidence": value}) == confidence
