"""The playout queue and the ear behind it, on a clock that the test moves."""

import asyncio

import numpy as np
import pytest

from earwitness.clock import NS_PER_MS, ManualClock
from earwitness.simulator.pace import Pace
from earwitness.simulator.phone import Phone


class Rig:
    """A phone of 1,000 samples a second: one sample is one millisecond, numbered from 1."""

    def __init__(self):
        self.clock = ManualClock()
        self.pace = Pace(clock=self.clock)
        self.phone = Phone(self.pace, 1_000)
        self.back = []

    def wait(self, ms):
        self.clock.advance(ms * NS_PER_MS)

    def ear(self):
        return [(start_ms, samples.tolist()) for start_ms, samples in self.phone.ear()]

    async def echo(self):
        async for name in self.phone.marks():
            self.back.append((name, self.pace.now_ms()))


@pytest.fixture
def rig():
    return Rig()


def sound(count, first=1):
    return np.arange(first, first + count, dtype=np.int16)


async def settle():
    """Lets every task that can go on go on."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_sound_plays_from_its_arrival_and_queues_behind_what_plays(rig):
    rig.wait(10)
    rig.phone.play(sound(3))
    rig.phone.play(sound(2, first=4))
    rig.wait(100)
    rig.phone.play(sound(1, first=9))
    assert rig.ear() == [(10, [1, 2, 3]), (13, [4, 5]), (110, [9])]


async def test_a_cut_drops_exactly_what_was_not_yet_heard(rig):
    rig.phone.play(sound(10), "a")
    rig.phone.play(sound(10), "b")
    rig.wait(4)
    rig.phone.cut()
    rig.wait(50)
    rig.phone.play(sound(2), "c")
    assert rig.ear() == [(0, [1, 2, 3, 4]), (54, [1, 2])]
    assert (rig.phone.heard_ms("a"), rig.phone.heard_ms("b")) == (4, 0)


async def test_heard_grows_as_time_goes_by(rig):
    rig.phone.play(sound(10), "a")
    rig.phone.play(sound(10), "b")
    rig.wait(12)
    assert (rig.phone.heard_ms("a"), rig.phone.heard_ms("b")) == (10, 2)
    assert rig.phone.begun() == [("a", 0), ("b", 10)]


async def test_sound_without_a_name_gets_it_from_the_mark_behind_it(rig):
    rig.phone.play(sound(1))
    rig.phone.name("a")
    rig.phone.play(sound(1))
    rig.phone.play(sound(1))
    rig.phone.name("b")
    assert [piece.item for piece in rig.phone.pieces] == ["a", "b", "b"]


async def test_a_mark_comes_back_when_its_sound_is_played_and_not_before():
    pace = Pace()
    phone = Phone(pace, 1_000)
    phone.play(sound(60))
    phone.mark("first")
    phone.play(sound(60))
    phone.mark("second")
    back = []
    async for name in phone.marks():
        back.append((name, pace.now_ms() - phone.pieces[0].start_ms))
        if name == "second":
            break
    assert [name for name, _ in back] == ["first", "second"]
    assert back[0][1] >= 60
    assert back[1][1] >= 120
    assert back[1][1] < 200


async def test_a_cut_sends_every_waiting_mark_back_at_once(rig):
    echo = asyncio.create_task(rig.echo())
    rig.phone.play(sound(5_000))
    for name in ("one", "two", "three"):
        rig.phone.mark(name)
    rig.wait(7)
    await settle()
    assert rig.back == []
    rig.phone.cut()
    await settle()
    assert rig.back == [("one", 7), ("two", 7), ("three", 7)]
    echo.cancel()


async def test_a_mark_on_a_quiet_line_comes_back_at_once(rig):
    echo = asyncio.create_task(rig.echo())
    rig.wait(3)
    rig.phone.mark("now")
    await settle()
    assert rig.back == [("now", 3)]
    echo.cancel()
