"""The application on ElevenLabs, against an agent that does as the test says."""

import asyncio
import json
from base64 import b64encode

import numpy as np
import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.audio.codecs import encode
from earwitness.simulator.elevenlabs_caller import ElevenLabsCaller
from earwitness.simulator.lines import spoken
from earwitness.simulator.scenarios import Cue, Reply, Scenario, Tool, Turn

TOOL = Tool(name="place_order", arguments={}, result={"order": 4711})


class Agent:
    """Takes everything down; `tell` sends."""

    def __init__(self, script):
        self.frames, self.changed, self._script = [], asyncio.Condition(), script
        self.headers = {}

    async def __call__(self, socket):
        self.socket, self.headers = socket, socket.request.headers
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

    async def tell(self, kind, within, **fields):
        await self.socket.send(json.dumps({"type": kind, within: fields}))

    async def sound(self, event, ms, line="greeting"):
        audio = b64encode(encode("pcm_s16le", spoken(line, 16_000)[: ms * 16])).decode()
        await self.tell("audio", "audio_event", audio_base_64=audio, event_id=event)

    async def until(self, kind):
        async with self.changed:
            await self.changed.wait_for(lambda: any(each.get("type") == kind for each in self.frames))
        return next(each for each in self.frames if each.get("type") == kind)


async def play(script, scenario, speed=10.0):
    agent = Agent(script)
    async with serve(agent, "127.0.0.1", 0) as server, asyncio.timeout(10):
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        truth = await ElevenLabsCaller(url, scenario, call="c", speed=speed, api_key="xi-1").run()
    return agent, truth


def listens(after_ms, how="quiet", tool=None, **more):
    replies = (Reply(tool=tool),) if tool else ()
    return Scenario(
        name="", summary="", end=Cue(items=1, after_ms=after_ms, how=how), replies=replies, **more
    )


async def test_the_client_introduces_itself_shows_its_key_and_sends_20_ms_of_sound_at_a_time():
    async def greets(agent):
        await agent.sound(1, 400)

    agent, truth = await play(greets, listens(100))
    assert agent.frames[0]["type"] == "conversation_initiation_client_data"
    assert agent.headers["xi-api-key"] == "xi-1"
    chunks = [each["user_audio_chunk"] for each in agent.frames if "user_audio_chunk" in each]
    assert {len(chunk) * 3 // 4 - chunk.count("=") for chunk in chunks} == {640}
    assert truth.ended == "closed"
    assert truth.heard[0].heard_ms == 400


async def test_a_ping_is_answered_with_its_number():
    async def pings(agent):
        await agent.tell("ping", "ping_event", event_id=77, ping_ms=None)
        await agent.until("pong")
        await agent.sound(78, 200)

    agent, _ = await play(pings, listens(50))
    assert [each for each in agent.frames if each.get("type") == "pong"] == [{"type": "pong", "event_id": 77}]


async def test_an_interruption_cuts_the_ear_and_voids_what_comes_late():
    async def interrupts(agent):
        await agent.sound(3, 3000)
        await asyncio.sleep(0.1)
        await agent.tell("interruption", "interruption_event", event_id=3)
        await agent.sound(3, 1000)
        await agent.sound(4, 500, "goodbye")

    _, truth = await play(interrupts, listens(900))
    voided, last = truth.heard
    assert (voided.item, voided.sent_ms) == ("3", 3000)
    assert voided.heard_ms == pytest.approx(1000, abs=300)
    assert (last.item, last.heard_ms) == ("4", 500)
    assert np.count_nonzero(truth.ear)


async def test_a_client_tool_is_run_and_its_result_sent_back():
    async def calls(agent):
        asked = {"tool_name": "place_order", "tool_call_id": "t1", "parameters": {"size": "large"}}
        await agent.tell("client_tool_call", "client_tool_call", **asked)
        await agent.until("client_tool_result")
        await agent.sound(2, 200)

    agent, truth = await play(calls, listens(50, tool=TOOL))
    answer = await agent.until("client_tool_result")
    assert answer == {
        "type": "client_tool_result",
        "tool_call_id": "t1",
        "result": {"order": 4711},
        "is_error": False,
    }
    [used] = truth.tool_calls
    assert (used.call, used.arguments, used.result) == ("t1", {"size": "large"}, {"order": 4711})


async def test_a_tool_of_the_agents_own_is_taken_down_without_a_result():
    async def uses(agent):
        used = {"tool_name": "end_call", "tool_call_id": "t2", "tool_type": "system"}
        await agent.tell("agent_tool_response", "agent_tool_response", **used)
        await agent.sound(1, 200)

    _, truth = await play(uses, listens(50))
    assert [(each.call, each.name, each.result) for each in truth.tool_calls] == [("t2", "end_call", {})]


async def test_an_agent_that_leaves_in_order_hung_up_only_where_the_script_says_so():
    async def leaves(agent):
        await agent.sound(1, 100)
        await agent.socket.close(1000)

    turn = Turn(cue=Cue(items=2, after_ms=0), says="bye")
    _, truth = await play(leaves, listens(0, turns=(turn,), ends="hung_up"))
    assert truth.ended == "hung_up"
    _, truth = await play(leaves, listens(0, turns=(turn,)))
    assert truth.ended == "lost"
