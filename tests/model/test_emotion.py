"""Sentiment by our own rule, and what holds against it."""

import math

import pytest

from earwitness.model.emotion import sentiment_of
from earwitness.model.events import EmotionScored, Role
from scripted import Script, ScriptedLeg, message


@pytest.mark.parametrize(
    ("scores", "sentiment"),
    [
        ({"joy": 0.8, "sadness": 0.1}, "positive"),
        ({"Anger": 0.4, "Distress": 0.3, "Joy": 0.3}, "negative"),
        ({"Anger": 0.3, "Joy": 0.3, "Interest": 0.9}, "neutral"),
        ({"Anger": 0.2, "Joy": 0.3}, "neutral"),
        ({"Surprise (negative)": 0.5, "Surprise (positive)": 0.1}, "negative"),
        ({"surprisePositive": 0.5, "aestheticAppreciation": 0.1, "empathicPain": 0.1}, "positive"),
        ({"Joy": 0.0}, "neutral"),
        ({"Joy": -3.0, "Anger": 0.1}, "negative"),
        ({"Calmness": 0.9, "valence": 0.3}, None),
        ({}, None),
    ],
)
def test_one_side_must_outweigh_the_other_by_half(scores: dict[str, float], sentiment: str | None) -> None:
    assert sentiment_of(scores) == sentiment


def spoken() -> tuple[Script, ScriptedLeg]:
    call = Script()
    ai = call.leg(provider="hume")
    ai.message(100, "u1", Role.USER, "this is great")
    return call, ai


def test_scores_are_kept_by_producer_and_the_last_of_each_hold() -> None:
    call, ai = spoken()
    ai(110, EmotionScored, item="u1", producer="hume_prosody", scores={"Joy": 0.1, "Anger": 0.4})
    ai(120, EmotionScored, item="u1", producer="hume_prosody", scores={"Joy": 0.7, "Anger": 0.1})
    ai(130, EmotionScored, item="u1", producer="face", scores={"smile": 0.5})
    said = message(call.conversation(), "u1")

    assert said.emotions == {"hume_prosody": {"Joy": 0.7, "Anger": 0.1}, "face": {"smile": 0.5}}
    assert (said.sentiment, said.sentiment_source) == ("positive", "derived:hume_prosody")
    assert said.confidence is None


def test_what_a_provider_says_itself_holds_against_what_we_derive() -> None:
    call, ai = spoken()
    ai(110, EmotionScored, item="u1", producer="p", scores={"Joy": 0.1}, sentiment="Negative")
    ai(120, EmotionScored, item="u1", producer="hume_prosody", scores={"Joy": 0.9})
    ai(130, EmotionScored, item="u1", producer="p", scores={}, sentiment="murky")
    said = message(call.conversation(), "u1")

    assert (said.sentiment, said.sentiment_source) == ("negative", "provider")
    assert said.emotions["p"] == {"Joy": 0.1}


def test_scores_that_are_no_numbers_are_left_out() -> None:
    call, ai = spoken()
    ai(110, EmotionScored, item="u1", producer="p", scores={"Joy": math.nan, "Fear": math.inf, "Pride": 0.2})
    ai(120, EmotionScored, item="u1", producer="q", scores={"Joy": math.nan})

    assert message(call.conversation(), "u1").emotions == {"p": {"Pride": 0.2}}


def test_scores_may_come_before_the_message_they_are_of() -> None:
    call = Script()
    ai = call.leg(provider="hume")
    ai(100, EmotionScored, item="a1", producer="hume_prosody", scores={"Joy": 0.7})
    ai.message(200, "a1", Role.ASSISTANT, "fine")
    seen = call.conversation()

    assert message(seen, "a1").sentiment == "positive"
    assert [finding.code for finding in seen.findings] == ["unknown_item"]


def test_a_message_nobody_scored_has_no_sentiment() -> None:
    call, _ = spoken()
    said = message(call.conversation(), "u1")

    assert (said.emotions, said.sentiment, said.sentiment_source) == ({}, None, None)
