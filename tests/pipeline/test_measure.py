"""Figures of recorded calls, held against what mouth and ear know of them."""

from itertools import pairwise

import numpy as np
import pytest

from earwitness.model.events import Party
from recorded import recording

WITHIN_MS = 50
CALLS = [("openai", "order"), ("openai", "barge_in"), ("twilio", "order"), ("twilio", "barge_in")]


def sounding(track, rate_hz, span):
    """From when to when there is sound in that span of the truth, in ms."""
    begin, end = (round(ms * rate_hz / 1000) for ms in span)
    level = np.abs(track[begin:end].astype(int))
    [first, *_, last] = np.flatnonzero(level > 0.03 * np.percentile(level, 98))
    return span[0] + first * 1000 / rate_hz, span[0] + last * 1000 / rate_hz


def true_turns(truth):
    """What was said and heard, in order: (begin, end, party)."""
    said = [(*sounding(truth.mouth, truth.rate_hz, (e.start_ms, e.end_ms)), Party.CALLER) for e in truth.said]
    heard = [
        (*sounding(truth.ear, truth.rate_hz, (e.stretches[0][0], e.stretches[-1][1])), Party.AGENT)
        for e in truth.heard
        if e.heard_ms
    ]
    return sorted([*said, *heard])


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_response_times_and_interruptions_are_those_of_the_mouth_and_the_ear(call):
    made = recording()
    truth, found = made.results[call].truth, made.call(*call).figures()
    turns = true_turns(truth)
    asked = [(one, two) for one, two in pairwise(turns) if two[2] is not one[2]]
    answers = [b[0] - a[1] for a, b in asked if b[2] is Party.AGENT and b[0] >= a[1]]
    over = [b for a, b in asked if b[2] is Party.CALLER and b[0] < a[1]]
    within_ms = WITHIN_MS + made.stall_ms
    assert [each.ms for each in found.responses] == pytest.approx(answers, abs=within_ms)
    assert [each.by for each in found.interruptions] == [Party.CALLER] * len(over)
    assert len(over) == (2 if call[1] == "barge_in" else 0)
    assert found.disagreements == ()


def test_a_call_nobody_answered_is_measured_too_and_has_no_figures():
    found = recording().call("openai", "refused").figures()
    assert (found.first_sound_ms, found.response_ms.count, found.agent_share) == (None, 0, None)
