"""The `openai` library's realtime connections, attached, against the simulator, with no tap between them."""

import asyncio
import json
from base64 import b64encode

import numpy as np
from openai import AsyncOpenAI, OpenAI
from websockets.asyncio.server import serve

import earwitness
from earwitness.audio.codecs import encode
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.model.conversation import Status
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.openai_server import OpenAIServer
from taps import ended, opened

SESSION = {"type": "realtime", "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}}
SCRIPT = {"sim_scenario": "order", "sim_speed": "20"}
RESULT = '{"order": 4711}'
ORDERED = [
    ("assistant", line("greeting").text),
    ("user", line("order").text),
    ("assistant", line("one_moment").text),
    ("assistant", line("price").text),
]


def said(name):
    samples = np.concatenate([spoken(name, 24_000), np.zeros(24_000, np.int16)])
    return b64encode(encode("pcm_s16le", samples)).decode()


def answer_to(call):
    return {"type": "function_call_output", "call_id": call.call_id, "output": RESULT}


def order(connection):
    def until(kind):
        return next(event for event in connection if event.type == kind)

    connection.session.update(session=SESSION)
    connection.response.create()
    until("response.done")
    connection.input_audio_buffer.append(audio=said("order"))
    call = until("response.done").response.output[-1]
    connection.conversation.item.create(item=answer_to(call))
    until("conversation.item.done")
    connection.response.create()
    until("response.done")


async def order_async(connection):
    async def until(kind):
        async for event in connection:
            if event.type == kind:
                return event
        raise AssertionError(f"no {kind}")

    await connection.session.update(session=SESSION)
    await connection.response.create()
    await until("response.done")
    await connection.input_audio_buffer.append(audio=said("order"))
    call = (await until("response.done")).response.output[-1]
    await connection.conversation.item.create(item=answer_to(call))
    await until("conversation.item.done")
    await connection.response.create()
    await until("response.done")


def check_order(folder):
    [leg] = leg_folders(folder / "journal")
    records = list(read_leg(leg))
    assert opened(records).path.startswith("/v1/realtime?model=gpt-realtime")
    assert (ended(records).why, ended(records).by) == ("closed", "client")
    [recorded] = earwitness.open_library(folder).conversations()
    assert [(row.role, row.text) for row in recorded.messages()] == ORDERED
    [call] = recorded.tool_calls()
    assert (call.name, json.loads(call.arguments)["size"], call.result) == ("place_order", "large", RESULT)
    assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
    assert any(block.any() for block in recorded.audio("caller").blocks())
    assert any(block.any() for block in recorded.audio("agent-sent").blocks())


async def test_an_order_by_the_async_client_is_recorded_word_for_word(tmp_path):
    async with OpenAIServer() as server:
        client = AsyncOpenAI(api_key="sk-any", websocket_base_url=server.url + "/v1")
        async with client.realtime.connect(model="gpt-realtime", extra_query=SCRIPT) as connection:
            leg = earwitness.attach(connection, data_dir=tmp_path)
            await order_async(connection)
        leg.close()
    check_order(tmp_path)


async def test_an_order_by_the_sync_client_is_recorded_word_for_word(tmp_path):
    def talk(url):
        client = OpenAI(api_key="sk-any", websocket_base_url=url + "/v1")
        with client.realtime.connect(model="gpt-realtime", extra_query=SCRIPT) as connection:
            leg = earwitness.attach(connection, data_dir=tmp_path)
            order(connection)
        leg.close()

    async with OpenAIServer() as server:
        await asyncio.to_thread(talk, server.url)
    check_order(tmp_path)


async def test_a_connection_the_library_dials_anew_is_recorded_as_another_leg(tmp_path):
    async def serve_twice(connection):
        is_first = not dialled
        dialled.append(connection)
        session = {"type": "realtime", "id": f"s{len(dialled)}"}
        await connection.send(json.dumps({"type": "session.created", "session": session}))
        await connection.recv()
        if is_first:
            await connection.close(1011, "oops")
        else:
            await connection.send(json.dumps({"type": "response.done", "response": {"id": "r"}}))
            await connection.wait_closed()

    dialled = []
    async with serve(serve_twice, "127.0.0.1", 0) as server, asyncio.timeout(20):
        address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        client = AsyncOpenAI(api_key="sk-any", websocket_base_url=address)
        async with client.realtime.connect(model="m", on_reconnecting=lambda _: None) as connection:
            with earwitness.attach(connection, data_dir=tmp_path):
                async for event in connection:
                    if event.type == "session.created":
                        await connection.response.create()
                    if event.type == "response.done":
                        break
    [recorded] = earwitness.open_library(tmp_path).conversations()
    legs = recorded.conversation.legs
    assert [each.why_closed for each in legs] == ["closed", "done"]
    assert [each.provider_ids["session_id"] for each in legs] == ["s1", "s2"]
