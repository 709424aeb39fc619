"""The call's own clock."""

import asyncio

import pytest

from earwitness.clock import NS_PER_MS, NS_PER_S, ManualClock
from earwitness.simulator.pace import Pace


def test_time_runs_as_many_times_as_fast_as_asked():
    clock = ManualClock()
    pace = Pace(4.0, clock=clock)
    clock.advance(250 * NS_PER_MS)
    assert pace.now_ms() == 1000
    assert pace.wait_s(1400) == pytest.approx(0.1)


def test_a_moment_of_the_call_has_its_wall_time():
    clock = ManualClock(wall_ns=100 * NS_PER_S)
    assert Pace(2.0, clock=clock).wall_ns(3000) == 101.5 * NS_PER_S


async def test_a_moment_that_is_over_still_lets_others_go_first():
    pace, order = Pace(clock=ManualClock()), []

    async def other():
        order.append("other")

    task = asyncio.create_task(other())
    await pace.until(-5)
    order.append("me")
    await task
    assert order == ["other", "me"]
