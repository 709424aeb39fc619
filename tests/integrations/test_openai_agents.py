"""A session of the Agents SDK, attached, against the simulator, with no tap between them."""

import asyncio
import json

import numpy as np
import pytest
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner
from agents.realtime.model_inputs import RealtimeModelSendRawMessage

import earwitness
from earwitness.model.conversation import Status
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.openai_server import OpenAIServer

RESULT = '{"order": 4711}'
ORDERED = [
    ("assistant", line("greeting").text),
    ("user", line("order").text),
    ("assistant", line("one_moment").text),
    ("assistant", line("price").text),
]
SCRIPT = "/v1/realtime?model=gpt-realtime&sim_scenario=order&sim_speed=20"
ORDER = np.concatenate([spoken("order", 24_000), np.zeros(24_000, np.int16)]).tobytes()


@function_tool
def place_order(item: str, size: str, quantity: int) -> str:
    """Places an order."""
    return RESULT


async def session_at(server):
    agent = RealtimeAgent(name="Pizza", instructions="Take orders.", tools=[place_order])
    config = {"url": server.url + SCRIPT, "api_key": "sk-any"}
    return await RealtimeRunner(agent).run(model_config=config)


async def order(session):
    await session.model.send_event(RealtimeModelSendRawMessage(message={"type": "response.create"}))
    ended = 0
    async with asyncio.timeout(20):
        async for event in session:
            ended += event.type == "agent_end"
            if event.type == "agent_end" and ended == 1:
                await session.send_audio(ORDER)
            if ended == 3:
                return


def recorded_in(folder):
    library = earwitness.open_library(folder)
    [recorded] = library.conversations()
    return recorded


@pytest.mark.parametrize("when", ["before", "after"])
async def test_an_order_is_recorded_word_for_word(tmp_path, when):
    async with OpenAIServer() as server:
        session = await session_at(server)
        if when == "before":
            leg = earwitness.attach(session, data_dir=tmp_path)
        async with session:
            if when == "after":
                leg = earwitness.attach(session, data_dir=tmp_path)
            await order(session)
    leg.close()
    recorded = recorded_in(tmp_path)
    assert [(row.role, row.text) for row in recorded.messages()] == ORDERED
    [call] = recorded.tool_calls()
    assert (call.name, json.loads(call.arguments)["size"], call.result) == ("place_order", "large", RESULT)
    assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
    assert any(block.any() for block in recorded.audio("caller").blocks())
    assert any(block.any() for block in recorded.audio("agent-sent").blocks())
    assert [each.provider_ids.get("session_id") is not None for each in recorded.conversation.legs] == [True]
