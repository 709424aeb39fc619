"""The fake EVI as Hume's own client and a plain socket see it."""

import itertools
import json
import wave
from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import pytest
from hume.client import AsyncHumeClient
from hume.empathic_voice.types import AudioInput, ToolResponseMessage
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.hume_server import PATH, HumeServer
from earwitness.simulator.lines import line, recognise, spoken
from earwitness.simulator.prosody import scores
from earwitness.simulator.scenarios import scenario

SPEED = 20
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the client's websockets is an old one


@pytest.fixture
async def server():
    async with HumeServer(speed=SPEED) as running:
        yield running


def said(name, rate_hz=16_000):
    samples = np.concatenate([spoken(name, rate_hz), np.zeros(rate_hz, np.int16)])
    return b64encode(encode("pcm_s16le", samples)).decode()


def samples_of(data):
    with wave.open(BytesIO(b64decode(data))) as file:
        assert file.getparams()[:3] == (1, 2, 48_000)
        return decode("pcm_s16le", file.readframes(file.getnframes()))


async def test_the_official_client_orders_a_pizza(server):
    client = AsyncHumeClient(base_url=server.url.replace("ws:", "http:"), api_key="hume-any")
    settings = {"audio": {"encoding": "linear16", "sample_rate": 16_000, "channels": 1}}
    async with client.empathic_voice.chat.connect(config_id="order", session_settings=settings) as chat:
        events = []

        async def until(kind):
            while True:
                events.append(await chat.recv())
                if events[-1].type == kind:
                    return events[-1]

        await until("assistant_end")
        await chat.send_publish(AudioInput(data=said("order")))
        call = await until("tool_call")
        answer = ToolResponseMessage(tool_call_id=call.tool_call_id, content='{"order": 4711}')
        await chat.send_publish(answer)
        await until("assistant_end")
    assert events[0].type == "chat_metadata"
    assert (call.name, json.loads(call.parameters)["size"], call.tool_type) == (
        "place_order",
        "large",
        "function",
    )
    [user] = [each for each in events if each.type == "user_message"]
    assert user.message.content == line("order").text
    assert len(user.models.prosody.scores.model_dump()) == 48
    price = [each for each in events if each.type == "assistant_message"][-1]
    assert price.message.content == line("price").text
    sound = [each for each in events if each.type == "audio_output" and each.id == price.id]
    assert [each.index for each in sound] == list(range(len(sound)))
    heard = np.concatenate([samples_of(each.data) for each in sound])
    assert np.array_equal(heard, spoken("price", 48_000))
    assert recognise(heard, "pcm_s16le", 48_000) == line("price")


class Chat:
    """A plain client."""

    def __init__(self, socket):
        self._socket = socket

    async def send(self, **message):
        await self._socket.send(json.dumps(message))

    async def say(self, name):
        await self.send(type="audio_input", data=said(name))

    async def until(self, kind, count=1):
        seen = []
        while count:
            seen.append(json.loads(await self._socket.recv()))
            count -= seen[-1]["type"] == kind
        return seen


async def test_one_answer_is_a_message_for_each_sentence_with_its_words_before_its_sound(server):
    async with connect(server.url + PATH) as socket:
        seen = await Chat(socket).until("assistant_end")
    assert seen[0]["type"] == "chat_metadata"
    messages = [each for each in seen if each["type"] == "assistant_message"]
    texts = [each["message"]["content"] for each in messages]
    assert texts == ["Hello, this is the pizza desk.", "What would you like?"]
    order = [(each["type"], each["id"]) for each in seen if "id" in each]
    for message in messages:
        of_this = [kind for kind, message_id in order if message_id == message["id"]]
        assert of_this[:3] == ["assistant_message", "assistant_prosody", "audio_output"]
    groups = [message_id for message_id, _ in itertools.groupby(order, key=lambda each: each[1])]
    assert groups == [each["id"] for each in messages]


