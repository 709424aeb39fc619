"""What the caller heard, over the matrix: every provider in every condition, against the truth."""

import functools

import numpy as np
import pytest

from earwitness.model.events import Party
from earwitness.projections import health
from earwitness.projections.tracks import mono
from worlds.compare import RATE_HZ, compare
from worlds.matrix import (
    CONDITIONS,
    MODELLED_MS,
    PROVEN,
    PROVEN_MS,
    PROVIDERS,
    Cell,
    against,
    has,
    measured,
    ours,
    true_responses,
    world,
)
from worlds.world import World

CELLS = [(provider, name) for provider in PROVIDERS for name in CONDITIONS if has(provider, name)]
BARGED = [cell for cell in CELLS if cell[1].startswith("barge-in")]
LISTENED = [  # each condition, each provider
    *{name: (provider, name) for provider, name in reversed(CELLS)}.values(),
    *((provider, "plain") for provider in ("elevenlabs", "two legs")),
    *((provider, "barge-in repeated") for provider in ("hume", "audiocodes")),
]
AS_GOOD_AS_WHOLE_MS = 100  # two legs never carry quite the same length


def bare(text: str) -> list[str]:
    """Its words without punctuation: a platform that tells which were heard ends them in its own way."""
    return [word.strip(",.?!") for word in text.split()]


@functools.cache
def played(provider: str, name: str) -> World:
    return world(provider, name).play()


@functools.cache
def cell(provider: str, name: str) -> Cell:
    return ours(played(provider, name))


@pytest.mark.parametrize(("provider", "name"), CELLS)
def test_every_utterance_lies_where_mouth_and_ear_had_it(provider: str, name: str) -> None:
    found = cell(provider, name)
    within_ms = PROVEN_MS if provider in PROVEN else MODELLED_MS
    assert len(found.caller.offsets_ms) >= 5
    assert found.caller.worst_ms is not None
    assert found.caller.worst_ms <= within_ms
    assert found.agent.worst_ms is not None
    assert found.agent.worst_ms <= PROVEN_MS  # its bytes pass by here: nothing of it is guessed
    assert found.duration_off_ms == pytest.approx(0, abs=40)


@pytest.mark.parametrize(("provider", "name"), [cell for cell in CELLS if cell[0] != "twilio"])
def test_what_the_place_of_a_callers_words_rests_on_is_said(provider: str, name: str) -> None:
    said = [each for each in played(provider, name).conversation.messages if each.party is Party.CALLER]
    assert said  # Twilio by itself carries no words
    assert {each.evidence for each in said} == {"platform_mark" if provider in PROVEN else "modelled"}


@pytest.mark.parametrize(("provider", "name"), CELLS)
def test_nothing_is_heard_that_the_ear_did_not_get_and_nothing_is_missing_that_it_did(
    provider: str, name: str
) -> None:
    found = cell(provider, name)
    assert (found.caller.extra_ms, found.caller.lacking_ms) == (0, 0)
    assert (found.agent.extra_ms, found.agent.lacking_ms) == (0, 0)


@pytest.mark.parametrize(("provider", "name"), BARGED)
def test_every_interruption_is_told_once_and_cuts_words_where_the_ear_lost_them(
    provider: str, name: str
) -> None:
    made = played(provider, name)
    told = [each for each in made.conversation.interruptions if each.by is Party.CALLER]
    assert len(told) == len(made.script.interruptions) > 0
    assert not [each for each in made.conversation.interruptions if each.by is Party.AGENT]
    if provider == "twilio":  # by itself it carries no words
        return
    answers = [m for m in made.conversation.messages if m.party is Party.AGENT]
    assert len(answers) == len(made.script.heard)
    evidence = made.legs[-1].wire.cut_evidence if provider != "two legs" else "platform_mark"
    for message, each in zip(answers, made.script.heard, strict=True):
        lost_ms = each.sent_ms - each.heard_ms
        if 1 < lost_ms < AS_GOOD_AS_WHOLE_MS:
            continue
        assert (message.status == "interrupted") == each.is_cut
        assert message.heard_ms == pytest.approx(each.heard_ms, abs=PROVEN_MS)
        words, heard = bare(message.text), bare(message.heard_text)
        assert words[: len(heard)] == heard
        if lost_ms > AS_GOOD_AS_WHOLE_MS:
            assert message.evidence == evidence
            assert message.is_estimated == (provider != "elevenlabs")  # which tells them, or times them
            assert len(heard) == pytest.approx(len(words) * each.heard_ms / each.sent_ms, abs=2)


