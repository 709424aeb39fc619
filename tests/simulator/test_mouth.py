"""Frames as the caller's mouth and the network make them."""

import numpy as np
import pytest

from earwitness.simulator.lines import spoken
from earwitness.simulator.mouth import FRAME_MS, Mouth
from earwitness.simulator.pace import Pace

RATE_HZ = 8_000


async def take(pace, mouth, count, before=None):
    """The first frames, each with the moment it came; `before(number)` is called as each one comes."""
    found = []
    async for frame in mouth.frames():
        found.append((frame, pace.now_ms()))
        if before:
            before(frame.number)
        if len(found) == count:
            return found
    return found


async def test_a_line_goes_out_whole_from_the_moment_it_is_said_to_start():
    pace = Pace(100.0)
    mouth = Mouth(pace, RATE_HZ)
    said = []

    def speak(number):
        if number == 4:
            said.append(mouth.say("bye"))

    frames = await take(pace, mouth, 100, speak)
    sound = np.concatenate([frame.samples for frame, _ in frames])
    start = round((said[0].start_ms - mouth.origin_ms) * RATE_HZ / 1000)
    line = spoken("bye", RATE_HZ)
    assert np.array_equal(sound[start : start + len(line)], line)
    assert not sound[:start].any()
    assert said[0].end_ms - said[0].start_ms == pytest.approx(1477, abs=1)


async def test_a_frame_comes_when_it_is_over_not_before():
    pace = Pace(2.0)
    mouth = Mouth(pace, RATE_HZ)
    frames = await take(pace, mouth, 10)
    assert all(at_ms >= mouth.origin_ms + (frame.number + 1) * FRAME_MS for frame, at_ms in frames)
    assert [frame.number for frame, _ in frames] == list(range(10))


async def test_a_hole_skips_numbers_and_is_written_down():
    pace = Pace(20.0)
    mouth = Mouth(pace, RATE_HZ)
    frames = await take(pace, mouth, 10, lambda number: mouth.lose(200) if number == 2 else None)
    assert [frame.number for frame, _ in frames] == [0, 1, 2, 3, *range(14, 20)]
    [(start_ms, end_ms)] = mouth.holes
    assert start_ms - mouth.origin_ms == pytest.approx(4 * FRAME_MS)
    assert end_ms - start_ms == pytest.approx(200)


async def test_a_stall_delays_frames_to_its_end_and_loses_none():
    pace = Pace(5.0)
    mouth = Mouth(pace, RATE_HZ)
    frames = await take(pace, mouth, 20, lambda number: mouth.hold(200) if number == 2 else None)
    assert [frame.number for frame, _ in frames] == list(range(20))
    held = [at_ms for frame, at_ms in frames if 4 <= frame.number < 14]
    assert min(held) >= mouth.origin_ms + 14 * FRAME_MS
