"""Peaks as bars: nothing that is loud is hidden, whatever the width."""

import pytest

from earwitness.tui.levels import BARS, bars


@pytest.mark.parametrize("columns", [1, 3, 10, 40])
def test_the_loudest_point_is_the_highest_bar_at_every_width(columns):
    line = bars([0, 0, 128, 0, 0, 0, 0, 0, 0, 0], columns)
    assert len(line) == columns
    assert line.strip() == BARS[-1] * len(line.strip())
    assert line.strip()


def test_silence_is_blank_and_the_softest_sound_is_not():
    assert bars([0, 1], 2) == " ▁"
    assert bars([], 4) == "    "
