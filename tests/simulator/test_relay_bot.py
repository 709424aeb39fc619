"""The bot behind ConversationRelay as Twilio sees it."""

import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from earwitness.simulator.lines import line
from earwitness.simulator.relay_bot import PATH, RelayBot
from earwitness.simulator.scenarios import TRANSFER_TO


@pytest.fixture
async def bot():
    async with RelayBot(speed=20) as running:
        yield running


class Twilio:
    """Twilio by hand."""

    def __init__(self, socket):
        self._socket = socket

    async def send(self, kind, **fields):
        await self._socket.send(json.dumps({"type": kind, **fields}))

    async def begin(self, scenario="order"):
        await self.send("setup", callSid="CA1", customParameters={"sim_scenario": scenario})

    async def prompt(self, text="Yes", last=True):
        await self.send("prompt", voicePrompt=text, lang="en-US", last=last)

    async def receive(self):
        return json.loads(await self._socket.recv())

    async def utterance(self):
        """Tokens up to the last."""
        tokens = []
        while True:
            message = await self.receive()
            assert message["type"] == "text"
            tokens.append(message["token"])
            if message["last"]:
                return tokens


async def test_an_answer_comes_word_by_word_and_is_whole_when_joined(bot):
    async with connect(bot.url + PATH) as socket:
        twilio = Twilio(socket)
        await twilio.begin()
        tokens = await twilio.utterance()
        assert len(tokens) == len(line("greeting").text.split(" "))
        assert "".join(tokens) == line("greeting").text
        await twilio.prompt()
        assert "".join(await twilio.utterance()) == line("one_moment").text
        assert "".join(await twilio.utterance()) == line("price").text  # it looked something up in between


async def test_an_unfinished_prompt_is_not_answered(bot):
    async with connect(bot.url + PATH) as socket:
        twilio = Twilio(socket)
        await twilio.begin("dtmf")
        await twilio.utterance()
        await twilio.prompt("Hold", last=False)
        await twilio.prompt("Hold on, please.")
        assert "".join(await twilio.utterance()) == line("take_your_time").text
        for digit in "4711#":
            await twilio.send("dtmf", digit=digit)
        assert "".join(await twilio.utterance()) == line("on_its_way").text


async def test_who_goes_on_speaking_is_answered_after_the_last_word(bot):
    async with connect(bot.url + PATH) as socket:
        twilio = Twilio(socket)
        await twilio.begin("two_parts")
        await twilio.utterance()
        await twilio.prompt("First")
        await twilio.prompt("Second", last=False)
        await twilio.prompt("Second and more.")
        assert "".join(await twilio.utterance()) == line("on_its_way").text


async def test_an_interruption_ends_the_answer_that_is_still_being_made(bot):
    async with connect(bot.url + PATH) as socket:
        twilio = Twilio(socket)
        await twilio.begin("barge_in")
        await twilio.utterance()
        await twilio.prompt()
        await twilio.utterance()
        await twilio.prompt()
        first = await twilio.receive()  # of an answer that is made slowly
        await twilio.send("interrupt", utteranceUntilInterrupt="", durationUntilInterruptMs=10)
        said = first["token"] + "".join(await twilio.utterance())
        assert line("today").text.startswith(said)
        assert len(said) < len(line("today").text)
        await twilio.prompt()
        assert "".join(await twilio.utterance()) == line("goodbye").text


@pytest.mark.parametrize("scenario", ["hang_up", "transfer"])
async def test_the_bot_ends_the_call_with_what_the_next_one_must_know(bot, scenario):
    async with connect(bot.url + PATH) as socket:
        twilio = Twilio(socket)
        await twilio.begin(scenario)
        await twilio.utterance()
        await twilio.prompt()
        await twilio.utterance()
        end = await twilio.receive()
        assert end["type"] == "end"
        handoff = json.loads(end["handoffData"])  # a string, as Twilio wants it
        assert handoff.get("transferTo") == (TRANSFER_TO if scenario == "transfer" else None)


@pytest.mark.parametrize("scenario", ["refused", "wedding"])
async def test_without_a_voice_ai_or_a_script_the_call_is_dropped(bot, scenario):
    async with connect(bot.url + PATH) as socket:
        await Twilio(socket).begin(scenario)
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd.code == 1011
