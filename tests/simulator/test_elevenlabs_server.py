"""The fake ElevenLabs agent as ElevenLabs' own client and a plain socket see it."""

import asyncio
import itertools
import json
import warnings
from base64 import b64decode, b64encode
from contextlib import suppress
from queue import Queue

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.elevenlabs_server import PATH, ElevenLabsServer
from earwitness.simulator.lines import line, recognise, spoken

with warnings.catch_warnings():  # the client names a class of websockets that is on its way out
    warnings.simplefilter("ignore", DeprecationWarning)
    from elevenlabs import ElevenLabs
    from elevenlabs.conversational_ai.conversation import AudioInterface, ClientTools, Conversation

SPEED = 20


@pytest.fixture
async def server():
    async with ElevenLabsServer(speed=SPEED) as running:
        yield running


def said(name):
    samples = np.concatenate([spoken(name, 16_000), np.zeros(16_000, np.int16)])
    return encode("pcm_s16le", samples)


class Microphone(AudioInterface):
    """Keeps all that it is given to play."""

    def __init__(self):
        self.played, self.interruptions = b"", 0

    def start(self, input_callback):
        self._send = input_callback

    def stop(self):
        pass

    def output(self, audio):
        self.played += audio

    def interrupt(self):
        self.interruptions += 1

    def say(self, name):
        self._send(said(name))


class Dialogue:
    """One conversation of the official client, in a thread of its own, as an application holds it."""

    def __init__(self, url, agent):
        self.told, self.used, self.microphone = Queue(), [], Microphone()
        tools = ClientTools()
        tools.register("place_order", self._order)
        self.conversation = Conversation(
            ElevenLabs(base_url=url.replace("ws:", "http:"), api_key="xi-any"),
            agent,
            requires_auth=False,
            audio_interface=self.microphone,
            client_tools=tools,
            callback_agent_response=lambda text: self.told.put(("agent", text)),
            callback_agent_response_correction=lambda _, text: self.told.put(("corrected", text)),
            callback_user_transcript=lambda text: self.told.put(("user", text)),
            callback_latency_measurement=lambda ms: self.told.put(("ping", ms)),
        )

    def _order(self, parameters):
        self.used.append(parameters)
        return {"order": 4711}

    def until(self, party, text=None):
        """All that is told up to this."""
        seen = []
        while not seen or seen[-1][0] != party or text not in (None, seen[-1][1]):
            seen.append(self.told.get(timeout=10))
        return seen

    def __enter__(self):
        self.conversation.start_session()
        return self

    def __exit__(self, *_):
        self.conversation.end_session()
        self.conversation.wait_for_session_end()


async def test_the_official_client_orders_a_pizza(server):
    def talk():
        with Dialogue(server.url, "order") as dialogue:
            told = dialogue.until("ping")  # the second ping tells a time; by then the greeting is over
            dialogue.microphone.say("order")
            return dialogue, told + dialogue.until("agent", line("price").text)

    dialogue, told = await asyncio.to_thread(talk)
    assert [each for each in told if each[0] != "ping"] == [
        ("agent", line("greeting").text),
        ("user", line("order").text),
        ("agent", line("one_moment").text),
        ("agent", line("price").text),
    ]
    [used] = dialogue.used
    assert (used["size"], used["quantity"]) == ("large", 1)
    assert used["tool_call_id"].startswith("call_")
    assert dialogue.conversation._conversation_id.startswith("conv_")
    assert recognise(decode("pcm_s16le", dialogue.microphone.played), "pcm_s16le", 16_000) == line("greeting")


async def test_the_official_client_is_interrupted_and_never_plays_what_is_void(server):
    def talk():
        with Dialogue(server.url, "barge_in") as dialogue:
            dialogue.until("agent")
            dialogue.microphone.say("ask_hours")
            dialogue.until("agent", line("hours").text)
            dialogue.microphone.say("only_today")
            corrected = dialogue.until("corrected")[-1][1]
            dialogue.until("agent", line("today").text)
            return dialogue.microphone, corrected

    microphone, corrected = await asyncio.to_thread(talk)
    assert microphone.interruptions >= 1
    assert corrected.endswith("...")
    assert line("hours").text.startswith(corrected.removesuffix("..."))


async def drained(socket):
    """All that comes until the close, whatever its code."""
    frames = []
    with suppress(ConnectionClosed):
        async for frame in socket:
            frames.append(frame)
    return frames


