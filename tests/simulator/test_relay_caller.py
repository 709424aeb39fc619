"""Twilio's half of ConversationRelay, against a bot that does as the test says."""

import asyncio
import json

import pytest
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.simulator.lines import line
from earwitness.simulator.relay_bot import PATH
from earwitness.simulator.relay_caller import RelayCaller
from earwitness.simulator.scenarios import Cue, Scenario, Turn
from earwitness.simulator.twilio_caller import call_sid


class Bot:
    """Does what the script says once the call is set up; takes down what comes."""

    def __init__(self, script):
        self.frames, self.changed, self._script = [], asyncio.Condition(), script

    async def __call__(self, socket):
        self._socket = socket
        script = asyncio.create_task(self._script(self))
        try:
            async for frame in socket:
                async with self.changed:
                    self.frames.append(json.loads(frame))
                    self.changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            script.cancel()
        self.close_code = socket.close_code

    async def text(self, token, last=False):
        await self._socket.send(json.dumps({"type": "text", "token": token, "last": last}))

    async def say(self, name):
        words = line(name).text.split(" ")
        for word in words[:-1]:
            await self.text(f"{word} ")
        await self.text(words[-1], last=True)

    async def end(self, **handoff):
        await self._socket.send(json.dumps({"type": "end", "handoffData": json.dumps(handoff)}))

    def of(self, kind, **fields):
        of_kind = [each for each in self.frames if each["type"] == kind]
        return [each for each in of_kind if fields.items() <= each.items()]

    async def until(self, kind, count=1, **fields):
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.of(kind, **fields)) >= count)


async def play(script, scenario, speed=10.0):
    bot = Bot(script)
    async with serve(bot, "127.0.0.1", 0) as server, asyncio.timeout(10):
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}{PATH}"
        caller = RelayCaller(url, scenario, call=call_sid(), speed=speed, parameters={"desk": "7"})
        truth = await caller.run()
    return bot, truth


def listens(items=1, after_ms=100, **more):
    return Scenario(name="order", summary="", **{"end": Cue(items=items, after_ms=after_ms), **more})


async def greets(bot):
    await bot.say("greeting")


async def test_the_setup_tells_the_call_and_our_parameters():
    bot, truth = await play(greets, listens())
    setup = bot.frames[0]
    assert setup["type"] == "setup"
    assert setup["callSid"] == truth.call
    assert setup["sessionId"].startswith("VX")
    assert (setup["from"], setup["direction"]) == ("+15555550123", "inbound")
    assert setup["customParameters"] == {"sim_scenario": "order", "sim_speed": "10", "desk": "7"}
    assert (truth.ended, bot.close_code) == ("closed", 1000)


async def test_words_are_read_aloud_and_told_as_they_were_played():
    bot, truth = await play(greets, listens())
    [heard] = truth.heard
    assert (heard.line, heard.item) == ("greeting", "utterance-1")
    assert heard.heard_ms == pytest.approx(line("greeting").duration_ms, abs=1)
    played = [each["value"] for each in bot.of("info", name="tokensPlayed")]
    assert " ".join(played) == line("greeting").text
    speaking = bot.of("info", name="agentSpeaking")
    assert [each["value"] for each in speaking] == ["on", "off"]
    length_ms = (speaking[1]["ts"] - speaking[0]["ts"]) * 10  # the call is played ten times as fast
    assert length_ms == pytest.approx(line("greeting").duration_ms, abs=300)


async def test_the_callers_words_come_unfinished_first_and_then_whole():
    turn = Turn(cue=Cue(items=1, after_ms=50), says="bye", digits="5")
    bot, truth = await play(greets, listens(turns=(turn,), after_ms=2600))
    partial, whole = bot.of("prompt")
    assert (partial["last"], whole["last"]) == (False, True)
    assert whole["voicePrompt"] == line("bye").text
    assert whole["voicePrompt"].startswith(partial["voicePrompt"])
    assert [each["value"] for each in bot.of("info", name="clientSpeaking")] == ["on", "off"]
    assert bot.of("dtmf") == [{"type": "dtmf", "digit": "5"}]
    assert truth.digits == "5"


async def test_an_interruption_tells_what_was_said_until_then_and_drops_the_rest():
    async def answers(bot):
        await bot.say("hours")
        await bot.until("interrupt")
        await bot.until("prompt", last=True)
        await bot.say("goodbye")

    turn = Turn(cue=Cue(items=1, after_ms=2000, how="hearing"), says="bye")
    bot, truth = await play(answers, listens(2, turns=(turn,)))
    [interrupt] = bot.of("interrupt")
    cut, last = truth.heard
    assert interrupt["durationUntilInterruptMs"] == pytest.approx(cut.heard_ms, abs=2)
    assert 1800 < cut.heard_ms < 3000 < cut.sent_ms
    said = interrupt["utteranceUntilInterrupt"]
    assert line("hours").text.startswith(said)
    assert len(said) == pytest.approx(len(line("hours").text) * cut.heard_ms / cut.sent_ms, abs=12)
    played = " ".join(each["value"] for each in bot.of("info", name="tokensPlayed"))
    assert played.startswith(said[:20])
    assert "nine." not in played
    assert last.line == "goodbye"


async def test_tokens_of_an_interrupted_answer_that_come_late_are_not_said():
    async def answers(bot):
        words = line("hours").text.split(" ")
        for word in words[:8]:
            await bot.text(f"{word} ")
        await bot.until("interrupt")
        for word in words[8:]:
            await bot.text(f"{word} ")
        await bot.text("", last=True)
        await bot.say("goodbye")

    turn = Turn(cue=Cue(items=1, after_ms=300, how="hearing"), says="bye")
    _, truth = await play(answers, listens(2, turns=(turn,)))
    cut, last = truth.heard
    assert cut.sent_ms < line("hours").duration_ms / 2
    assert cut.text == line("hours").text
    assert (last.line, last.item) == ("goodbye", "utterance-2")


@pytest.mark.parametrize(
    ("handoff", "ended", "to"),
    [({}, "hung_up", ""), ({"transferTo": "tel:+15555550199"}, "transferred", "tel:+15555550199")],
)
async def test_the_bot_may_end_the_call_and_its_words_are_played_before(handoff, ended, to):
    async def leaves(bot):
        await bot.say("goodbye")
        await bot.end(**handoff)

    _, truth = await play(leaves, listens(after_ms=9000))
    assert (truth.ended, truth.transferred_to) == (ended, to)
    assert truth.heard[0].heard_ms == pytest.approx(line("goodbye").duration_ms, abs=20)
