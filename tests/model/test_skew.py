"""Two clocks: how far apart they are and how fast they part, through a network that only delays."""

import random
from collections.abc import Iterable

import pytest

from earwitness.model.skew import MediaClock, Pace

MS, S = 1_000_000, 1_000_000_000


def a_clock(seconds, *, ppm=0.0, jitter_ms=0.0, offset_ms=500):
    """Packets of 20 ms, by a clock that is fast by `ppm`."""
    clock, chance = MediaClock(), random.Random(4)
    for number in range(seconds * 50):
        media_ns = (number + 1) * 20 * MS
        truth_ns = media_ns / (1 + ppm * 1e-6) + offset_ms * MS
        clock.observe(round(truth_ns + chance.random() * jitter_ms * MS), media_ns)
    return clock


def test_the_least_delay_is_taken_for_none() -> None:
    clock = a_clock(300, jitter_ms=80)
    assert clock.to_recorder(100 * S) == pytest.approx(100 * S + 500 * MS, abs=MS)
    assert clock.to_media(clock.to_recorder(100 * S)) == 100 * S
    assert clock.drift_ppm == 0


@pytest.mark.parametrize("ppm", [200, -200, 50, 900])
@pytest.mark.parametrize("jitter_ms", [0, 100])
def test_a_clock_that_drifts_is_followed_over_the_whole_call(ppm, jitter_ms) -> None:
    clock = a_clock(3600, ppm=ppm, jitter_ms=jitter_ms)
    assert clock.drift_ppm == pytest.approx(ppm, abs=2)
    for media_s in (0, 900, 1800, 3599):
        truth_ns = media_s * S / (1 + ppm * 1e-6) + 500 * MS
        assert clock.to_recorder(media_s * S) == pytest.approx(truth_ns, abs=10 * MS)
        assert clock.to_media(round(truth_ns)) == pytest.approx(media_s * S, abs=10 * MS)


def test_a_short_call_and_a_small_drift_are_left_alone() -> None:
    assert a_clock(50, ppm=900).drift_ppm == 0
    assert a_clock(600, ppm=10).drift_ppm == 0


def test_what_is_no_crystal_is_no_drift() -> None:
    assert a_clock(600, ppm=50_000).drift_ppm == 0


def test_every_change_is_told_by_the_version() -> None:
    clock = MediaClock()
    clock.observe(10 * MS, 0)
    before = clock.version
    clock.observe(30 * MS, 5 * MS)  # later than the least: nothing new
    assert clock.version == before
    clock.observe(8 * MS, 4 * MS)
    assert clock.version > before
    assert clock.to_recorder(0) == 4 * MS


def a_pace(sent_s: Iterable[float], *, sound_ms: float = 20) -> float | None:
    """Of chunks of that much sound by their stated rate, sent at these moments."""
    pace = Pace()
    for number, at_s in enumerate(sent_s, 1):
        pace.observe(round(at_s * S), round(number * sound_ms * MS))
    return pace.times


@pytest.mark.parametrize("sound_ms", [10, 15, 40])
def test_sound_that_always_comes_at_another_pace_than_its_rate_says_has_that_pace(sound_ms: float) -> None:
    chance = random.Random(1)
    sent_s = (number / 50 + chance.random() * 0.2 for number in range(1, 1500))
    assert a_pace(sent_s, sound_ms=sound_ms) == pytest.approx(sound_ms / 20, rel=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_a_sender_that_lacks_the_time_to_send_is_late_and_has_no_pace(seed: int) -> None:
    """In all it sends three quarters, and catches up as fast as it can whenever it may run."""
    chance, now_s, sent_s = random.Random(seed), 0.0, []
    while now_s < 60:
        now_s += chance.expovariate(1.0)  # others have the processor
        due = int(now_s * 0.75 * 50) - len(sent_s)
        sent_s += [now_s + number * 0.001 for number in range(due)]
    assert a_pace(sent_s) is None


def test_a_pace_is_told_of_runs_that_last() -> None:
    assert a_pace(number / 25 for number in range(1, 400)) is None  # 16 s
