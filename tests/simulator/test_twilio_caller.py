"""The fake Twilio as a bot sees it: frames as the wire reference writes them."""

import asyncio
import json
from base64 import b64decode, b64encode

import numpy as np
import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosedError

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.lines import spoken
from earwitness.simulator.scenarios import Cue, Scenario, Turn
from earwitness.simulator.twilio_caller import TwilioCaller, call_sid

SHORT = Scenario(
    name="order",
    summary="one line and a key",
    turns=(Turn(cue=Cue(items=1, after_ms=60), says="bye", digits="5"),),
    end=Cue(items=1, after_ms=60),
)
QUIET_LINE = 0xFF  # mu-law's zero, as a telephone sends it


class BotDouble:
    """Takes everything down; greets with one second of sound when told `start`, clears when it should."""

    def __init__(self, clear_after=None):
        self.frames, self.marks_at, self.close_code = [], [], None
        self._clear_after = clear_after

    async def __call__(self, socket):
        async for text in socket:
            frame = json.loads(text)
            self.frames.append(frame)
            if frame["event"] == "start":
                await self._greet(socket, frame["streamSid"])
            if frame["event"] == "mark":
                self.marks_at.append((frame["mark"]["name"], asyncio.get_running_loop().time()))
            if self._clear_after and len(self.of("media")) == self._clear_after:
                await socket.send(json.dumps({"event": "clear", "streamSid": frame["streamSid"]}))
        self.close_code = socket.close_code

    async def _greet(self, socket, stream):
        for number in range(4):
            payload = b64encode(encode("mulaw", spoken("greeting", 8_000)[number * 2000 :][:2000])).decode()
            await socket.send(
                json.dumps({"event": "media", "streamSid": stream, "media": {"payload": payload}})
            )
            mark = {"name": f"item_1:{(number + 1) * 250}"}
            await socket.send(json.dumps({"event": "mark", "streamSid": stream, "mark": mark}))
        self.greeted_at = asyncio.get_running_loop().time()

    def of(self, event):
        return [frame for frame in self.frames if frame["event"] == event]


async def play(bot, scenario=SHORT, speed=1.0):
    async with serve(bot, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        caller = TwilioCaller(
            f"ws://127.0.0.1:{port}/media", scenario, call=call_sid(), speed=speed, parameters={"desk": "7"}
        )
        return await caller.run()


async def test_frames_have_the_shape_and_the_order_of_media_streams():
    bot = BotDouble()
    truth = await play(bot, speed=4)
    assert bot.frames[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    start = bot.frames[1]
    assert start["start"]["callSid"] == truth.call
    assert start["start"]["mediaFormat"] == {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
    assert start["start"]["tracks"] == ["inbound"]
    assert start["start"]["customParameters"]["desk"] == "7"
    assert [frame["sequenceNumber"] for frame in bot.frames[1:]] == [
        str(number) for number in range(1, len(bot.frames))
    ]
    assert {frame["streamSid"] for frame in bot.frames[1:]} == {start["start"]["streamSid"]}
    media = [frame["media"] for frame in bot.of("media")]
    assert [each["chunk"] for each in media] == [str(number) for number in range(1, len(media) + 1)]
    assert [each["timestamp"] for each in media] == [str(number * 20) for number in range(len(media))]
    assert {len(b64decode(each["payload"])) for each in media} == {160}
    assert bot.of("dtmf")[0]["dtmf"] == {"track": "inbound_track", "digit": "5"}
    assert bot.frames[-1]["event"] == "stop"
    assert bot.frames[-1]["stop"]["callSid"] == truth.call
    assert bot.close_code == 1000


async def test_what_the_bot_gets_is_what_the_mouth_said():
    bot = BotDouble()
    truth = await play(bot, speed=4)
    payload = b"".join(b64decode(frame["media"]["payload"]) for frame in bot.of("media"))
    assert payload[0] == QUIET_LINE
    line = encode("mulaw", spoken("bye", 8_000))[:-320]  # who hangs up at once takes the last frame along
    assert line in payload
    # the first frame is on its way when the call is a few milliseconds old
    assert payload.index(line) / 8 == pytest.approx(truth.said[0].start_ms, abs=200)


async def test_marks_come_back_one_by_one_as_their_sound_is_played():
    bot = BotDouble()
    await play(bot)
    assert [name for name, _ in bot.marks_at] == [f"item_1:{ms}" for ms in (250, 500, 750, 1000)]
    for number, (_, at) in enumerate(bot.marks_at, 1):
        assert at - bot.greeted_at > number * 0.25 - 0.02


async def test_a_clear_stops_the_ear_and_brings_all_marks_back_at_once():
    bot = BotDouble(clear_after=20)
    truth = await play(bot)
    assert [name for name, _ in bot.marks_at] == [f"item_1:{ms}" for ms in (250, 500, 750, 1000)]
    assert bot.marks_at[-1][1] - bot.marks_at[1][1] < 0.1  # without the clear: half a second
    [heard] = truth.heard
    assert heard.sent_ms == 1000
    assert heard.heard_ms == pytest.approx(400, abs=60)
    played = np.flatnonzero(truth.ear)
    assert (played[-1] - played[0]) / 8 <= heard.heard_ms


async def test_the_ear_hears_the_bytes_that_were_sent():
    truth = await play(BotDouble(), speed=4)
    sent = decode("mulaw", encode("mulaw", spoken("greeting", 8_000)[:8000]))
    start = round(truth.heard[0].stretches[0][0] * 8)
    assert np.array_equal(truth.ear[start : start + 8000], sent)


async def test_a_call_that_dies_says_neither_stop_nor_close():
    bot = BotDouble()
    gone = asyncio.Event()

    async def survivor(socket):
        with pytest.raises(ConnectionClosedError):
            await bot(socket)
        gone.set()

    script = Scenario(name="dies", summary="", ends="died", end=Cue(items=1, after_ms=100, how="hearing"))
    async with asyncio.timeout(5):
        truth = await play(survivor, script)
    assert gone.is_set()
    assert truth.ended == "died"
    assert bot.of("stop") == []
    assert truth.heard[0].heard_ms < truth.heard[0].sent_ms
