"""One response, event by event."""

import asyncio
from base64 import b64decode
from itertools import groupby

import pytest

from earwitness.simulator.lines import encoded, line
from earwitness.simulator.openai_items import Items
from earwitness.simulator.openai_response import Response
from earwitness.simulator.openai_spelling import new_session
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Reply, Tool

LOOKUP = Tool(name="look_up", arguments={"order": 4711, "name": "Ann"}, result={})


class Talk:
    """The session's side: takes the events down."""

    def __init__(self, speed=500.0):
        self.session, self.items, self.pace = new_session("gpt-realtime"), Items(), Pace(speed)
        self.conversation_id, self.input_ms, self.events = "conv_1", 0.0, []
        self.on_event = lambda kind: None

    async def emit(self, kind, **fields):
        self.events.append({"type": kind, **fields})
        self.on_event(kind)

    async def tell_transcripts(self):
        await self.emit("late words")

    def of(self, kind):
        return [event for event in self.events if event["type"] == kind]


async def respond(reply, talk=None, **request):
    talk = talk or Talk()
    await Response(talk, reply, request).run()
    return talk


async def test_a_spoken_answer_has_the_providers_order():
    talk = await respond(Reply(says="noted"))
    kinds = [kind for kind, _ in groupby(event["type"] for event in talk.events) if "delta" not in kind]
    assert [kind for kind in kinds if kind != "late words"] == [
        "response.created",
        "rate_limits.updated",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    assert kinds.index("late words") < kinds.index("response.output_audio.done")


async def test_deltas_add_up_to_the_line_and_carry_padding():
    talk = await respond(Reply(says="price"))
    audio = b"".join(b64decode(event["delta"]) for event in talk.of("response.output_audio.delta"))
    assert audio == encoded("price", "pcm_s16le", 24_000)
    words = "".join(event["delta"] for event in talk.of("response.output_audio_transcript.delta"))
    assert words == line("price").text == talk.of("response.output_audio_transcript.done")[0]["transcript"]
    assert all(event["obfuscation"] for event in talk.of("response.output_audio.delta"))


async def test_sound_comes_in_the_bursts_and_the_format_asked_for():
    talk = Talk()
    talk.session["audio"]["output"]["format"] = {"type": "audio/pcmu"}
    await respond(Reply(says="noted", burst_ms=(1000, 40)), talk)
    sizes = [len(b64decode(event["delta"])) for event in talk.of("response.output_audio.delta")]
    assert sizes[:2] == [8000, 320]
    assert sum(sizes) == len(encoded("noted", "mulaw", 8_000))


async def test_sound_comes_faster_than_it_is_spoken():
    talk = Talk(speed=1.0)
    start_ms = talk.pace.now_ms()
    await respond(Reply(says="goodbye"), talk)
    assert talk.pace.now_ms() - start_ms < line("goodbye").duration_ms / 4


async def test_filler_before_a_function_call_is_commentary():
    talk = await respond(Reply(says="one_moment", tool=LOOKUP))
    message, call = talk.of("response.done")[0]["response"]["output"]
    assert message["phase"] == "commentary"
    assert (call["name"], call["arguments"]) == ("look_up", '{"order":4711,"name":"Ann"}')
    deltas = talk.of("response.function_call_arguments.delta")
    assert "".join(event["delta"] for event in deltas) == call["arguments"]
    assert len(deltas) > 1
    assert {event["output_index"] for event in deltas} == {1}


async def test_a_cancelled_answer_says_how_far_it_came_and_makes_no_call():
    talk = Talk(speed=50.0)
    response = Response(talk, Reply(says="hours", tool=LOOKUP, pace=1.0), {})
    sent = asyncio.Event()
    talk.on_event = lambda kind: sent.set() if len(talk.of("response.output_audio.delta")) == 5 else None
    running = asyncio.create_task(response.run())
    await sent.wait()
    response.cancel("turn_detected")
    await running
    done = talk.events[-1]["response"]
    assert (done["status"], done["status_details"]["reason"]) == ("cancelled", "turn_detected")
    [item] = done["output"]
    assert item["status"] == "incomplete"
    assert len(talk.of("response.output_audio.delta")) == 5
    transcript = item["content"][0]["transcript"]
    assert 0 < len(transcript) < len(line("hours").text)
    kept = talk.items.get(item["id"])
    assert kept.audio_ms == pytest.approx(200 + 100 + 160 + 200 + 100)


async def test_an_answer_cancelled_before_it_says_anything_has_no_output():
    talk = Talk()
    response = Response(talk, Reply(says="hours"), {})
    response.cancel("turn_detected")
    await response.run()
    assert talk.events[-1]["response"]["output"] == []
    assert talk.of("response.output_item.added") == []
