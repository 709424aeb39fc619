"""The application on EVI: what it sends, plays, cuts, and takes up again."""

import asyncio
import json
import wave
from base64 import b64decode, b64encode
from io import BytesIO

import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.simulator.hume_caller import HumeCaller
from earwitness.simulator.hume_server import PATH, HumeServer
from earwitness.simulator.lines import spoken
from earwitness.simulator.prosody import scores
from earwitness.simulator.scenarios import Cue, Reply, Scenario, Tool, scenario

TOOL = Tool(name="place_order", arguments={}, result={"order": 4711})


def wav(ms, rate_hz=48_000):
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(spoken("greeting", rate_hz)[: ms * rate_hz // 1000].astype("<i2").tobytes())
    return b64encode(buffer.getvalue()).decode()


class Assistant:
    """Does what the test's script says on each socket; takes down what comes."""

    def __init__(self, script):
        self.frames, self.changed, self._script = [], asyncio.Condition(), script
        self.request = None

    async def __call__(self, socket):
        self._socket, self.request = socket, socket.request
        script = asyncio.create_task(self._script(self))
        try:
            async for frame in socket:
                async with self.changed:
                    self.frames.append(json.loads(frame))
                    self.changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            script.cancel()

    async def tell(self, kind, **fields):
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def speak(self, message, ms):
        await self.tell("assistant_message", id=message, message={"role": "assistant", "content": "Hello"})
        await self.tell("audio_output", id=message, index=0, data=wav(ms))

    async def until(self, kind):
        async with self.changed:
            await self.changed.wait_for(lambda: any(each["type"] == kind for each in self.frames))
        return next(each for each in self.frames if each["type"] == kind)


async def play(script, scenario, speed=10.0):
    assistant = Assistant(script)
    async with serve(assistant, "127.0.0.1", 0) as server, asyncio.timeout(10):
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}?a=b"
        truth = await HumeCaller(url, scenario, call="c", speed=speed, api_key="hume-1").run()
    return assistant, truth


def listens(items=1, **more):
    return Scenario(name="", summary="", **{"end": Cue(items=items, after_ms=50), **more})


async def test_the_client_tells_its_format_shows_its_key_and_sends_20_ms_at_a_time():
    async def greets(assistant):
        await assistant.speak("m1", 300)

    assistant, _ = await play(greets, listens())
    assert assistant.frames[0]["type"] == "session_settings"
    assert assistant.frames[0]["audio"] == {"encoding": "linear16", "sample_rate": 48_000, "channels": 1}
    assert assistant.request.headers["X-Hume-Api-Key"] == "hume-1"
    sound = [each for each in assistant.frames if each["type"] == "audio_input"]
    assert {len(b64decode(each["data"])) for each in sound} == {1920}


async def test_all_messages_of_a_turn_are_one_answer():
    async def speaks(assistant):
        await assistant.speak("m1", 200)
        await assistant.speak("m2", 300)
        await assistant.tell("assistant_end")
        await assistant.speak("m3", 400)

    _, truth = await play(speaks, listens(2))
    assert [(each.item, each.heard_ms) for each in truth.heard] == [("m1", 500), ("m3", 400)]


async def test_an_interruption_cuts_the_ear():
    async def interrupts(assistant):
        await assistant.speak("m1", 3000)
        await asyncio.sleep(0.1)
        await assistant.tell("user_interruption", time=1)
        await assistant.speak("m2", 400)

    _, truth = await play(interrupts, listens(2))
    cut, last = truth.heard
    assert cut.heard_ms == pytest.approx(1000, abs=300)
    assert (last.item, last.heard_ms) == ("m2", 400)


async def test_a_function_is_run_and_its_result_sent_back():
    async def calls(assistant):
        await assistant.tell(
            "tool_call", tool_call_id="t1", name="place_order", parameters='{"size":"large"}'
        )
        await assistant.until("tool_response")
        await assistant.speak("m1", 200)

    assistant, truth = await play(calls, listens(replies=(Reply(tool=TOOL),)))
    answer = await assistant.until("tool_response")
    assert (answer["tool_call_id"], json.loads(answer["content"])) == ("t1", {"order": 4711})
    assert truth.tool_calls[0].arguments == {"size": "large"}


async def test_a_broken_socket_is_replaced_by_one_of_the_same_chat_group():
    async with HumeServer() as server:
        url = f"{server.url}{PATH}?sim_scenario=resume&sim_speed=10"
        truth = await HumeCaller(url, scenario("resume"), call="c", speed=10.0).run()
    assert (truth.ended, truth.redialled) == ("closed", 1)
    assert [each.line for each in truth.heard] == ["greeting", "on_its_way", "goodbye"]


async def test_the_truth_tells_what_each_line_sounded_like():
    async with HumeServer() as server:
        url = f"{server.url}{PATH}?sim_scenario=emotion&sim_speed=12"
        truth = await HumeCaller(url, scenario("emotion"), call="c", speed=12.0).run()
    script = scenario("emotion")
    assert [each.emotions for each in truth.said] == [scores(turn.says, turn.feels) for turn in script.turns]
    assert [each.emotions["Joy"] for each in truth.heard][-1] == 0.51
    assert all(len(each.emotions) == 48 for each in truth.heard)
