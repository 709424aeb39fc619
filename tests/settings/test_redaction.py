"""What may be set about redaction, and what is refused before anything runs."""

from pathlib import Path

import pytest

from earwitness.errors import SettingsError
from earwitness.settings.reading import load
from earwitness.settings.redaction import KINDS, Redaction, listed


def loaded(folder: Path, text: str):
    file = folder / "earwitness.toml"
    file.write_text(text, "utf-8")
    return load(file, environ={})


def test_without_a_word_about_it_everything_that_is_known_is_taken_out(tmp_path):
    policy = loaded(tmp_path, "").redact
    assert policy.enabled
    assert listed(policy.kinds) == KINDS
    assert policy.sound == "silence"


def test_a_route_may_have_a_policy_of_its_own(tmp_path):
    settings = loaded(tmp_path, '[routes.openai.redact]\nenabled = false\n[redact]\nkinds = ["card"]\n')
    assert settings.routes["openai"].redact == Redaction(enabled=False)
    assert settings.routes["hume"].redact is None
    assert listed(settings.redact.kinds) == ("card",)


def test_the_environment_brings_lists_with_commas():
    policy = load(environ={"EARWITNESS_REDACT__KINDS": "card, cvv"}).redact
    assert listed(policy.kinds) == ("card", "cvv")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('kinds = ["credit"]', "'credit' is unknown; known: card, cvv"),
        ('languages = ["xx"]', "'xx' is unknown"),
        ("margin_ms = -1", "not between 0 and 10000"),
        ("patterns = { own = '(?<=x)y' }", "look-around and back-references are refused"),
        (r"patterns = { own = '(a)\1' }", "look-around and back-references are refused"),
        ("patterns = { own = 'a*' }", "it would match everywhere"),
        ('sound = "hum"', "redact.sound"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(tmp_path, text, reason):
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, f"[redact]\n{text}\n")
    assert reason in str(refused.value)


def test_a_pattern_that_only_another_engine_would_find_slow_is_taken(tmp_path):
    assert loaded(tmp_path, r"redact = { patterns = { own = '(\d+[- ]?)+$' } }").redact.patterns