@pytest.mark.parametrize(("provider", "name"), CELLS)
def test_nothing_is_held_against_a_record_but_what_is_true(provider: str, name: str) -> None:
    found = {reason.code for reason in health.reasons(played(provider, name).conversation)}
    assert found == against(provider, name) - {"disagrees_response"}  # that only the sound can tell


@pytest.mark.parametrize(("provider", "name"), LISTENED)
def test_figures_measured_on_the_sound_are_those_of_mouth_and_ear(provider: str, name: str) -> None:
    made = played(provider, name)
    found = measured(made)
    assert found.interruptions_by_caller == len(made.script.interruptions)
    assert found.interruptions_by_agent == 0
    assert {reason.code for reason in health.reasons(made.conversation, found)} == against(provider, name)
    assert [each.ms for each in found.responses] == pytest.approx(true_responses(made), abs=50)


@pytest.mark.parametrize("provider", ["openai", "twilio"])
def test_an_answer_that_pauses_where_the_caller_breaks_in_is_heard_to_be_interrupted(provider: str) -> None:
    made = world(provider, "barge-in during tool call", 8).play()
    found = measured(made)
    assert found.interruptions_by_caller == len(made.script.interruptions)
    assert found.interruptions_by_agent == 0
    assert found.disagreements == ()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_hours_are_played_without_spelling_their_sound_out_and_come_to_the_same(provider: str) -> None:
    name = "barge-in repeated"
    spelled = played(provider, name).conversation
    short = World(provider, CONDITIONS[name], 60_000, is_direct=True).play().conversation

    for party in Party.CALLER, Party.AGENT:
        places = [
            [(span.at_ns, span.byte_count, span.item) for span in each.tracks[party].spans]
            for each in (short, spelled)
        ]
        assert places[0] == places[1]
    assert [message.heard_text for message in short.messages] == [m.heard_text for m in spelled.messages]
    assert short.interruptions == spelled.interruptions


@pytest.mark.parametrize("by_ms", [-70, 70])
def test_the_comparer_sees_a_track_that_is_shifted_cut_or_swapped(by_ms: int) -> None:
    made = played("openai", "barge-in repeated")
    blocks = list(mono(made.conversation, "agent", made.source, rate_hz=RATE_HZ))
    shifted = np.roll(np.concatenate(blocks), by_ms * RATE_HZ // 1000)
    truth, end_ms = made.script.heard, made.script.ended_ms
    assert compare([shifted], truth, end_ms).worst_ms == pytest.approx(70, abs=1)
    assert compare([np.zeros_like(shifted)], truth, end_ms).lacking_ms > 1000
    caller = mono(made.conversation, "caller", made.source, rate_hz=RATE_HZ)
    swapped = compare(caller, truth, end_ms)
    assert swapped.worst_ms is None
    assert swapped.extra_ms > 1000


@pytest.mark.parametrize(("provider", "name"), [("openai", "clock +200 ppm"), ("twilio", "clock -200 ppm")])
def test_a_clock_that_drifts_is_followed_for_as_long_as_the_call_lasts(provider: str, name: str) -> None:
    made = world(provider, name, 15).play()
    assert {reason.code for reason in health.reasons(made.conversation)} == against(provider, name, 15)
    found = ours(made)
    assert found.caller.worst_ms is not None
    assert found.caller.worst_ms <= PROVEN_MS
    assert found.duration_off_ms == pytest.approx(0, abs=40)
