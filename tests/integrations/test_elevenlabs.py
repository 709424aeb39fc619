"""A conversation of the `elevenlabs` library, attached, against the simulator, with no tap between them."""

import asyncio
import warnings
from queue import Queue

import numpy as np

import earwitness
from earwitness.audio.codecs import encode
from earwitness.model.conversation import Status
from earwitness.simulator.elevenlabs_server import ElevenLabsServer
from earwitness.simulator.lines import line, spoken

with warnings.catch_warnings():  # the client names a class of websockets that is on its way out
    warnings.simplefilter("ignore", DeprecationWarning)
    from elevenlabs import ElevenLabs
    from elevenlabs.conversational_ai.conversation import (
        AsyncAudioInterface,
        AsyncConversation,
        AudioInterface,
        ClientTools,
        Conversation,
    )

ORDERED = [
    ("assistant", line("greeting").text),
    ("user", line("order").text),
    ("assistant", line("one_moment").text),
    ("assistant", line("price").text),
]
ORDER = encode("pcm_s16le", np.concatenate([spoken("order", 16_000), np.zeros(16_000, np.int16)]))


class Microphone(AudioInterface):
    def start(self, input_callback):
        self.say = input_callback

    def stop(self):
        pass

    def output(self, audio):
        pass

    def interrupt(self):
        pass


class AsyncMicrophone(AsyncAudioInterface):
    async def start(self, input_callback):
        self.say = input_callback

    async def stop(self):
        pass

    async def output(self, audio):
        pass

    async def interrupt(self):
        pass


def tools():
    known = ClientTools()
    known.register("place_order", lambda parameters: {"order": 4711})
    return known


def check_order(folder):
    [recorded] = earwitness.open_library(folder).conversations()
    assert [(row.role, row.text) for row in recorded.messages()] == ORDERED
    assert [call.name for call in recorded.tool_calls()] == ["place_order"]
    assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
    assert any(block.any() for block in recorded.audio("caller").blocks())
    assert any(block.any() for block in recorded.audio("agent-sent").blocks())


async def test_an_order_by_the_sync_client_is_recorded_word_for_word(tmp_path):
    def talk(url):
        told, microphone = Queue(), Microphone()
        conversation = Conversation(
            ElevenLabs(base_url=url.replace("ws:", "http:"), api_key="xi-any"),
            "order",
            requires_auth=False,
            audio_interface=microphone,
            client_tools=tools(),
            callback_agent_response=told.put,
            callback_latency_measurement=told.put,
        )
        with earwitness.attach(conversation, data_dir=tmp_path):
            conversation.start_session()
            while isinstance(told.get(timeout=10), str):
                pass  # the second ping tells a time; by then the greeting is over
            microphone.say(ORDER)
            while told.get(timeout=10) != line("price").text:
                pass
            conversation.end_session()
            conversation.wait_for_session_end()

    async with ElevenLabsServer(speed=20) as server:
        await asyncio.to_thread(talk, server.url)
    check_order(tmp_path)


async def test_an_order_by_the_async_client_is_recorded_word_for_word(tmp_path):
    told, microphone = asyncio.Queue(), AsyncMicrophone()
    async with ElevenLabsServer(speed=20) as server, asyncio.timeout(20):
        conversation = AsyncConversation(
            ElevenLabs(base_url=server.url.replace("ws:", "http:"), api_key="xi-any"),
            "order",
            requires_auth=False,
            audio_interface=microphone,
            client_tools=tools(),
            callback_agent_response=told.put,
            callback_latency_measurement=told.put,
        )
        with earwitness.attach(conversation, data_dir=tmp_path):
            await conversation.start_session()
            while isinstance(await told.get(), str):
                pass
            await microphone.say(ORDER)
            while await told.get() != line("price").text:
                pass
            await conversation.end_session()
            await conversation.wait_for_session_end()
    check_order(tmp_path)
