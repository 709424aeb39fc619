"""Sound on the conversation's clock, of one leg and of several."""

from dataclasses import replace

import numpy as np
import pytest

from earwitness.errors import NotFound
from earwitness.model.conversation import Track
from earwitness.model.events import Party
from earwitness.projections.tracks import length_ns, mono, sum_of, track_named
from told import CALL, PCM, SECOND, span

RATE_HZ = 24_000  # that of the legs: nothing is resampled


def source(**legs):
    """Each leg's agent audio is this one sample value for as long as anybody reads."""
    return lambda leg, party: iter([np.full(48_000, legs[leg], "<i2").tobytes()])


def render(call, name, chunks, **options):
    return np.concatenate(list(mono(call, name, chunks, rate_hz=RATE_HZ, **options)))


def with_agent(*spans):
    return replace(CALL, tracks={Party.AGENT: Track(party=Party.AGENT, spans=spans)}, sent={})


def test_a_span_sounds_at_its_instant_and_nothing_beside_it():
    samples = render(CALL, "agent", source(**{"leg-1": 7}))
    assert len(samples) == 10 * RATE_HZ
    assert np.array_equal(np.flatnonzero(samples), np.arange(2 * RATE_HZ, 2 * RATE_HZ + 12_000))
    assert set(samples[2 * RATE_HZ : 2 * RATE_HZ + 12_000]) == {7}


def test_several_legs_of_one_party_are_one_track():
    first = span(Party.AGENT, 0, 24_000, SECOND, leg="a")
    second = span(Party.AGENT, 0, 24_000, 3 * SECOND, leg="b")
    samples = render(with_agent(first, second), "agent", source(a=3, b=5))
    assert samples[RATE_HZ] == 3
    assert samples[3 * RATE_HZ] == 5
    assert np.count_nonzero(samples) == 24_000


def test_what_overlaps_between_legs_is_added_within_sixteen_bits():
    legs = [span(Party.AGENT, 0, 24_000, SECOND, leg=leg) for leg in "ab"]
    assert render(with_agent(*legs), "agent", source(a=3, b=5))[RATE_HZ] == 8
    assert render(with_agent(*legs), "agent", source(a=30_000, b=30_000))[RATE_HZ] == 32_767
    low = np.array([-30_000, 5], np.int16)
    assert sum_of((low, low)).tolist() == [-32_768, 10]


def test_spans_of_a_leg_are_read_in_the_order_of_its_bytes():
    later = span(Party.AGENT, 24_000, 24_000, 4 * SECOND)
    sooner = span(Party.AGENT, 0, 24_000, SECOND)
    samples = render(with_agent(later, sooner), "agent", source(**{"leg-1": 7}))
    assert (samples[RATE_HZ], samples[4 * RATE_HZ], np.count_nonzero(samples)) == (7, 7, 24_000)


def test_agent_sent_is_all_that_was_generated_and_may_be_longer_than_the_call():
    heard, sent = (render(CALL, name, source(**{"leg-1": 7})) for name in ("agent", "agent-sent"))
    assert (np.count_nonzero(heard), np.count_nonzero(sent)) == (12_000, 48_000)
    long = replace(CALL, ended_ns=3 * SECOND)
    assert (length_ns(long, "agent"), length_ns(long, "agent-sent")) == (3 * SECOND, 4 * SECOND)
    assert len(render(long, "agent-sent", source(**{"leg-1": 7}))) == 4 * RATE_HZ


def test_a_running_call_is_as_long_as_its_last_sound():
    running = replace(CALL, ended_ns=None)
    assert length_ns(running, "caller") == length_ns(running, "agent") == 2_500_000_000


def test_a_track_can_begin_anywhere():
    whole = render(CALL, "agent", source(**{"leg-1": 7}))
    for start in (0, 1, 50_000, 239_999):
        assert np.array_equal(render(CALL, "agent", source(**{"leg-1": 7}), start_frame=start), whole[start:])


def test_a_party_that_made_no_sound_is_silent_for_the_whole_call():
    silent = replace(CALL, tracks={}, sent={})
    for name in ("caller", "agent", "agent-sent"):
        samples = render(silent, name, source())
        assert (len(samples), samples.any()) == (10 * RATE_HZ, False)
        assert track_named(silent, name).spans == ()


def test_only_known_tracks_have_names():
    for name in ("stereo", "bot", ""):
        with pytest.raises(NotFound) as refused:
            track_named(CALL, name)
        assert "agent-sent" in refused.value.hint
    assert PCM.bytes_per_frame == 2
