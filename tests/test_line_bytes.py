"""A client gets the same bytes through the tap as without it, of every provider."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect

from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.simulator import elevenlabs_server, hume_server, openai_server
from earwitness.simulator.audiocodes_bot import PATH as BOT_PATH
from earwitness.simulator.lines import line
from earwitness.simulator.pace import Pace
from earwitness.simulator.relay_bot import PATH as RELAY_PATH
from ordering import RESULT, SPEED, dictate, in_base64
from recorded import Line
from taps import seen

Step = dict[str, Any] | str | float | Callable[[dict[str, Any]], dict[str, Any]]
ABOUT = {"conversationId": "c-1"}
TRANSCRIBED = {"transcription": {"model": "gpt-4o-mini-transcribe"}}
PHONED = {
    "streamSid": "MZ1",
    "callSid": "CA1",
    "customParameters": {"sim_scenario": "order", "sim_speed": str(SPEED)},
}
HEARD = float(line("greeting").duration_ms + 1000)
SCRIPTS: dict[str, tuple[str, tuple[Step, ...]]] = {
    # a message to send, perhaps for the last one that came, a type to await, or so many ms to listen
    "elevenlabs": (
        f"{elevenlabs_server.PATH}?sim_scenario=hang_up&sim_speed={SPEED}",
        (
            {"type": "conversation_initiation_client_data"},
            "agent_response",
            HEARD,
            {"user_audio_chunk": in_base64("bye")},
            "agent_tool_response",
        ),
    ),
    "hume": (
        f"{hume_server.PATH}?sim_scenario=order&sim_speed={SPEED}&verbose_transcription=true",
        (
            "assistant_end",
            HEARD,
            {"type": "audio_input", "data": in_base64("order")},
            "tool_call",
            lambda call: {
                "type": "tool_response",
                "tool_call_id": call["tool_call_id"],
                "content": RESULT,
            },
            "assistant_end",
        ),
    ),
    "audiocodes": (
        f"{BOT_PATH}?sim_scenario=transfer&sim_speed={SPEED}",
        (
            {**ABOUT, "type": "session.initiate", "supportedMediaFormats": ["raw/lpcm16"]},
            "session.accepted",
            {**ABOUT, "type": "userStream.start", "participant": "caller"},
            "userStream.started",
            {**ABOUT, "type": "activities", "activities": [{"type": "event", "name": "start"}]},
            "playStream.stop",
            HEARD,
            {**ABOUT, "type": "userStream.chunk", "audioChunk": in_base64("order")},
            "playStream.stop",
            "activities",
        ),
    ),
    "openai": (
        f"{openai_server.PATH}?model=gpt-realtime&sim_scenario=order&sim_speed={SPEED}",
        (
            "session.created",
            {"type": "session.update", "session": {"type": "realtime", "audio": {"input": TRANSCRIBED}}},
            "session.updated",
            {"type": "response.create"},
            "response.done",
            HEARD,
            {"type": "input_audio_buffer.append", "audio": in_base64("order", 24_000)},
            "response.done",
            lambda done: {
                "type": "conversation.item.create",
                "item": {
                    "type": "function_call_output",
                    "call_id": done["response"]["output"][-1]["call_id"],
                    "output": RESULT,
                },
            },
            "conversation.item.done",
            {"type": "response.create"},
            "response.done",
        ),
    ),
    "twilio": (
        "",
        (
            {"event": "connected", "protocol": "Call", "version": "1.0.0"},
            {"event": "start", "streamSid": "MZ1", "start": PHONED},
            "mark",
            HEARD,
            {"event": "media", "streamSid": "MZ1", "media": {"payload": in_base64("order", 8_000, "mulaw")}},
            "clear",  # no mark was sent back: for all the bot knows, its greeting is still in the air
            *["mark"] * 38,  # all of its next two: none of them may still be coming when the test goes on
        ),
    ),
    "relay": (
        RELAY_PATH,
        (
            {"type": "setup", "customParameters": {"sim_scenario": "hang_up", "sim_speed": str(SPEED)}},
            "text",
            HEARD,
            {"type": "prompt", "voicePrompt": line("bye").text, "last": True},
            "end",
        ),
    ),
}
LAST = {  # what of the script's end is in the frames; of Twilio's, which have no words, the cut
    "elevenlabs": "Goodbye.",
    "hume": "minutes.",
    "audiocodes": "check.",
    "openai": "minutes.",
    "twilio": "clear",
    "relay": "Goodbye.",
}


async def frames_got(url, steps):
    """All that a client gets that goes through the script, each frame as it came."""
    got, last = [], {}
    async with connect(url, max_size=None, subprotocols=["convai"]) as socket, asyncio.timeout(20):
        for step in steps:
            if isinstance(step, float):
                await Pace(SPEED).pause(step)
            elif not isinstance(step, str):
                await socket.send(json.dumps(step(last) if callable(step) else step))
            else:
                last = {}
                while last.get("type", last.get("event")) != step:
                    got.append(await socket.recv())
                    last = json.loads(got[-1])
        return [socket.subprotocol, *got]


@pytest.mark.parametrize("provider", SCRIPTS)
async def test_a_client_gets_the_same_bytes_through_the_tap_as_without_it(tmp_path, monkeypatch, provider):
    path, steps = SCRIPTS[provider]
    async with Line(tmp_path) as rig:
        rig.simulator.bot.openai_url = rig.simulator.openai_url  # so that one leg alone is recorded
        dictate(monkeypatch)
        direct = await frames_got(rig.simulator.url(provider) + path, steps)
        dictate(monkeypatch)
        tapped = await frames_got(rig.url(provider) + path, steps)
    assert tapped == direct
    [folder] = leg_folders(tmp_path / "journal")
    sent = seen(list(read_leg(folder)), Origin.SERVER)
    kept = [payload.decode() for kind, payload in sent if kind is Kind.TEXT]
    assert kept[: len(direct) - 1] == direct[1:]  # what comes after, the client does not wait for
    assert LAST[provider] in "".join(direct[1:])
