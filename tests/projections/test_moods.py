"""How people sounded."""

from dataclasses import replace
from typing import Any

from earwitness.model.conversation import Conversation
from earwitness.model.events import Party, Role
from earwitness.projections import moods
from told import CALL, message

JOY = {"hume": {"Joy": 0.8, "Anger": 0.1}}


def call(*felt: tuple[Role, str | None], **first: Any) -> Conversation:
    """Messages of these roles and sentiments, one a second."""
    said = [
        message(number, role, "words", sentiment=sentiment, sentiment_source=sentiment and "provider")
        for number, (role, sentiment) in enumerate(felt)
    ]
    return replace(CALL, messages=(replace(said[0], **first), *said[1:]) if said else ())


USER, AGENT = Role.USER, Role.ASSISTANT


def test_the_balance_of_a_side_is_the_mean_of_what_is_known_of_its_messages() -> None:
    mixed = call(
        (USER, "positive"), (USER, "negative"), (USER, "negative"), (USER, None), (AGENT, "positive")
    )
    assert moods.balance(mixed) == 33
    assert moods.balance(mixed, Party.AGENT) == 100
    assert moods.balance(call((USER, None))) is None


def test_a_balance_has_a_word_where_it_leans_to_one_side() -> None:
    words = [moods.word(score) for score in (None, 0, 37, 38, 62, 63, 100)]
    assert words == [None, "negative", "negative", "neutral", "neutral", "positive", "positive"]


def test_sentiment_is_counted_by_side_and_by_who_says_so() -> None:
    told = moods.sentiment(call((USER, "negative"), (AGENT, "neutral"), (USER, "neutral")))
    assert told["caller"] == {
        "positive": 0,
        "neutral": 1,
        "negative": 1,
        "score": 25,
        "sentiment": "negative",
    }
    assert told["agent"]["sentiment"] == "neutral"
    assert told["sources"] == {"provider": 3}


def test_moods_are_told_over_time_with_the_strongest_emotion() -> None:
    first, second = moods.over_time(call((USER, "positive"), (AGENT, None), (USER, "neutral"), emotions=JOY))
    assert (first["at_ms"], first["emotion"], first["score"], first["producer"]) == (0, "Joy", 0.8, "hume")
    assert (second["at_ms"], second["sentiment"], second["emotion"]) == (2000, "neutral", None)


def test_after_each_answer_it_is_told_how_the_caller_went_on() -> None:
    talk = call(
        (USER, "neutral"),  # before any answer
        (AGENT, None),
        (AGENT, None),  # the same turn goes on
        (USER, "negative"),
        (USER, "negative"),  # no answer before it
        (AGENT, None),  # nothing is said after it
    )
    [told] = moods.after_agent_turns(talk)
    assert (told["agent_message"], told["sentiment"]) == (talk.messages[2].key, "negative")
    assert told["agent_ended_ms"] == 2500


def test_kept_sentiments_are_put_where_none_is_known() -> None:
    bare = call((USER, None), (USER, "positive"), (USER, None))
    kept = [replace(m, sentiment="negative", sentiment_source="heuristic:vader") for m in bare.messages[:2]]
    found = [(m.sentiment, m.sentiment_source) for m in moods.with_sentiment(bare.messages, kept)]
    assert found == [("negative", "heuristic:vader"), ("positive", "provider"), (None, None)]
