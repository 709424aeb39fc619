"""Figures on made-up speech: every definition by a case that it decides."""

from dataclasses import replace

import pytest

from earwitness.audio.voice import Voice
from earwitness.model.conversation import Interruption
from earwitness.model.events import Party, Role
from earwitness.projections.figures import Times, figures, times
from told import CALL, message

MS = 1_000_000
QUIET = replace(CALL, messages=(), interruptions=(), ended_ns=20_000 * MS)


def measured(caller=(), agent=(), conversation=QUIET):
    return figures(conversation, Voice(speech=tuple(caller)), Voice(speech=tuple(agent)))


def test_percentiles_are_by_nearest_rank():
    assert times([]) == Times(count=0, p50=None, p95=None, longest=None)
    assert times([30, 10, 20]) == Times(count=3, p50=20, p95=30, longest=30)
    assert times(list(range(1, 101))) == Times(count=100, p50=50, p95=95, longest=100)


@pytest.mark.parametrize(
    ("caller", "agent", "answers"),
    [
        ([(1000, 2000)], [(2700, 4000)], [(2000, 700)]),
        ([(1000, 2000), (2600, 3000)], [(3400, 4000)], [(3000, 400)]),  # a pause in one's own words is none
        ([(1000, 2000)], [(2700, 3000), (3400, 4000)], [(2000, 700)]),  # nor is one in an answer
        ([(1000, 2000)], [(0, 500), (1500, 4000)], []),  # began before the caller had ended
        ([(2000, 3000)], [(0, 2500), (3800, 4000)], [(3000, 800)]),  # after a barge-in
        ([], [(500, 900)], []),  # a greeting answers nobody
    ],
)
def test_a_response_takes_from_the_callers_end_to_the_agents_next_sound(caller, agent, answers):
    found = measured(caller, agent)
    assert [(each.at_ms, each.ms) for each in found.responses] == answers
    assert found.response_ms.count == len(answers)


def test_the_first_sound_is_the_agents():
    assert measured([(100, 300)], [(900, 1200)]).first_sound_ms == 900
    assert measured([(100, 300)]).first_sound_ms is None


def test_dead_air_is_where_nobody_speaks_for_more_than_three_seconds():
    told = measured([(5000, 6000)], [(8900, 10_000), (16_000, 19_000)])
    assert [(each.at_ms, each.ms) for each in told.dead_air] == [(0, 5000), (10_000, 6000)]
    assert told.dead_air_ms == 11_000


def test_a_call_without_a_voice_has_no_dead_air_and_no_share():
    told = measured()
    assert (told.dead_air_ms, told.agent_share, told.first_sound_ms) == (0, None, None)
    assert told.response_ms == Times()


def test_who_spoke_how_long_and_how_long_both_at_once():
    told = measured([(0, 1000), (5000, 6000)], [(500, 2000), (5900, 8400)])
    assert (told.caller.speech_ms, told.agent.speech_ms) == (2000, 4000)
    assert told.agent_share == 0.667
    assert told.overlap_ms == 600


def test_a_monologue_ends_where_the_other_speaks_or_nobody_does():
    told = measured([(4000, 4500)], [(0, 1000), (1500, 3000), (5000, 7000), (11_000, 12_000)])
    assert told.agent.longest_monologue_ms == 3000
    assert told.caller.longest_monologue_ms == 500
    assert measured([], [(0, 1000), (3900, 5000)]).agent.longest_monologue_ms == 5000


def test_words_a_minute_are_those_that_were_heard_over_the_time_they_took():
    said = message(1, Role.USER, "one two three four")
    cut = message(3, Role.ASSISTANT, "one two three four five six", heard_text="one two three")
    told = measured([(0, 2000)], [(3000, 4000)], replace(QUIET, messages=(said, cut)))
    assert (told.caller.words, told.caller.words_per_minute) == (4, 120)
    assert (told.agent.words, told.agent.words_per_minute) == (3, 180)


def test_where_events_and_sound_agree_nothing_is_said():
    asked = message(1, Role.USER, "a")
    answer = message(3, Role.ASSISTANT, "b")
    told = measured([(1000, 1400)], [(3050, 4000)], replace(QUIET, messages=(asked, answer)))
    assert told.by_events.response_ms == Times(count=1, p50=1500, p95=1500, longest=1500)
    assert told.response_ms.p50 == 1650
    assert told.disagreements == ()


def test_an_answer_that_took_otherwise_by_the_sound_is_a_finding_with_both():
    asked = message(1, Role.USER, "a")
    answer = message(3, Role.ASSISTANT, "b")
    told = measured([(1000, 2700)], [(3050, 4000)], replace(QUIET, messages=(asked, answer)))
    [finding] = told.disagreements
    assert (finding.code, finding.at_ms) == ("response", 3050)
    assert finding.message == "an answer took 1500 ms by the events, 350 ms by the sound"


def test_an_interruption_that_only_one_of_them_shows_is_a_finding():
    told = measured([(2000, 4000)], [(500, 2300)])
    assert [each.code for each in told.disagreements] == ["interruption_not_told"]
    cut = replace(QUIET, interruptions=(Interruption(by=Party.CALLER, at_ns=8000 * MS, did_cut=True),))
    told = measured([(100, 400)], [(900, 2300)], cut)
    assert [each.code for each in told.disagreements] == ["interruption_not_heard"]
    both = replace(QUIET, interruptions=(Interruption(by=Party.CALLER, at_ns=2100 * MS, did_cut=True),))
    assert measured([(2000, 4000)], [(500, 2300)], both).disagreements == ()
