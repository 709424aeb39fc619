"""Every name is read or passed over, and nothing is both."""

from earwitness.decoders.openai import OpenAIRealtime
from earwitness.decoders.openai_names import (
    ALIASES,
    FORMATS,
    ITEMS_PASSED_OVER,
    PARTS_PASSED_OVER,
    PASSED_OVER,
)


def test_nothing_is_both_read_and_passed_over() -> None:
    assert not OpenAIRealtime().names & PASSED_OVER.keys()


def test_each_beta_name_has_a_ga_name_that_is_known() -> None:
    assert not set(ALIASES.values()) - OpenAIRealtime().names - PASSED_OVER.keys()
    assert not set(ALIASES.values()) & set(ALIASES)


def test_what_is_passed_over_has_its_reason() -> None:
    for table in (PASSED_OVER, ITEMS_PASSED_OVER, PARTS_PASSED_OVER):
        assert all(reason.strip() for reason in table.values())


def test_formats_are_ones_the_model_knows() -> None:
    assert {encoding for encoding, _ in FORMATS.values()} == {"pcm_s16le", "mulaw", "alaw"}
