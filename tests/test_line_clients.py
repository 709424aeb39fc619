"""ElevenLabs' and Hume's own clients through the tap, and plain ones: it changes nothing for them."""

import asyncio
import json
import uuid
import warnings
from base64 import b64encode
from collections.abc import Callable
from itertools import count, groupby
from queue import Queue
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hume.client import AsyncHumeClient
from hume.empathic_voice.types import AudioInput, ToolResponseMessage
from websockets.asyncio.client import connect

from earwitness.audio.codecs import encode
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.library import open_library
from earwitness.model.conversation import Status
from earwitness.simulator import dialogue, elevenlabs_server, hume_server
from earwitness.simulator.audiocodes_bot import PATH as BOT_PATH
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.pace import Pace
from earwitness.simulator.relay_bot import PATH as RELAY_PATH
from recorded import Line
from taps import seen

with warnings.catch_warnings():  # the client names a class of websockets that is on its way out
    warnings.simplefilter("ignore", DeprecationWarning)
    from elevenlabs import ElevenLabs
    from elevenlabs.conversational_ai.conversation import AudioInterface, ClientTools, Conversation

SPEED = 20
ORDERED = [
    ("assistant", line("greeting").text),
    ("user", line("order").text),
    ("assistant", f"{line('one_moment').text} {line('price').text}"),
]
RESULT = '{"order": 4711}'


def said(name):
    """The caller's line and the silence behind it that ends a turn."""
    samples = np.concatenate([spoken(name, 16_000), np.zeros(16_000, np.int16)])
    return encode("pcm_s16le", samples)


def in_base64(name):
    return b64encode(said(name)).decode()


def check_order(data_dir, result):
    library = open_library(data_dir)
    [recorded] = library.conversations()
    told = groupby(recorded.messages(), lambda row: row.role)
    assert [(role, " ".join(row.text for row in rows)) for role, rows in told] == ORDERED
    [call] = recorded.tool_calls()
    assert (call.name, json.loads(call.arguments)["size"]) == ("place_order", "large")
    assert json.loads(call.result) == result
    assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
    assert recorded.shortcomings(but=("unproven_playout",)) == []
    library.catalog.close()


# -- official clients --------------------------------------------------------------------------------


class Microphone(AudioInterface):
    """Says what it is told to, and keeps what it is given to play."""

    def __init__(self):
        self.played = b""

    def start(self, input_callback):
        self.say = input_callback

    def stop(self):
        pass

    def output(self, audio):
        self.played += audio

    def interrupt(self):
        pass


async def test_an_order_by_the_elevenlabs_client_is_recorded_word_for_word(tmp_path):
    told, microphone, tools = Queue(), Microphone(), ClientTools()
    tools.register("place_order", lambda parameters: json.loads(RESULT))

    def talk(address):
        conversation = Conversation(
            ElevenLabs(base_url=address, api_key="xi-any"),
            "order",
            requires_auth=False,
            audio_interface=microphone,
            client_tools=tools,
            callback_agent_response=told.put,
            callback_latency_measurement=told.put,
        )
        conversation.start_session()
        while isinstance(told.get(timeout=20), str):
            pass  # the second ping tells a time; by then the greeting is over
        microphone.say(said("order"))
        while told.get(timeout=20) != line("price").text:
            pass
        conversation.end_session()
        conversation.wait_for_session_end()

    async with Line(tmp_path) as rig:
        rig.simulator.upstreams["elevenlabs"]._speed = SPEED  # its client sets no parameters of the URL
        await asyncio.to_thread(talk, rig.url("elevenlabs", "http"))
    check_order(tmp_path, json.loads(RESULT))
    assert microphone.played.startswith(encode("pcm_s16le", spoken("greeting", 16_000)))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's websockets is an old one
async def test_an_order_by_the_hume_client_is_recorded_word_for_word(tmp_path):
    settings = {"audio": {"encoding": "linear16", "sample_rate": 16_000, "channels": 1}}
    async with Line(tmp_path) as rig:
        rig.simulator.upstreams["hume"]._speed = SPEED
        client = AsyncHumeClient(base_url=rig.url("hume", "http"), api_key="hume-any")
        connecting = client.empathic_voice.chat.connect(config_id="order", session_settings=settings)
        async with connecting as chat, asyncio.timeout(20):

            async def until(kind):
                while (event := await chat.recv()).type != kind:
                    pass
                return event

            await until("assistant_end")
            await Pace(SPEED).pause(line("greeting").duration_ms)
            await chat.send_publish(AudioInput(data=in_base64("order")))
            call = await until("tool_call")
            await chat.send_publish(ToolResponseMessage(tool_call_id=call.tool_call_id, content=RESULT))
            await until("assistant_end")
    check_order(tmp_path, json.loads(RESULT))


# -- the same bytes with and without a tap -----------------------------------------------------------


Step = dict[str, Any] | str | float | Callable[[dict[str, Any]], dict[str, Any]]
ABOUT = {"conversationId": "c-1"}
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


def dictate(monkeypatch):
    """From now on the fakes' ids are counted, not drawn, and nobody pings by the clock."""
    numbers = count(1)
    drawn = SimpleNamespace(token_hex=lambda size: str(next(numbers)))
    for module in (dialogue, elevenlabs_server, hume_server):
        monkeypatch.setattr(module, "secrets", drawn)
    monkeypatch.setattr(hume_server, "uuid", SimpleNamespace(uuid4=lambda: uuid.UUID(int=next(numbers))))
    monkeypatch.setattr(elevenlabs_server, "PING_MS", 1e9)


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
                while last.get("type") != step:
                    got.append(await socket.recv())
                    last = json.loads(got[-1])
        return [socket.subprotocol, *got]


@pytest.mark.parametrize("provider", SCRIPTS)
async def test_a_client_gets_the_same_bytes_through_the_tap_as_without_it(tmp_path, monkeypatch, provider):
    path, steps = SCRIPTS[provider]
    async with Line(tmp_path) as rig:
        dictate(monkeypatch)
        direct = await frames_got(rig.simulator.url(provider) + path, steps)
        dictate(monkeypatch)
        tapped = await frames_got(rig.url(provider) + path, steps)
    assert tapped == direct
    [folder] = leg_folders(tmp_path / "journal")
    sent = seen(list(read_leg(folder)), Origin.SERVER)
    kept = [payload.decode() for kind, payload in sent if kind is Kind.TEXT]
    assert kept[: len(direct) - 1] == direct[1:]  # what comes after, the client does not wait for
    words = {"hume": "price", "audiocodes": "one_moment"}.get(provider, "goodbye")
    assert line(words).text.split()[-1] in "".join(direct[1:])
