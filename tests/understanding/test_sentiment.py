"""Sentiment of words."""

import subprocess
import sys
from dataclasses import replace

import pytest

from earwitness.model.events import Role
from earwitness.understanding import sentiment
from told import CALL, message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This is terrible, I hate it.", "negative"),
        ("Thank you, that was wonderful.", "positive"),
        ("The number is on the card.", "neutral"),
        ("My number is XXX-XXX-XXXX.", "neutral"),
        ("You can write to user@example.com", "neutral"),
        ("No me gusta nada", None),
        ("Je suis très content, merci", None),
        ("Das ist wirklich schlecht", None),
        ("我很高兴", None),
        ("", None),
        ("...", None),
    ],
)
def test_words_are_judged_where_they_are_english(text: str, expected: str | None) -> None:
    assert sentiment.sentiment_of(text) == expected


def test_only_whole_messages_of_people_of_which_no_provider_says_any_are_judged() -> None:
    said = (
        message(1, Role.USER, "This is terrible.", sentiment="positive", sentiment_source="provider"),
        message(2, Role.USER, "This is terrible."),
        message(3, Role.USER, "This is terrible.", status="open"),
        message(4, Role.SYSTEM, "You are terrible."),
    )
    judged = sentiment.judged(replace(CALL, messages=said)).messages
    assert [(m.sentiment, m.sentiment_source) for m in judged] == [
        ("positive", "provider"),
        ("negative", "heuristic:vader"),
        (None, None),
        (None, None),
    ]
    assert sentiment.judged(replace(CALL, messages=said, is_withheld=True)).messages == said


def test_without_the_extra_nothing_is_judged_and_it_is_said_once() -> None:
    """In a process of its own, in which the library cannot be imported."""
    program = """if True:
        import logging, sys
        sys.modules["vaderSentiment.vaderSentiment"] = None
        from earwitness.pipeline.understand import policies_of
        from earwitness.settings import Settings
        from earwitness.settings.understanding import Understanding
        from earwitness.understanding import sentiment
        logging.basicConfig()
        policies_of(Settings())
        policies_of(Settings())
        policies_of(Settings(understanding=Understanding(sentiment="off")))
        assert sentiment.sentiment_of("This is terrible.") is None
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr.count("install the extra `sentiment`") == 1


@pytest.mark.parametrize(
    ("text", "felt"),
    [
        ("I would like a large mushroom pizza please, thank you.", "neutral"),
        ("Hello, could you help me with my order number, please?", "neutral"),
        ("No, thank you, that is all for today.", "neutral"),
        ("Please stop it, I am very angry, this is awful.", "negative"),
        ("Thank you so much, that was a wonderful evening.", "positive"),
    ],
)
def test_politeness_is_no_mood(text: str, felt: str) -> None:
    assert sentiment.sentiment_of(text) == felt
