"""The fake voice AI as OpenAI's own clients see it."""

import asyncio
import json
from base64 import b64decode, b64encode

import numpy as np
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.lines import line, recognise, spoken
from earwitness.simulator.openai_server import OpenAIServer

TYPED = TypeAdapter(RealtimeServerEvent)
SCRIPT = {"sim_scenario": "order", "sim_speed": "20"}
SESSION = {"type": "realtime", "audio": {"input": {"transcription": {"model": "gpt-4o-mini-transcribe"}}}}


@pytest.fixture
async def server():
    async with OpenAIServer() as running:
        yield running


def said(name):
    """The caller's line and the silence behind it that ends a turn, as one append."""
    samples = np.concatenate([spoken(name, 24_000), np.zeros(24_000, np.int16)])
    return b64encode(encode("pcm_s16le", samples)).decode()


async def order(receive, send):
    """The application's side of the order, up to the price; returns all events, each checked as typed."""
    events = []

    async def until(kind):
        while True:
            events.append(TYPED.validate_json(await receive()))
            if events[-1].type == kind:
                return events[-1]

    await until("session.created")
    await send({"type": "session.update", "session": SESSION})
    await until("session.updated")
    await send({"type": "response.create"})
    await until("response.done")
    await send({"type": "input_audio_buffer.append", "audio": said("order")})
    call = (await until("response.done")).response.output[-1]
    result = {"type": "function_call_output", "call_id": call.call_id, "output": '{"order": 4711}'}
    await send({"type": "conversation.item.create", "item": result})
    await until("conversation.item.done")
    await send({"type": "response.create"})
    await until("response.done")
    return events


def check_order(events):
    kinds = [event.type for event in events]
    called = next(event for event in events if event.type == "response.function_call_arguments.done")
    assert (called.name, json.loads(called.arguments)["size"]) == ("place_order", "large")
    words = next(event for event in events if event.type.endswith("input_audio_transcription.completed"))
    assert words.transcript == line("order").text
    place = events.index(words)
    assert kinds[:place].count("response.created") == 2  # the words come after the answer has begun
    audio = [event for event in events if event.type == "response.output_audio.delta"]
    last = b"".join(b64decode(event.delta) for event in audio if event.item_id == audio[-1].item_id)
    assert recognise(decode("pcm_s16le", last), "pcm_s16le", 24_000) == line("price")
    assert events[-1].response.usage.output_token_details.audio_tokens == 85  # 4.2 s, twenty a second


async def test_the_async_client_orders_a_pizza_by_base_url(server):
    client = AsyncOpenAI(base_url=server.url.replace("ws:", "http:") + "/v1", api_key="sk-any")
    async with client.realtime.connect(model="gpt-realtime", extra_query=SCRIPT) as connection:
        check_order(await order(connection.recv_bytes, connection.send))


async def test_the_sync_client_orders_a_pizza_by_websocket_base_url(server):
    client = OpenAI(websocket_base_url=server.url + "/v1", api_key="sk-any")

    def talk():
        with client.realtime.connect(model="gpt-realtime", extra_query=SCRIPT) as connection:

            async def receive():
                return connection.recv_bytes()

            async def send(event):
                connection.send(event)

            return asyncio.run(order(receive, send))

    check_order(await asyncio.to_thread(talk))


async def test_the_model_and_the_subprotocol_are_the_ones_asked_for(server):
    url = f"{server.url}/v1/realtime?model=gpt-realtime-2.1"
    async with connect(url, subprotocols=["realtime", "openai-insecure-api-key.ek_1"]) as socket:
        assert socket.subprotocol == "realtime"
        assert json.loads(await socket.recv())["session"]["model"] == "gpt-realtime-2.1"


async def test_a_wrong_key_is_refused_as_the_provider_does():
    async with OpenAIServer(api_key="sk-right") as server:
        url = f"{server.url}/v1/realtime"
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, additional_headers={"Authorization": "Bearer sk-wrong"})
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body)["error"]["code"] == "invalid_api_key"
        async with connect(url, subprotocols=["realtime", "openai-insecure-api-key.sk-right"]) as socket:
            assert json.loads(await socket.recv())["type"] == "session.created"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/chat", 404),
        ("/v1/realtime?sim_scenario=busy", 429),
        ("/v1/realtime?sim_scenario=wedding", 404),
        ("/v1/realtime?sim_speed=fast", 400),
        ("/v1/realtime?sim_speed=0", 400),
    ],
)
async def test_a_handshake_that_cannot_be_is_answered_with_its_status(server, path, status):
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url + path)
    assert refused.value.response.status_code == status


async def test_who_asks_for_the_beta_is_sent_away(server):
    async with connect(
        f"{server.url}/v1/realtime", additional_headers={"OpenAI-Beta": "realtime=v1"}
    ) as socket:
        assert json.loads(await socket.recv())["error"]["code"] == "beta_api_shape_disabled"
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd.code == 4000


async def test_a_session_expires_with_an_error_and_a_close(server):
    async with connect(f"{server.url}/v1/realtime?sim_expire_ms=50") as socket:
        kinds = [json.loads(frame)["type"] async for frame in socket]
    assert kinds == ["session.created", "error"]
    assert socket.close_code == 1001
