"""The caller's side that all protocols share: dial, talk, take up again, hang up."""

import asyncio
import json

import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.call import Call
from earwitness.simulator.lines import spoken
from earwitness.simulator.scenarios import Cue, Scenario, Turn


class Plain(Call):
    """The plainest of wires."""

    provider, encoding, rate_hz = "plain", "mulaw", 8_000

    async def begin(self):
        await self.send({"hello": self.call})

    async def resume(self):
        await self.send({"again": self.call})

    async def speak(self):
        async for frame in self.mouth.frames():
            await self.send({"sound": encode("mulaw", frame.samples).hex()})

    async def take(self, message):
        if "sound" in message:
            self.phone.play(decode("mulaw", bytes.fromhex(message["sound"])), message["item"])
        if message.get("left"):
            self.leave(message["left"])

    async def finish(self):
        await self.send({"bye": self.call})

    async def press(self, digit):
        self.truth.digits += digit

    def resumed_url(self):
        return f"{self.url}?again"


class Other:
    """Greets each socket with 500 ms of sound; takes down what each says."""

    def __init__(self, then=None):
        self.sockets, self.ends, self._then = [], [], then
        self.paths = []

    async def __call__(self, socket):
        frames = []
        self.sockets.append(frames)
        self.paths.append(socket.request.path)
        sound = encode("mulaw", spoken("greeting", 8_000)[:4000]).hex()
        await socket.send(json.dumps({"sound": sound, "item": str(len(self.sockets))}))
        if self._then:
            await self._then(socket)
        try:
            async for frame in socket:
                frames.append(json.loads(frame))
        except ConnectionClosed:
            pass
        self.ends.append(socket.close_code)


async def play(other, scenario, speed=10.0):
    async with serve(other, "127.0.0.1", 0) as server, asyncio.timeout(10):
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        return await Plain(url, scenario, call="c", speed=speed).run()


def listens(**more):
    return Scenario(name="listens", summary="", **{"end": Cue(items=1, after_ms=50), **more})


async def test_a_call_begins_speaks_and_says_goodbye():
    other = Other()
    turn = Turn(cue=Cue(items=1, after_ms=50), says="bye", digits="12")
    truth = await play(other, listens(turns=(turn,)))
    [frames] = other.sockets
    assert frames[0] == {"hello": "c"}
    assert frames[-1] == {"bye": "c"}
    assert {len(each["sound"]) for each in frames[1:-1]} == {320}
    assert other.ends == [1000]
    assert (truth.ended, truth.digits, truth.provider) == ("closed", "12", "plain")
    assert [each.line for each in truth.said] == ["bye"]
    assert truth.heard[0].heard_ms == 500


async def test_a_socket_that_breaks_is_replaced_and_the_call_goes_on():
    other = Other()
    turns = (
        Turn(cue=Cue(items=1, after_ms=50), redials=True, lose_ms=400),
        Turn(cue=Cue(items=2, after_ms=50), says="bye"),
    )
    truth = await play(other, listens(turns=turns, end=Cue(items=2, after_ms=50)))
    first, second = other.sockets
    assert other.ends == [1006, 1000]
    assert other.paths == ["/", "/?again"]
    assert first[0] == {"hello": "c"}
    assert {"again": "c"} in second  # while the mouth goes on
    assert second[-1] == {"bye": "c"}
    assert (truth.ended, truth.redialled) == ("closed", 1)
    assert [each.item for each in truth.heard] == ["1", "2"]
    [(lost_ms, until_ms)] = truth.holes
    assert until_ms - lost_ms == 400


async def test_the_other_side_may_end_the_call():
    async def leaves(socket):
        await socket.send(json.dumps({"left": "hung_up"}))

    truth = await play(Other(leaves), listens(end=Cue(items=1, after_ms=9000), ends="hung_up"))
    assert truth.ended == "hung_up"


@pytest.mark.parametrize(("code", "ends", "ended"), [(1000, "hung_up", "hung_up"), (1011, "hung_up", "lost")])
async def test_a_close_is_a_hang_up_only_in_order(code, ends, ended):
    async def leaves(socket):
        await socket.close(code)

    truth = await play(Other(leaves), listens(end=Cue(items=2, after_ms=0), ends=ends))
    assert truth.ended == ended


async def test_a_call_that_dies_says_no_goodbye():
    other = Other()
    truth = await play(other, listens(ends="died", end=Cue(items=1, after_ms=100, how="hearing")))
    assert truth.ended == "died"
    assert "bye" not in other.sockets[0][-1]
    assert other.ends == [1006]
    assert truth.heard[0].heard_ms < 500


async def test_a_function_that_nobody_has_is_answered_as_unknown():
    call = Plain("ws://127.0.0.1:9/", listens(), call="c", speed=100.0)
    assert await call.use("t1", "fly", {}) == {"error": "unknown function"}
    assert [each.name for each in call.truth.tool_calls] == ["fly"]


async def test_nobody_at_the_address_is_an_error():
    with pytest.raises(OSError, match="9"):
        await Plain("ws://127.0.0.1:9/", listens(), call="c").run()
