"""Interruptions on made-up speech: every definition by a case that it decides."""

from dataclasses import replace

import pytest

from earwitness.audio.voice import Voice
from earwitness.model.conversation import Interruption
from earwitness.model.events import Party, Role
from earwitness.projections.figures import figures
from told import CALL, message

MS = 1_000_000
QUIET = replace(CALL, messages=(), interruptions=(), ended_ns=20_000 * MS)


def measured(caller=(), agent=(), conversation=QUIET):
    return figures(conversation, Voice(speech=tuple(caller)), Voice(speech=tuple(agent)))


@pytest.mark.parametrize(
    ("caller", "agent", "found"),
    [
        ([(2000, 4000)], [(500, 2300), (4600, 5000)], [(Party.CALLER, 2000, 300, 600)]),
        ([(2200, 4000)], [(500, 2300)], []),  # the edge of a detector
        ([(2000, 2400)], [(500, 6000)], []),  # "mhm": nobody was stopped
        ([(2000, 3500)], [(500, 6000)], [(Party.CALLER, 2000, 1500, None)]),  # talks on over it
        ([(2000, 2900), (3200, 4000)], [(500, 6000)], [(Party.CALLER, 2000, 900, None)]),  # once, not twice
        ([(500, 3000)], [(2000, 4000)], [(Party.AGENT, 2000, 1000, None)]),
        (
            [(1000, 2000), (5000, 6000)],
            [(500, 1400), (3000, 5300), (7000, 8000)],
            [(Party.CALLER, 1000, 400, 1000), (Party.CALLER, 5000, 300, 1000)],
        ),
    ],
)
def test_an_interruption_is_found_once_with_its_overlap_and_recovery(caller, agent, found):
    told = measured(caller, agent)
    assert [(e.by, e.at_ms, e.overlap_ms, e.recovery_ms) for e in told.interruptions] == found
    assert told.interruptions_by_caller == sum(by is Party.CALLER for by, *_ in found)
    assert told.interruptions_by_agent == sum(by is Party.AGENT for by, *_ in found)


def test_an_agent_that_is_cut_may_fall_silent_at_once():
    cut = message(1, Role.ASSISTANT, "a b", status="interrupted", ended_ns=2290 * MS)
    caught = replace(QUIET, messages=(cut,), interruptions=())
    caller, agent = [(2310, 4000)], [(1000, 2300)]
    [told] = measured(caller, agent, caught).interruptions
    assert (told.by, told.at_ms, told.overlap_ms) == (Party.CALLER, 2310, 0)
    assert measured(caller, agent).interruptions == ()


@pytest.mark.parametrize(
    ("begin", "agent", "cut_ms"),
    [
        (2270, [(1000, 2300)], 2470),  # while its last word fades; the cut comes in the pause behind that
        (2500, [(1000, 2300)], 2700),  # in the pause itself
        (2450, [(1000, 2300), (2600, 2680)], 2680),  # it goes on for less than a word
    ],
)
def test_an_answer_that_pauses_where_it_is_interrupted_was_interrupted(begin, agent, cut_ms):
    fields = {"status": "interrupted", "started_ns": 990 * MS, "ended_ns": cut_ms * MS}
    caught = replace(QUIET, messages=(message(1, Role.ASSISTANT, "a b", **fields),))
    [told] = measured([(begin, 4000)], agent, caught).interruptions
    assert (told.by, told.at_ms) == (Party.CALLER, begin)
    assert measured([(begin, 4000)], agent).interruptions == ()


@pytest.mark.parametrize(
    ("begin", "agent"), [(2270, [(1000, 2300)]), (2500, [(1000, 2300)]), (2450, [(1000, 2300), (2600, 2680)])]
)
def test_a_cut_tells_it_too_where_no_words_are_told(begin, agent):
    cut = Interruption(by=Party.CALLER, at_ns=2690 * MS, did_cut=True)
    told = measured([(begin, 4000)], agent, replace(QUIET, interruptions=(cut,)))
    assert [each.at_ms for each in told.interruptions] == [begin]
    assert told.disagreements == ()


@pytest.mark.parametrize(("began_ms", "cut_ms"), [(3590, 6000), (990, 4500)])
def test_who_speaks_between_two_answers_or_long_before_a_cut_interrupts_nobody(began_ms, cut_ms):
    fields = {"status": "interrupted", "started_ns": began_ms * MS, "ended_ns": cut_ms * MS}
    caught = replace(QUIET, messages=(message(1, Role.ASSISTANT, "a b", **fields),))
    assert measured([(2500, 2900)], [(1000, 2300), (3600, cut_ms)], caught).interruptions == ()