async def test_an_unfinished_utterance_is_told_where_the_client_wants_it(server):
    async with connect(f"{server.url}{PATH}?sim_scenario=emotion&verbose_transcription=true") as socket:
        await Chat(socket).say("only_today")
        told = [
            each for each in await Chat(socket).until("user_message", 2) if each["type"] == "user_message"
        ]
    interim, final = told
    assert (interim["interim"], final["interim"]) == (True, False)
    assert interim["time"]["begin"] == final["time"]["begin"]
    assert interim["time"]["end"] < final["time"]["end"]
    assert line("only_today").text.startswith(interim["message"]["content"])
    feels = scenario("emotion").turns[0].feels
    assert final["models"]["prosody"]["scores"] == scores("only_today", feels)
    assert final["models"]["prosody"]["scores"]["Anger"] == 0.71


async def test_an_interruption_tells_when_and_the_cut_answer_has_no_end(server):
    async with connect(f"{server.url}{PATH}?sim_scenario=barge_in") as socket:
        chat = Chat(socket)
        await chat.until("assistant_end")
        await chat.say("ask_hours")
        await chat.until("assistant_end")
        await chat.say("only_today")
        await chat.until("user_interruption")
        await chat.until("audio_output")  # of an answer that is sent slowly
        await chat.say("that_is_all")
        seen = await chat.until("user_interruption")
        after = await chat.until("assistant_end")
    assert "assistant_end" not in [each["type"] for each in seen]
    assert seen[-1]["time"] > 1_700_000_000_000
    texts = [each["message"]["content"] for each in after if each["type"] == "assistant_message"]
    assert " ".join(texts) == line("goodbye").text


async def test_a_chat_group_is_taken_up_again_by_another_socket(server):
    async with connect(f"{server.url}{PATH}?sim_scenario=resume") as socket:
        [first, *_] = await Chat(socket).until("assistant_end")
        socket.transport.abort()
    group = first["chat_group_id"]
    async with connect(f"{server.url}{PATH}?resumed_chat_group_id={group}") as socket:
        chat = Chat(socket)
        [again] = await chat.until("chat_metadata")
        assert again["chat_group_id"] == group
        assert again["chat_id"] != first["chat_id"]
        await chat.say("order_number")
        texts = [
            each["message"]["content"]
            for each in await chat.until("assistant_end")
            if each["type"] == "assistant_message"
        ]
        assert texts == [line("on_its_way").text]


async def test_a_sample_rate_may_be_set_by_a_message(server):
    async with connect(server.url + PATH) as socket:
        chat = Chat(socket)
        audio = {"encoding": "linear16", "sample_rate": 48_000, "channels": 1}
        await chat.send(type="session_settings", audio=audio)
        await chat.send(type="audio_input", data=said("order", 48_000))
        time = (await chat.until("user_message"))[-1]["time"]
    assert time["end"] - time["begin"] == pytest.approx(line("order").duration_ms + 500, abs=200)


async def test_typed_words_come_back_without_prosody(server):
    async with connect(server.url + PATH) as socket:
        await Chat(socket).send(type="user_input", text="A pizza!")
        told = (await Chat(socket).until("user_message"))[-1]
    assert (told["message"]["content"], told["from_text"], told["models"]) == ("A pizza!", True, {})


async def test_what_is_no_message_is_answered_with_an_error_and_the_chat_goes_on(server):
    async with connect(server.url + PATH) as socket:
        await socket.send("hello?")
        error = (await Chat(socket).until("error"))[-1]
        assert error["slug"] == "invalid_message"
        await Chat(socket).send(type="user_input", text="still there?")
        await Chat(socket).until("user_message")


@pytest.mark.parametrize(("query", "status"), [("sim_scenario=refused", 401), ("config_id=busy", 429)])
async def test_a_handshake_that_cannot_be_is_answered_with_its_status(server, query, status):
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{server.url}{PATH}?{query}")
    assert refused.value.response.status_code == status
