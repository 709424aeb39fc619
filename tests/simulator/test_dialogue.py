"""The agent by itself: turns, interruptions, functions, keys, and what it takes up again."""

import asyncio

import numpy as np
import pytest

from earwitness.audio.codecs import encode
from earwitness.simulator.dialogue import UNSCRIPTED, Dialogue, Script, Tongue
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Cue, Reply, Scenario, Tool, Turn, scenario

RATE_HZ = 8_000
NOW = Cue(items=0, after_ms=0)
SILENCE = np.zeros(RATE_HZ, np.int16)


class Notes(Tongue):
    """Takes down what it is told to say; `until` waits for a word of it."""

    def __init__(self, has_tools=True):
        self.said, self._changed, self._has_tools = [], asyncio.Condition(), has_tools

    async def _note(self, *what):
        async with self._changed:
            self.said.append(what)
            self._changed.notify_all()

    async def until(self, kind, count=1):
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.of(kind)) >= count)
        return self.of(kind)[count - 1]

    def of(self, kind):
        return [each for each in self.said if each[0] == kind]

    async def caller_said(self, turn, text, from_ms, to_ms):
        await self._note("caller", text, from_ms, to_ms)

    async def interrupted(self, answers, now_ms):
        await self._note("interrupted", answers, now_ms)

    async def begins(self, answer):
        await self._note("begins", answer)

    async def sounds(self, answer, chunk, from_ms):
        await self._note("sounds", answer.text, len(chunk), from_ms)

    async def ends(self, answer):
        await self._note("ends", answer)

    async def calls(self, call, tool):
        await self._note("calls", call, tool)
        return self._has_tools

    async def leaves(self, reply):
        await self._note("leaves", reply.leaves)


def begin(script, speed=20.0, **tongue):
    notes = Notes(**tongue)
    pace = Pace(speed)
    script = script if isinstance(script, Script) else Script(script)
    dialogue = Dialogue(notes, script, pace, encoding="mulaw", hears_hz=RATE_HZ, speaks_hz=RATE_HZ)
    return dialogue, notes, pace


async def say(dialogue, name):
    await dialogue.hear(encode("mulaw", np.concatenate([spoken(name, RATE_HZ), SILENCE])))


@pytest.fixture(autouse=True)
async def patience():
    async with asyncio.timeout(10):
        yield


async def test_the_callers_words_are_the_scripts_and_their_times_are_positions_of_the_input():
    dialogue, notes, _ = begin(scenario("two_parts"))
    await dialogue.hear(encode("mulaw", SILENCE))
    await say(dialogue, "hold_on")
    await say(dialogue, "order_number")
    await say(dialogue, "bye")
    await say(dialogue, "order")
    texts = [each[1] for each in notes.of("caller")]
    assert texts == [line(name).text for name in ("hold_on", "order_number", "bye")] + [UNSCRIPTED]
    _, _, from_ms, to_ms = notes.of("caller")[0]
    assert from_ms == pytest.approx(1000, abs=120)
    assert to_ms == pytest.approx(1000 + line("hold_on").duration_ms + 500, abs=120)
    await dialogue.close()


async def test_an_answer_is_sent_whole_and_faster_than_it_is_spoken():
    dialogue, notes, pace = begin(scenario("order"))
    dialogue.speak_first()
    _, answer = await notes.until("ends")
    assert pace.now_ms() < 2500  # of 3.1 s
    sizes = [each[2] for each in notes.of("sounds")]
    assert sum(sizes) == len(spoken("greeting", RATE_HZ))
    assert [each[3] for each in notes.of("sounds")] == [sum(sizes[:n]) / 8 for n in range(len(sizes))]
    assert answer.sent_ms == pytest.approx(answer.duration_ms)
    await dialogue.close()


async def test_who_speaks_over_an_answer_cuts_it_where_it_is_played_by_then():
    dialogue, notes, pace = begin(scenario("order"))
    dialogue.speak_first()
    await notes.until("ends")
    await pace.until(1500)
    await say(dialogue, "bye")
    _, [answer], now_ms = await notes.until("interrupted")
    assert answer.played_ms(now_ms) == pytest.approx(now_ms - answer.start_ms)
    words = answer.text_until(answer.played_ms(now_ms)).split(" ")
    assert words == line("greeting").text.split(" ")[: len(words)]
    assert 1 < len(words) < 9
    await dialogue.close()


