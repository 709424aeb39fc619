"""What is kept of a leg, from settings and from what its caller asked."""

import pytest

from earwitness.capture.choosing import chosen, is_in_sample, kept_of
from earwitness.errors import InvalidInput
from earwitness.journal.record import Kept
from earwitness.settings import Recording


def test_without_a_word_everything_is_kept() -> None:
    choice = chosen(Recording(), conversation="c")
    assert choice.kept.is_all
    assert not choice.needs_consent


def test_a_caller_may_take_away_but_never_add() -> None:
    kept = chosen(Recording(audio=False), conversation="c", asked="audio, transcripts").kept
    assert (kept.audio, kept.raw, kept.transcripts, kept.reason) == (False, False, True, "asked")
    assert chosen(Recording(), conversation="c", asked="none").kept.is_nothing


def test_patterns_may_come_as_one_line_of_the_environment() -> None:
    kept = chosen(Recording(only="response.*, error", never=("*.delta",)), conversation="c").kept
    assert (kept.only, kept.never) == (("response.*", "error"), ("*.delta",))


def test_an_unknown_word_is_named_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="'words'") as error:
        kept_of(["audio", "words"])
    assert "transcripts" in error.value.hint


def test_a_sample_takes_its_share_and_the_same_side_for_the_same_conversation() -> None:
    drawn = [is_in_sample(f"c{number}", 0.25) for number in range(4000)]
    assert 900 < sum(drawn) < 1100
    assert drawn == [is_in_sample(f"c{number}", 0.25) for number in range(4000)]
    assert not is_in_sample("c", 0)
    out = chosen(Recording(sample=0), conversation="c").kept
    assert (out.is_nothing, out.reason) == (True, "sampled_out")


def test_consent_that_was_given_before_the_call_is_not_waited_for() -> None:
    record = Recording(require_consent=True)
    assert chosen(record, conversation="c").needs_consent
    assert not chosen(record, conversation="c", has_consent=True).needs_consent
    assert chosen(record, conversation="c").kept == Kept()
