"""The bot of the Bot API as VAIC sees it."""

import json
from base64 import b64decode, b64encode

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.audiocodes_bot import PATH, AudioCodesBot
from earwitness.simulator.lines import line, recognise, spoken
from earwitness.simulator.scenarios import TRANSFER_TO

START = {"type": "event", "name": "start", "parameters": {"caller": "+15555550123"}}


@pytest.fixture
async def bot():
    async with AudioCodesBot(speed=20) as running:
        yield running


class Vaic:
    """VAIC by hand."""

    def __init__(self, socket, call="c1"):
        self._socket, self._call = socket, call

    async def send(self, kind, **fields):
        await self._socket.send(json.dumps({"conversationId": self._call, "type": kind, **fields}))

    async def initiate(self, *formats):
        about = {"expectAudioMessages": True, "botName": "b", "caller": "+15555550123"}
        await self.send("session.initiate", **about, supportedMediaFormats=formats or ["raw/lpcm16"])
        return (await self.until())[0]

    async def begin(self):
        await self.initiate()
        await self.send("activities", activities=[START])
        await self.send("userStream.start", participant="caller")

    async def say(self, name):
        samples = np.concatenate([spoken(name, 16_000), np.zeros(16_000, np.int16)])
        audio = b64encode(encode("pcm_s16le", samples)).decode()
        await self.send("userStream.chunk", participant="caller", audioChunk=audio)

    async def press(self, digit):
        await self.send("activities", activities=[{"type": "event", "name": "DTMF", "value": digit}])

    async def until(self, kind=None):
        seen = []
        while not seen or kind not in (None, seen[-1]["type"]):
            seen.append(json.loads(await self._socket.recv()))
        return seen

    async def asked_for(self, name):
        while True:
            [activity] = (await self.until("activities"))[-1]["activities"]
            if activity["name"] == name:
                return activity


async def test_a_format_is_chosen_of_those_that_are_offered(bot):
    async with connect(bot.url + PATH) as socket:
        accepted = await Vaic(socket).initiate("wav/lpcm16", "raw/mulaw", "raw/lpcm16")
        assert accepted == {"type": "session.accepted", "mediaFormat": "raw/mulaw"}
        error = await Vaic(socket, "c2").initiate("raw/opus")
        assert error == {"type": "session.error", "reason": "No common media format"}


async def test_the_greeting_is_one_stream_with_its_words_beside_it(bot):
    async with connect(bot.url + PATH) as socket:
        vaic = Vaic(socket)
        await vaic.begin()
        seen = await vaic.until("playStream.stop")
    [config] = [each["activities"][0] for each in seen if each["type"] == "activities"]
    assert config["sessionParams"] == {"sendEventsToBot": ["playFinished"]}
    start = next(each for each in seen if each["type"] == "playStream.start")
    assert (start["altText"], start["mediaFormat"]) == (line("greeting").text, "raw/lpcm16")
    assert {each["streamId"] for each in seen if each["type"].startswith("playStream")} == {"play-0"}
    sound = b"".join(b64decode(each["audioChunk"]) for each in seen if each["type"] == "playStream.chunk")
    assert recognise(decode("pcm_s16le", sound), "pcm_s16le", 16_000) == line("greeting")
    assert len(sound) == 2 * len(spoken("greeting", 16_000))


async def test_the_callers_words_are_told_as_they_are_recognised(bot):
    async with connect(bot.url + PATH) as socket:
        vaic = Vaic(socket)
        await vaic.begin()
        await vaic.until("playStream.stop")
        await vaic.say("order")
        seen = await vaic.until("userStream.speech.recognition")
        kinds = [each["type"].removeprefix("userStream.") for each in seen]
        order = ["speech.started", "speech.hypothesis", "speech.stopped", "speech.committed"]
        assert [each for each in kinds if each.startswith("speech")] == [*order, "speech.recognition"]
        [said] = seen[-1]["alternatives"]
        assert said["text"] == line("order").text.lower().strip(".")
        assert 0 < said["confidence"] <= 1
        answer = (await vaic.until("playStream.start"))[-1]
        assert (answer["streamId"], answer["altText"]) == ("play-1", line("one_moment").text)


async def test_a_stream_that_is_cut_stops_short(bot):
    async with connect(f"{bot.url}{PATH}?sim_scenario=barge_in") as socket:
        vaic = Vaic(socket)
        await vaic.begin()
        await vaic.until("playStream.stop")
        await vaic.say("ask_hours")
        await vaic.until("playStream.stop")
        await vaic.say("only_today")
        await vaic.until("playStream.chunk")  # of an answer that is sent slowly
        await vaic.say("that_is_all")
        seen = await vaic.until("playStream.stop")
        sizes = [len(b64decode(each["audioChunk"])) for each in seen if each["type"] == "playStream.chunk"]
        assert sum(sizes) < len(spoken("today", 16_000))
        asked = [each["activities"][0]["name"] for each in seen if each["type"] == "activities"]
        assert asked == ["abortPrompts"]
        assert "userStream.speech.started" in [each["type"] for each in seen]


async def test_keys_alone_are_answered(bot):
    async with connect(f"{bot.url}{PATH}?sim_scenario=dtmf") as socket:
        vaic = Vaic(socket)
        await vaic.begin()
        await vaic.until("playStream.stop")
        await vaic.say("hold_on")
        await vaic.until("playStream.stop")
        for digit in "4711#":
            await vaic.press(digit)
        assert (await vaic.until("playStream.start"))[-1]["altText"] == line("on_its_way").text


@pytest.mark.parametrize(
    ("scenario", "says", "name"), [("transfer", "order", "transfer"), ("hang_up", "bye", "hangup")]
)
async def test_the_bot_ends_the_call_after_its_last_word(bot, scenario, says, name):
    async with connect(f"{bot.url}{PATH}?sim_scenario={scenario}") as socket:
        vaic = Vaic(socket)
        await vaic.begin()
        await vaic.until("playStream.stop")
        await vaic.say(says)
        activity = await vaic.asked_for(name)
        if name == "transfer":
            assert activity["activityParams"] == {"transferTarget": TRANSFER_TO}


async def test_a_conversation_is_taken_up_again_until_it_was_ended(bot):
    url = f"{bot.url}{PATH}?sim_scenario=resume"
    async with connect(url) as socket:
        vaic = Vaic(socket)
        await vaic.begin()
        await vaic.until("playStream.stop")
        socket.transport.abort()
    async with connect(url) as socket:
        vaic = Vaic(socket)
        await vaic.send("session.resume")
        assert await vaic.until() == [{"type": "session.accepted"}]
        await vaic.say("order_number")
        answer = (await vaic.until("playStream.start"))[-1]
        assert (answer["streamId"], answer["altText"]) == ("play-1", line("on_its_way").text)
        await vaic.send("session.end", reasonCode="client-disconnected", reason="")
        await socket.wait_closed()
    async with connect(url) as socket:
        vaic = Vaic(socket)
        await vaic.send("session.resume")
        [error] = await vaic.until()
        assert (error["type"], error["reason"]) == ("session.error", "conversation not found")


async def test_a_connection_is_validated(bot):
    async with connect(bot.url + PATH) as socket:
        await Vaic(socket).send("connection.validate")
        assert await Vaic(socket).until() == [{"type": "connection.validated", "success": True}]


async def test_a_token_that_is_not_taken_is_refused_at_the_door(bot):
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{bot.url}{PATH}?sim_scenario=refused")
    assert refused.value.response.status_code == 401
