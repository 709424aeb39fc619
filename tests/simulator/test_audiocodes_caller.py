"""VAIC against a bot that does as the test says."""

import asyncio
import json
from base64 import b64decode, b64encode

import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.audio.codecs import encode
from earwitness.simulator.audiocodes_bot import PATH, AudioCodesBot
from earwitness.simulator.audiocodes_caller import AudioCodesCaller
from earwitness.simulator.lines import spoken
from earwitness.simulator.scenarios import TRANSFER_TO, Cue, Scenario, Turn, scenario


class Bot:
    """Accepts, then does what the script says; takes down what comes."""

    def __init__(self, script, first=None):
        self.frames, self.changed, self._script = [], asyncio.Condition(), script
        self._first = first or {"type": "session.accepted", "mediaFormat": "raw/lpcm16"}
        self.headers = {}

    async def __call__(self, socket):
        self._socket, self.headers = socket, socket.request.headers
        tasks = []
        try:
            async for frame in socket:
                async with self.changed:
                    self.frames.append(json.loads(frame))
                    self.changed.notify_all()
                if self.frames[-1]["type"] == "session.initiate":
                    await socket.send(json.dumps(self._first))
                if self.frames[-1]["type"] == "userStream.start":
                    tasks.append(asyncio.create_task(self._script(self)))
        except ConnectionClosed:
            pass
        finally:
            for task in tasks:
                task.cancel()

    async def tell(self, kind, **fields):
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def sound(self, stream, ms):
        audio = b64encode(encode("pcm_s16le", spoken("greeting", 16_000)[: ms * 16])).decode()
        await self.tell("playStream.chunk", streamId=stream, audioChunk=audio)

    async def ask(self, name, **fields):
        await self.tell("activities", activities=[{"type": "event", "name": name, **fields}])

    def of(self, kind):
        return [each for each in self.frames if each["type"] == kind]

    def activities(self, name):
        told = [each for frame in self.of("activities") for each in frame["activities"]]
        return [each for each in told if each["name"] == name]

    async def until(self, ready):
        async with self.changed:
            await self.changed.wait_for(ready)


async def play(script, scenario, speed=10.0, first=None):
    bot = Bot(script, first)
    async with serve(bot, "127.0.0.1", 0) as server, asyncio.timeout(10):
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
        truth = await AudioCodesCaller(url, scenario, call="c", speed=speed, api_key="t").run()
    return bot, truth


def listens(items=1, **more):
    return Scenario(name="", summary="", **{"end": Cue(items=items, after_ms=100), **more})


async def speaks(bot):
    await bot.tell("playStream.start", streamId="play-0", mediaFormat="raw/lpcm16", altText="Hello")
    await bot.sound("play-0", 1000)
    await bot.tell("playStream.stop", streamId="play-0")


async def test_a_session_has_the_order_and_the_fields_of_the_bot_api():
    turn = Turn(cue=Cue(items=1, after_ms=50), says="bye", digits="12")
    bot, truth = await play(speaks, listens(turns=(turn,)))
    kinds = list(dict.fromkeys(frame["type"] for frame in bot.frames))
    streamed = ["userStream.start", "userStream.chunk", "userStream.stop"]
    assert kinds == ["session.initiate", "activities", *streamed, "session.end"]
    assert bot.headers["Authorization"] == "Bearer t"
    assert len({frame["conversationId"] for frame in bot.frames}) == 1
    assert bot.frames[0]["supportedMediaFormats"] == ["raw/lpcm16"]
    [start] = bot.activities("start")
    assert start["parameters"]["caller"] == "+15555550123"
    assert start["timestamp"].endswith("Z")
    assert [each["value"] for each in bot.activities("DTMF")] == ["1", "2"]
    assert {len(b64decode(each["audioChunk"])) for each in bot.of("userStream.chunk")} == {640}
    assert bot.frames[-1]["reasonCode"] == "client-disconnected"
    assert (truth.ended, truth.digits) == ("closed", "12")


async def test_sound_is_played_on_after_the_stop_and_its_end_is_told_to_who_asked():
    async def asks(bot):
        await bot.ask("config", sessionParams={"sendEventsToBot": ["playFinished"]})
        await speaks(bot)

    bot, truth = await play(asks, listens())
    assert len(bot.activities("playFinished")) == 1
    assert truth.heard[0].heard_ms == 1000
    bot, _ = await play(speaks, listens())
    assert bot.activities("playFinished") == []


async def test_a_barge_in_cuts_the_stream_for_good():
    async def interrupted(bot):
        await bot.ask("config", sessionParams={"sendEventsToBot": ["playFinished"]})
        await bot.tell("playStream.start", streamId="play-0", mediaFormat="raw/lpcm16", altText="Hello")
        await bot.sound("play-0", 3000)
        count = len(bot.of("userStream.chunk"))
        await bot.until(lambda: len(bot.of("userStream.chunk")) > count + 50)  # one second
        await bot.tell("userStream.speech.started", participant="caller")
        await bot.sound("play-0", 500)
        await bot.tell("playStream.stop", streamId="play-0")
        await bot.tell("playStream.start", streamId="play-1", mediaFormat="raw/lpcm16", altText="Yes")
        await bot.sound("play-1", 400)
        await bot.tell("playStream.stop", streamId="play-1")

    bot, truth = await play(interrupted, listens(2))
    cut, last = truth.heard
    assert (cut.item, cut.sent_ms) == ("play-0", 3000)
    assert cut.heard_ms == pytest.approx(1000, abs=300)
    assert (last.item, last.heard_ms) == ("play-1", 400)
    assert len(bot.activities("playFinished")) == 1


@pytest.mark.parametrize(
    ("name", "fields", "ended", "reason", "to"),
    [
        ("hangup", {}, "hung_up", "bot-disconnected", ""),
        (
            "transfer",
            {"activityParams": {"transferTarget": TRANSFER_TO}},
            "transferred",
            "transferred",
            TRANSFER_TO,
        ),
    ],
)
async def test_the_bot_may_end_the_call_and_its_words_are_played_before(name, fields, ended, reason, to):
    async def leaves(bot):
        await speaks(bot)
        await bot.ask(name, **fields)

    bot, truth = await play(leaves, listens(end=Cue(items=1, after_ms=9000)))
    assert (truth.ended, truth.transferred_to) == (ended, to)
    assert truth.heard[0].heard_ms == pytest.approx(1000, abs=20)
    assert bot.frames[-1]["reasonCode"] == reason


async def test_a_bot_that_takes_no_session_refuses_the_call():
    bot, truth = await play(speaks, listens(), first={"type": "session.error", "reason": "too busy"})
    assert truth.ended == "refused"
    assert (bot.frames[-1]["reasonCode"], bot.frames[-1]["reason"]) == ("error", "too busy")


async def test_a_broken_socket_is_replaced_and_the_session_resumed():
    async with AudioCodesBot() as bot:
        url = f"{bot.url}{PATH}?sim_scenario=resume&sim_speed=10"
        truth = await AudioCodesCaller(url, scenario("resume"), call="c", speed=10.0).run()
    assert (truth.ended, truth.redialled) == ("closed", 1)
    assert [each.line for each in truth.heard] == ["greeting", "on_its_way", "goodbye"]
    assert [each.item for each in truth.heard] == ["play-0", "play-1", "play-2"]
