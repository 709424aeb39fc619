"""The application with a microphone, against the fake voice AI."""

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from earwitness.simulator.openai_caller import OpenAICaller
from earwitness.simulator.openai_server import OpenAIServer
from earwitness.simulator.scenarios import scenario


async def call(name, speed=6.0):
    """Plays the scenario; gives the truth, the client's frames, and its close code at the other side."""
    frames, ends = [], []

    async with OpenAIServer() as upstream:

        async def relay(client):
            async with connect(upstream.url + client.request.path) as server:

                async def back():
                    async for frame in server:
                        await client.send(frame)

                async with asyncio.timeout(30):
                    task = asyncio.create_task(back())
                    try:
                        while True:
                            frames.append(json.loads(frame := await client.recv()))
                            await server.send(frame)
                    finally:
                        ends.append(client.close_code)
                        task.cancel()

        async with serve(relay, "127.0.0.1", 0) as between:
            port = between.sockets[0].getsockname()[1]
            path = f"/v1/realtime?sim_scenario={name}&sim_speed={speed}"
            caller = OpenAICaller(f"ws://127.0.0.1:{port}{path}", scenario(name), call="c", speed=speed)
            truth = await caller.run()
    return truth, frames, ends


async def test_what_the_application_claims_is_what_the_ear_got():
    truth, frames, _ = await call("barge_in")
    claimed = [frame for frame in frames if frame["type"] == "conversation.item.truncate"]
    heard = {each.item: each.heard_ms for each in truth.heard}
    assert len(claimed) == 2
    for each in claimed:
        assert each["audio_end_ms"] == pytest.approx(heard[each["item_id"]], abs=2)


async def test_the_function_is_run_once_and_its_result_sent_back():
    truth, frames, ends = await call("order", speed=12.0)
    [used] = truth.tool_calls
    results = [frame["item"] for frame in frames if frame["type"] == "conversation.item.create"]
    assert [json.loads(each["output"]) for each in results] == [used.result]
    assert results[0]["call_id"] == used.call
    assert truth.zero_wall_ns < used.at_wall_ns < truth.zero_wall_ns + truth.duration_ms * 1e6
    assert ends == [1000]


async def test_a_call_that_dies_leaves_no_close_frame():
    truth, _, ends = await call("dies", speed=12.0)
    assert truth.ended == "died"
    assert ends == [1006]


async def test_a_voice_ai_that_leaves_early_is_told_as_lost():
    async def leaves(socket):
        await socket.recv()
        await socket.close(1011)

    async with serve(leaves, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        caller = OpenAICaller(f"ws://127.0.0.1:{port}/", scenario("order"), call="c")
        truth = await caller.run()
    assert truth.ended == "lost"
    assert truth.heard == []
