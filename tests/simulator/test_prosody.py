"""Forty-eight scores, by the provider's own names."""

import pytest
from hume.empathic_voice.types.emotion_scores import EmotionScores

from earwitness.simulator.prosody import NAMES, NOISE, scores


def test_the_names_are_those_of_the_official_client():
    told = EmotionScores.model_validate(scores("order", {})).model_dump(by_alias=True)
    assert {name: told[name] for name in NAMES} == scores("order", {})
    assert set(told) == set(NAMES)
    assert len(NAMES) == 48


def test_what_is_felt_stands_out_and_the_rest_is_noise():
    told = scores("order", {"Anger": 0.7})
    assert told["Anger"] == 0.7
    assert all(0 <= score < NOISE for name, score in told.items() if name != "Anger")
    assert len(set(told.values())) > 30


def test_a_line_scores_the_same_each_time_and_another_line_otherwise():
    assert scores("order", {}) == scores("order", {})
    assert scores("order", {}) != scores("bye", {})
    assert scores("order", {})["Calmness"] == pytest.approx(0.31)
