"""Cues, patience, and the race of a call's tasks."""

import asyncio

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.simulator.caller import Unanswered, act, race, vanish
from earwitness.simulator.mouth import Mouth
from earwitness.simulator.pace import Pace
from earwitness.simulator.phone import Phone
from earwitness.simulator.scenarios import Cue, Scenario, Turn

RATE_HZ = 8_000


def sound(ms):
    return np.ones(ms * RATE_HZ // 1000, np.int16)


async def no_keys(digit):
    raise AssertionError(digit)


async def play(script, phone, pace, press=no_keys):
    """The moments at which each line began, and when the script was through."""
    mouth = Mouth(pace, RATE_HZ)

    async def speak():
        async for _ in mouth.frames():
            pass

    await race(act(script, pace, mouth, phone, press), speak())
    return [each.start_ms for each in mouth.utterances], pace.now_ms()


async def test_a_quiet_cue_waits_for_the_end_of_the_answer_and_then_some():
    pace = Pace(10.0)
    phone = Phone(pace, RATE_HZ)
    phone.play(sound(1000), "a")
    turn = Turn(cue=Cue(items=1, after_ms=300), says="bye")
    [start_ms], _ = await play(Scenario(name="", summary="", turns=(turn,)), phone, pace)
    assert start_ms >= phone.end_ms + 300


async def test_a_hearing_cue_cuts_into_the_answer_even_when_it_waits_behind_another():
    pace = Pace(10.0)
    phone = Phone(pace, RATE_HZ)
    phone.play(sound(1000), "a")
    phone.play(sound(4000), "b")
    turn = Turn(cue=Cue(items=2, after_ms=500, how="hearing"), says="bye")
    [start_ms], _ = await play(Scenario(name="", summary="", turns=(turn,)), phone, pace)
    begins_ms = phone.pieces[1].start_ms
    assert begins_ms + 500 <= start_ms < begins_ms + 4000


async def test_keys_are_pressed_after_the_words():
    pace, pressed = Pace(10.0), []

    async def press(digit):
        pressed.append((digit, pace.now_ms()))

    phone = Phone(pace, RATE_HZ)
    turn = Turn(cue=Cue(items=0, after_ms=0), says="bye", digits="42")
    [start_ms], _ = await play(Scenario(name="", summary="", turns=(turn,)), phone, pace, press)
    assert [digit for digit, _ in pressed] == ["4", "2"]
    assert pressed[0][1] >= start_ms + 1400


async def test_a_caller_who_hears_nothing_gives_up():
    pace = Pace(200.0)
    with pytest.raises(Unanswered, match="answer 1"):
        await play(Scenario(name="", summary="", end=Cue(items=1, after_ms=0)), Phone(pace, RATE_HZ), pace)


async def test_the_first_to_return_ends_the_race_and_the_others_are_stopped():
    stopped = []

    async def slow():
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append("slow")

    async def quick():
        await asyncio.sleep(0)

    await race(slow(), quick())
    assert stopped == ["slow"]


async def test_the_first_to_fail_fails_the_race():
    async def fails():
        raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        await race(asyncio.Event().wait(), fails())


async def test_a_line_that_vanishes_takes_its_sound_with_it_and_says_nothing():
    farewell = asyncio.get_running_loop().create_future()

    async def answer(socket):
        try:
            await socket.recv()
        except ConnectionClosed as closed:
            farewell.set_result(closed.rcvd)

    phone = Phone(Pace(), RATE_HZ)
    phone.play(sound(60_000))
    async with serve(answer, "127.0.0.1", 0) as server:
        [(host, port)] = [each.getsockname() for each in server.sockets]
        socket = await connect(f"ws://{host}:{port}")
        await vanish(socket, phone)
        assert socket.close_code == 1006  # gone before this side goes on
        assert await farewell is None
    assert sum(len(samples) for _, samples in phone.ear()) < 60 * RATE_HZ
