"""The bot between a telephone and a voice AI: what it passes on, and what it claims was played."""

import asyncio
import json
from base64 import b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.simulator.bot import Bot

START = {
    "event": "start",
    "sequenceNumber": "1",
    "streamSid": "MZ1",
    "start": {
        "streamSid": "MZ1",
        "callSid": "CA1",
        "customParameters": {"sim_scenario": "barge_in", "caller": "+15555550123"},
    },
}
CHUNK = b64encode(b"\x55" * 1600).decode()  # 200 ms


class Voice:
    """A voice AI that does as the test says."""

    def __init__(self):
        self.asked, self.request, self.closed = asyncio.Queue(), None, asyncio.Event()

    async def __call__(self, socket):
        self.request, self._socket = socket.request, socket
        async for frame in socket:
            await self.asked.put(json.loads(frame))
        self.closed.set()

    async def tell(self, **event):
        await self._socket.send(json.dumps(event))

    async def sound(self, item):
        await self.tell(type="response.output_audio.delta", item_id=item, delta=CHUNK)


class Line:
    """Bot, voice AI and telephone, connected."""

    async def __aenter__(self):
        self.voice = Voice()
        self._server = await serve(self.voice, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self._bot = await Bot(openai_url=f"ws://127.0.0.1:{port}/route").__aenter__()
        self.phone = await connect(self._bot.url)
        await self.send(event="connected", protocol="Call", version="1.0.0")
        await self.send(**START)
        self.session = await self.voice.asked.get()
        assert (await self.voice.asked.get())["type"] == "response.create"
        return self

    async def __aexit__(self, *error):
        await self.phone.close()
        await self._bot.__aexit__()
        self._server.close()
        await self._server.wait_closed()

    async def send(self, **frame):
        await self.phone.send(json.dumps(frame))

    async def get(self, count=1):
        return [json.loads(await self.phone.recv()) for _ in range(count)]


async def test_the_voice_ai_is_told_formats_script_and_conversation():
    async with asyncio.timeout(5), Line() as line:
        audio = line.session["session"]["audio"]
        assert audio["input"]["format"] == audio["output"]["format"] == {"type": "audio/pcmu"}
        parts = urlsplit(line.voice.request.path)
        assert parts.path == "/route/v1/realtime"
        assert parse_qs(parts.query) == {"model": ["gpt-realtime"], "sim_scenario": ["barge_in"]}
        assert line.voice.request.headers["X-Earwitness-Conversation"] == "CA1"


async def test_sound_goes_through_untouched_both_ways_with_a_mark_behind_each_chunk():
    async with asyncio.timeout(5), Line() as line:
        await line.send(event="media", streamSid="MZ1", media={"track": "inbound", "payload": CHUNK})
        assert (await line.voice.asked.get()) == {"type": "input_audio_buffer.append", "audio": CHUNK}
        await line.voice.sound("item_1")
        await line.voice.sound("item_1")
        media, first, _, second = await line.get(4)
        assert media == {"event": "media", "streamSid": "MZ1", "media": {"payload": CHUNK}}
        assert (first["mark"]["name"], second["mark"]["name"]) == ("item_1:200", "item_1:400")


async def test_a_barge_in_clears_the_telephone_and_claims_the_last_mark():
    async with asyncio.timeout(5), Line() as line:
        for _ in range(3):
            await line.voice.sound("item_1")
        await line.get(6)
        await line.send(event="mark", streamSid="MZ1", mark={"name": "item_1:200"})
        await line.send(event="media", streamSid="MZ1", media={"track": "inbound", "payload": CHUNK})
        await line.voice.asked.get()  # so the mark before it has been seen
        await line.voice.tell(type="input_audio_buffer.speech_started", audio_start_ms=0, item_id="item_2")
        assert await line.get() == [{"event": "clear", "streamSid": "MZ1"}]
        truncate = await line.voice.asked.get()
        assert (truncate["type"], truncate["item_id"]) == ("conversation.item.truncate", "item_1")
        assert truncate["audio_end_ms"] == 200


async def test_of_two_answers_in_the_queue_the_one_in_the_air_is_cut():
    async with asyncio.timeout(5), Line() as line:
        await line.voice.sound("item_1")
        await line.voice.sound("item_2")
        await line.get(4)
        await line.voice.tell(type="input_audio_buffer.speech_started", audio_start_ms=0, item_id="item_3")
        assert (await line.get())[0]["event"] == "clear"
        assert (await line.voice.asked.get())["item_id"] == "item_1"
        await line.voice.sound("item_2")
        await line.voice.sound("item_4")
        assert (await line.get(2))[1]["mark"]["name"] == "item_4:200"


async def test_sound_of_a_cut_answer_that_comes_late_is_not_played():
    async with asyncio.timeout(5), Line() as line:
        await line.voice.sound("item_1")
        await line.get(2)
        await line.voice.tell(type="input_audio_buffer.speech_started", audio_start_ms=0, item_id="item_2")
        await line.get()
        await line.voice.sound("item_1")
        await line.voice.sound("item_3")
        media, mark = await line.get(2)
        assert (media["event"], mark["mark"]["name"]) == ("media", "item_3:200")


async def test_speech_while_nothing_plays_cuts_nothing():
    async with asyncio.timeout(5), Line() as line:
        await line.voice.tell(type="input_audio_buffer.speech_started", audio_start_ms=0, item_id="item_1")
        await line.voice.sound("item_2")
        assert [frame["event"] for frame in await line.get(2)] == ["media", "mark"]
        assert line.voice.asked.empty()


async def test_a_hang_up_ends_the_voice_ai_too():
    async with asyncio.timeout(5), Line() as line:
        await line.send(event="stop", streamSid="MZ1", stop={"callSid": "CA1"})
        await line.voice.closed.wait()


async def test_a_script_that_nobody_has_ends_the_call():
    start = {**START["start"], "customParameters": {"sim_scenario": "wedding"}}
    async with Bot() as bot, asyncio.timeout(5), connect(bot.url) as phone:
        await phone.send(json.dumps({**START, "start": start}))
        with pytest.raises(ConnectionClosed) as closed:
            await phone.recv()
    assert closed.value.rcvd.code == 1008


async def test_without_a_voice_ai_the_telephone_is_told_so():
    async with Bot(openai_url="ws://127.0.0.1:9") as bot, asyncio.timeout(5), connect(bot.url) as phone:
        await phone.send(json.dumps(START))
        with pytest.raises(ConnectionClosed) as closed:
            await phone.recv()
    assert closed.value.rcvd.code == 1011