async def test_a_cut_answer_sends_nothing_more():
    slow = Reply(says="hours", pace=1.2)
    dialogue, notes, _ = begin(Scenario(name="", summary="", replies=(slow, Reply(says="price"))))
    dialogue.speak_first()
    await notes.until("sounds", 3)
    await say(dialogue, "bye")
    _, answer = await notes.until("ends")
    assert answer.sent_ms < answer.duration_ms / 2
    await notes.until("begins", 2)
    assert {each[1] for each in notes.said[notes.said.index(("ends", answer)) :] if each[0] == "sounds"} <= {
        line("price").text
    }
    await dialogue.close()


async def test_after_the_last_sound_nobody_interrupts():
    dialogue, notes, pace = begin(scenario("order"))
    dialogue.speak_first()
    await notes.until("ends")
    await pace.until(4000)
    await say(dialogue, "order")
    assert notes.of("interrupted") == []
    await dialogue.close()


async def test_who_goes_on_speaking_is_not_answered_yet():
    dialogue, notes, pace = begin(scenario("order"))
    await say(dialogue, "hold_on")
    await dialogue.hear(encode("mulaw", spoken("order_number", RATE_HZ)))
    await pace.pause(1500)
    assert notes.of("begins") == []
    await dialogue.hear(encode("mulaw", SILENCE))
    _, answer = await notes.until("begins")
    assert answer.text == line("greeting").text
    await dialogue.close()


TOOL = Tool(name="place_order", arguments={"size": "large"}, result={"order": 1})
ASKS = Scenario(
    name="",
    summary="",
    replies=(Reply(says="one_moment", tool=TOOL), Reply(says="price"), Reply(says="noted")),
)


async def test_a_function_is_waited_for_and_the_answer_goes_on():
    dialogue, notes, pace = begin(ASKS)
    dialogue.speak_first()
    _, call, tool = await notes.until("calls")
    assert tool is TOOL
    await pace.pause(2000)
    assert len(notes.of("begins")) == 1
    dialogue.found("call_of_somebody_else")
    dialogue.found(call)
    _, answer = await notes.until("begins", 2)
    assert answer.text == line("price").text
    await notes.until("ends", 2)
    await pace.pause(1000)
    assert len(notes.of("begins")) == 2  # the third waits for the caller
    await dialogue.close()


async def test_where_the_wire_has_no_functions_the_answer_goes_on_by_itself():
    dialogue, notes, _ = begin(ASKS, has_tools=False)
    dialogue.speak_first()
    await notes.until("begins", 2)
    await dialogue.close()


async def test_keys_are_an_answer_where_the_script_waits_for_them_alone():
    keys = Scenario(
        name="",
        summary="",
        replies=(Reply(says="price"), Reply(says="noted")),
        turns=(Turn(cue=NOW, says="number", digits="1#"), Turn(cue=NOW, digits="7#")),
    )
    dialogue, notes, pace = begin(keys)
    for digit in "1#":
        await dialogue.key(digit)
    await pace.pause(1000)
    assert notes.of("begins") == []
    await say(dialogue, "number")
    await notes.until("ends")
    for digit in "7#":
        await dialogue.key(digit)
    await notes.until("begins", 2)
    await dialogue.close()


async def test_the_agent_leaves_once_its_last_word_was_heard():
    goes = Scenario(name="", summary="", replies=(Reply(says="goodbye", leaves="hang_up"),))
    dialogue, notes, pace = begin(goes)
    dialogue.speak_first()
    assert await notes.until("leaves") == ("leaves", "hang_up")
    assert pace.now_ms() >= line("goodbye").duration_ms
    await dialogue.close()


async def test_a_script_that_is_taken_up_again_goes_on_where_it_was():
    script = Script(scenario("resume"))
    dialogue, notes, _ = begin(script)
    dialogue.speak_first()
    await notes.until("ends")
    await dialogue.close()
    again, notes, pace = begin(script)
    again.speak_first()
    await pace.pause(1000)
    assert notes.said == []
    await say(again, "order_number")
    _, answer = await notes.until("begins")
    assert answer.text == line("on_its_way").text
    await again.close()


async def test_what_went_wrong_in_speaking_is_raised_at_the_end():
    class Mute(Notes):
        async def begins(self, answer):
            await self._note("begins", answer)
            raise ValueError("mute")

    notes = Mute()
    dialogue = Dialogue(
        notes, Script(scenario("order")), Pace(20), encoding="mulaw", hears_hz=RATE_HZ, speaks_hz=RATE_HZ
    )
    dialogue.speak_first()
    await notes.until("begins")
    with pytest.raises(ValueError, match="mute"):
        await dialogue.close()