class Socket:
    """A plain client."""

    def __init__(self, socket):
        self._socket = socket

    async def send(self, **message):
        await self._socket.send(json.dumps(message))

    async def say(self, name):
        await self.send(user_audio_chunk=b64encode(said(name)).decode())

    async def until(self, kind):
        seen = []
        while not seen or seen[-1]["type"] != kind:
            seen.append(json.loads(await self._socket.recv()))
        return seen


async def test_the_first_message_is_the_metadata_and_the_greeting_waits_for_the_client(server):
    async with connect(server.url + PATH, subprotocols=["convai"]) as socket:
        assert socket.subprotocol == "convai"
        [first] = await Socket(socket).until("conversation_initiation_metadata")
        about = first["conversation_initiation_metadata_event"]
        assert (about["agent_output_audio_format"], about["user_input_audio_format"]) == ("pcm_16000",) * 2
        await Socket(socket).send(type="conversation_initiation_client_data")
        response = (await Socket(socket).until("agent_response"))[-1]
        assert response["agent_response_event"]["agent_response"] == line("greeting").text


async def test_characters_are_timed_within_the_sound_that_carries_them(server):
    async with connect(server.url + PATH) as raw:
        socket = Socket(raw)
        await socket.send(type="conversation_initiation_client_data")
        chars, carried_ms = "", 0.0
        while len(chars) < len(line("greeting").text):
            audio = (await socket.until("audio"))[-1]["audio_event"]
            timed = audio["alignment"]
            size_ms = len(b64decode(audio["audio_base_64"])) / 32
            assert all(0 <= start_ms <= size_ms for start_ms in timed["char_start_times_ms"])
            assert len(timed["chars"]) == len(timed["char_start_times_ms"]) == len(timed["char_durations_ms"])
            chars, carried_ms = chars + "".join(timed["chars"]), carried_ms + size_ms
        assert chars == line("greeting").text
        assert carried_ms == pytest.approx(line("greeting").duration_ms, abs=1)


async def test_sound_of_a_void_event_still_comes_after_the_interruption(server):
    async with connect(f"{server.url}{PATH}?sim_scenario=barge_in") as raw:
        socket = Socket(raw)
        await socket.say("ask_hours")
        await socket.until("agent_response")
        await socket.until("agent_response")
        await socket.say("only_today")
        await socket.until("interruption")
        while (texts := (await socket.until("agent_response"))[-1])["agent_response_event"][
            "agent_response"
        ] != line("today").text:
            pass
        await socket.until("audio")
        await socket.say("that_is_all")  # this answer is sent slowly: there is some left to cut
        seen = await socket.until("interruption")
        void = seen[-1]["interruption_event"]["event_id"]
        assert void == texts["agent_response_event"]["event_id"]
        late = (await socket.until("audio"))[-1]["audio_event"]
        assert late["event_id"] == void


async def test_event_numbers_only_grow(server):
    async with connect(f"{server.url}{PATH}?sim_scenario=hang_up") as raw:
        socket, seen = Socket(raw), []
        await socket.say("bye")
        async for frame in raw:
            seen.append(json.loads(frame))
        assert raw.close_code == 1000
    inner = [value for each in seen for value in each.values() if isinstance(value, dict)]
    numbers = [each["event_id"] for each in inner if "event_id" in each]
    assert len(numbers) > 5
    assert all(before <= after for before, after in itertools.pairwise(numbers))


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/v1/convai", 404),
        (f"{PATH}?sim_scenario=refused", 401),
        (f"{PATH}?agent_id=busy", 429),
        (f"{PATH}?sim_scenario=wedding", 404),
        (f"{PATH}?sim_speed=0", 400),
    ],
)
async def test_a_handshake_that_cannot_be_is_answered_with_its_status(server, target, status):
    with pytest.raises(InvalidStatus) as refused:
        await connect(server.url + target)
    assert refused.value.response.status_code == status
    assert json.loads(refused.value.response.body)["detail"]["message"]


async def test_what_is_no_message_ends_the_conversation(server):
    async with connect(server.url + PATH) as socket:
        await socket.send("hello?")
        frames = [json.loads(frame)["type"] for frame in await drained(socket)]
    assert frames == ["conversation_initiation_metadata"]
    assert socket.close_code == 1002
