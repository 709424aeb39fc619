"""A whole session with the Agents SDK, unmodified, and every frame against the provider's schema."""

import asyncio
import json

import numpy as np
import pytest
from agents import function_tool
from agents.realtime import RealtimeAgent, RealtimeRunner
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from earwitness.audio.codecs import encode
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.openai_requests import handle
from earwitness.simulator.openai_server import OpenAIServer
from earwitness.simulator.openai_session import Session
from earwitness.simulator.pace import Pace
from earwitness.simulator.run import Simulator, simulate
from earwitness.simulator.scenarios import scenario
from shared import SHARED

SILENCE = np.zeros(24_000, np.int16)


async def test_the_agents_sdk_orders_a_pizza_and_cuts_the_greeting():
    placed = []

    @function_tool
    def place_order(item: str, size: str, quantity: int) -> str:
        placed.append((item, size, quantity))
        return "order 4711"

    agent = RealtimeAgent(name="Desk", instructions="You take orders.", tools=[place_order])
    kinds, raw, texts = [], [], []
    async with OpenAIServer() as server:
        url = f"{server.url}/v1/realtime?model=gpt-realtime&sim_speed=20"
        runner = RealtimeRunner(agent)
        session = await runner.run(model_config={"url": url, "api_key": "sk-any"})
        async with session, asyncio.timeout(20):
            await session.send_message("Good evening.")
            async for event in session:
                kinds.append(event.type)
                if event.type == "audio_end" and kinds.count("audio_end") == 1:
                    speech = np.concatenate([spoken("order", 24_000), SILENCE])
                    await session.send_audio(encode("pcm_s16le", speech))
                if event.type == "raw_model_event" and event.data.type == "raw_server_event":
                    raw.append(event.data.data)
                    if raw[-1]["type"] == "response.done" and placed and len(texts := _said(raw)) == 3:
                        break
    assert placed == [("mushroom pizza", "large", 1)]
    assert texts == [line(name).text for name in ("greeting", "one_moment", "price")]
    assert "tool_end" in kinds
    assert "audio_interrupted" in kinds
    assert "error" not in kinds
    truncated = [event for event in raw if event["type"] == "conversation.item.truncated"]
    assert len(truncated) == 1


def _said(raw):
    done = [event for event in raw if event["type"] == "response.output_audio_transcript.done"]
    return [event["transcript"] for event in done]


async def test_a_slow_answer_is_cancelled_when_the_caller_speaks():
    frames = await _frames_of("barge_in")
    kinds = [frame["type"] for frame in frames]
    cancelled = [frame for frame in frames if frame.get("response", {}).get("status") == "cancelled"]
    assert len(cancelled) == 1  # the other answer was all sent when the caller barged in
    assert cancelled[0]["response"]["status_details"]["reason"] == "turn_detected"
    [item] = cancelled[0]["response"]["output"]
    assert item["status"] == "incomplete"
    said = item["content"][0]["transcript"]
    assert said
    assert line("today").text.startswith(said)
    assert len(said) < len(line("today").text)
    assert kinds.count("conversation.item.truncated") == 2


async def test_words_in_two_parts_get_one_answer_and_one_cancelled_before_it_began():
    frames = await _frames_of("two_parts", speed=4)
    done = [frame["response"] for frame in frames if frame["type"] == "response.done"]
    assert [each["status"] for each in done] == ["completed", "cancelled", "completed", "completed"]
    assert done[1]["output"] == []
    words = [frame["transcript"] for frame in frames if frame["type"].endswith("transcription.completed")]
    # both parts are told while the answer is under way, the later one first
    assert words == [line(name).text for name in ("order_number", "hold_on", "bye")]


async def _frames_of(name, speed=8):
    """Everything that the fake voice AI puts on the wire in a call of this scenario."""
    frames = []

    async def relay(client):
        async with connect(simulator.openai_url + client.request.path) as upstream:

            async def back():
                async for frame in upstream:
                    frames.append(json.loads(frame))
                    await client.send(frame)

            sending = asyncio.create_task(back())
            async for frame in client:
                await upstream.send(frame)
        await sending

    async with Simulator() as simulator, serve(relay, "127.0.0.1", 0) as between:
        port = between.sockets[0].getsockname()[1]
        [result] = await simulate("openai", name, upstream=f"ws://127.0.0.1:{port}", speed=speed)
    assert result.ok, result.reason
    return frames


async def test_every_frame_is_one_the_provider_could_have_sent():
    if SHARED is None:
        pytest.skip("needs ../shared/protocols/specs/openai")
    from jsonschema import Draft202012Validator

    schema = json.loads((SHARED / "protocols/specs/openai/sdk_server_events.schema.json").read_text())
    shapes = {}
    for name, shape in schema["$defs"].items():
        kind = shape.get("properties", {}).get("type", {}).get("const")
        if kind and "event_id" in shape["properties"]:
            only = {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
            shapes[kind] = Draft202012Validator(only)
    wrong = []
    for frames in await asyncio.gather(*(_frames_of(name) for name in ("order", "barge_in"))):
        for frame in frames:
            wrong += [
                f"{frame['type']}: {error.message}" for error in shapes[frame["type"]].iter_errors(frame)
            ]
    assert not wrong[:5]


async def test_a_failing_client_event_is_answered_and_the_session_goes_on():
    sent = []

    async def send(frame):
        sent.append(json.loads(frame))

    session = Session(send, scenario("order"), Pace(50))
    for frame in ("no json", "[]", '{"type": "dance", "event_id": "e1"}', '{"type": "session.update"}'):
        await handle(session, frame)
    assert [event["type"] for event in sent] == ["error"] * 4
    assert sent[2]["error"]["event_id"] == "e1"
    assert "'dance'" in sent[2]["error"]["message"]
    await handle(session, '{"type": "input_audio_buffer.clear"}')
    assert sent[-1]["type"] == "input_audio_buffer.cleared"
    await session.close()
