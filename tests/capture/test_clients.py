"""The providers' official clients, unmodified, through the tap to a tiny upstream."""

import asyncio
import json

import pytest
from agents.realtime import RealtimeAgent, RealtimeRunner
from openai import AsyncOpenAI, OpenAI

from earwitness.journal.record import Kind, Origin
from taps import opened, seen, stored_bytes, tapped, upstream

KEY = "sk-proj-PlantedPlanted0123456789"
SESSION = {"type": "realtime", "id": "sess_1", "object": "realtime.session", "model": "gpt-realtime"}


async def realtime(connection):
    """Just enough of the Realtime API for its clients to be content."""

    async def say(kind, **fields):
        await connection.send(json.dumps({"type": kind, "event_id": f"e_{kind}", **fields}))

    assert connection.request.headers["Authorization"] == f"Bearer {KEY}"
    await say("session.created", session=SESSION)
    async for message in connection:
        event = json.loads(message)
        if event["type"] == "session.update":
            await say("session.updated", session=SESSION)
        elif event["type"] == "conversation.item.create":
            item = {"id": "item_1", "object": "realtime.item", "status": "completed", **event["item"]}
            await say("conversation.item.added", item=item, previous_item_id=None)
            await say("conversation.item.done", item=item, previous_item_id=None)
        elif event["type"] == "response.create":
            response = {"id": "resp_1", "object": "realtime.response", "status": "completed", "output": []}
            await say("response.created", response={**response, "status": "in_progress"})
            await say("response.done", response=response)


def types(records, origin):
    return [json.loads(payload)["type"] for kind, payload in seen(records, origin) if kind is Kind.TEXT]


FROM_SERVER = ["session.created", "session.updated", "response.created", "response.done"]


@pytest.mark.parametrize("way", ["base_url", "websocket_base_url"])
async def test_openai_async(tmp_path, way):
    async with upstream(realtime) as (_, url), tapped(tmp_path, url) as rig:
        address = rig.url("/r/v1", "http" if way == "base_url" else "ws")
        client = AsyncOpenAI(api_key=KEY, **{way: address})
        async with client.realtime.connect(model="gpt-realtime") as connection:
            await connection.session.update(session={"type": "realtime"})
            await connection.response.create()
            got = []
            async for event in connection:
                got.append(event.type)
                if event.type == "response.done":
                    break
        await client.close()
        records = await rig.records()
    assert got == FROM_SERVER == types(records, Origin.SERVER)
    assert types(records, Origin.CLIENT) == ["session.update", "response.create"]
    assert opened(records).path == "/v1/realtime?model=gpt-realtime"
    assert b"PlantedPlanted" not in stored_bytes(tmp_path)


@pytest.mark.parametrize("way", ["base_url", "websocket_base_url"])
async def test_openai_sync(tmp_path, way):
    def talk(address):
        got = []
        with (
            OpenAI(api_key=KEY, **{way: address}) as client,
            client.realtime.connect(model="gpt-realtime") as connection,
        ):
            connection.session.update(session={"type": "realtime"})
            connection.response.create()
            for event in connection:
                got.append(event.type)
                if event.type == "response.done":
                    return got
        return got

    async with upstream(realtime) as (_, url), tapped(tmp_path, url) as rig:
        got = await asyncio.to_thread(talk, rig.url("/r/v1", "http" if way == "base_url" else "ws"))
        records = await rig.records()
    assert got == FROM_SERVER == types(records, Origin.SERVER)


async def test_openai_agents(tmp_path):
    async with upstream(realtime) as (_, url), tapped(tmp_path, url) as rig:
        config = {
            "url": rig.url("/r/v1/realtime?model=gpt-realtime&ew_conversation=agents-1"),
            "api_key": KEY,
        }
        session = await RealtimeRunner(RealtimeAgent(name="a", instructions="be brief")).run(
            model_config=config
        )
        got = []
        async with session:
            await session.send_message("hello")
            async with asyncio.timeout(10):
                async for event in session:
                    got.append(event.type)
                    if event.type == "agent_end":
                        break
        records = await rig.records()
    assert got[-1] == "agent_end"
    assert opened(records).links == ("conversation:agents-1",)
    assert "conversation.item.create" in types(records, Origin.CLIENT)
    assert types(records, Origin.SERVER)[-1] == "response.done"
    assert b"PlantedPlanted" not in stored_bytes(tmp_path)
