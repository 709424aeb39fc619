"""ElevenLabs' and Hume's own clients through the tap: what they did is on record word for word."""

import asyncio
import json
import warnings
from queue import Queue

import pytest
from hume.client import AsyncHumeClient
from hume.empathic_voice.types import AudioInput, ToolResponseMessage

from earwitness.audio.codecs import encode
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.pace import Pace
from ordering import RESULT, SPEED, check_order, in_base64, said
from recorded import Line

with warnings.catch_warnings():  # the client names a class of websockets that is on its way out
    warnings.simplefilter("ignore", DeprecationWarning)
    from elevenlabs import ElevenLabs
    from elevenlabs.conversational_ai.conversation import AudioInterface, ClientTools, Conversation


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
