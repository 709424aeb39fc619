"""Each thing a client may ask, and the answer or the refusal."""

import json
from base64 import b64decode, b64encode

import numpy as np
import pytest

from earwitness.audio.codecs import encode
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.openai_requests import handle
from earwitness.simulator.openai_session import Session
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import scenario


class Client:
    """A session without a socket."""

    def __init__(self):
        self.events = []
        self.session = Session(self._take, scenario("order"), Pace(200.0))

    async def _take(self, frame):
        self.events.append(json.loads(frame))

    async def ask(self, kind, **fields):
        """Sends one event and gives what it caused at once."""
        self.events.clear()
        await handle(self.session, json.dumps({"type": kind, **fields}))
        return list(self.events)

    async def refusal(self, kind, **fields):
        [event] = await self.ask(kind, **fields)
        assert event["type"] == "error"
        return event["error"]

    async def greet(self):
        """Lets the voice AI say its greeting; gives the item's id."""
        await self.ask("response.create")
        await self.session.tasks[-1]
        return next(event["item"]["id"] for event in self.events if event["type"] == "conversation.item.done")


@pytest.fixture
async def client():
    opened = Client()
    yield opened
    await opened.session.close()


def message(text, **more):
    return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}], **more}


async def test_an_update_is_answered_with_the_full_session(client):
    output = {"format": {"type": "audio/pcmu"}}
    [event] = await client.ask(
        "session.update", session={"type": "realtime", "audio": {"output": output}, "instructions": "Hi."}
    )
    assert event["type"] == "session.updated"
    assert event["session"]["instructions"] == "Hi."
    assert event["session"]["audio"]["output"]["format"] == {"type": "audio/pcmu"}
    assert event["session"]["audio"]["input"]["turn_detection"]["type"] == "server_vad"


async def test_an_update_of_the_beta_shape_or_an_unknown_format_is_refused(client):
    assert "session.type" in (await client.refusal("session.update", session={"voice": "ash"}))["message"]
    wrong = {"type": "realtime", "audio": {"input": {"format": {"type": "audio/opus"}}}}
    assert (await client.refusal("session.update", session=wrong))[
        "param"
    ] == "session.audio.input.format.type"


async def test_audio_that_is_not_base64_is_refused(client):
    assert (await client.refusal("input_audio_buffer.append", audio="@@"))["param"] == "audio"
    assert "audio" in (await client.refusal("input_audio_buffer.append"))["message"]


async def test_a_commit_by_hand_makes_an_item_and_no_answer(client):
    off = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    await client.ask("session.update", session=off)
    assert (await client.refusal("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"
    audio = encode("pcm_s16le", spoken("bye", 24_000)[: 24 * 1200])
    await client.ask("input_audio_buffer.append", audio=b64encode(audio).decode())
    events = await client.ask("input_audio_buffer.commit")
    kinds = [event["type"] for event in events]
    assert kinds == ["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]
    [got] = await client.ask("conversation.item.retrieve", item_id=events[0]["item_id"])
    assert b64decode(got["item"]["content"][0]["audio"]) == audio


async def test_items_are_created_at_their_place_and_deleted(client):
    for name, after in (("item_a", None), ("item_b", None), ("item_c", "item_a"), ("item_d", "root")):
        await client.ask("conversation.item.create", item=message("x", id=name), previous_item_id=after)
    assert client.events[0]["previous_item_id"] is None
    [event] = await client.ask("conversation.item.delete", item_id="item_a")
    assert (event["type"], event["item_id"]) == ("conversation.item.deleted", "item_a")
    assert (await client.refusal("conversation.item.delete", item_id="item_a"))["code"] == "item_not_found"
    refusal = await client.refusal("conversation.item.create", item=message("x", id="item_b"))
    assert refusal["code"] == "item_already_exists"
    after = await client.refusal("conversation.item.create", item=message("x"), previous_item_id="item_a")
    assert after["param"] == "previous_item_id"


async def test_a_truncated_item_forgets_its_words_and_the_sound_behind_the_cut(client):
    item = await client.greet()
    [event] = await client.ask("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=1000)
    assert (event["type"], event["audio_end_ms"]) == ("conversation.item.truncated", 1000)
    [got] = await client.ask("conversation.item.retrieve", item_id=item)
    [part] = got["item"]["content"]
    assert "transcript" not in part
    assert b64decode(part["audio"]) == encode("pcm_s16le", spoken("greeting", 24_000))[: 48 * 1000]


async def test_nothing_longer_than_what_was_said_can_be_truncated(client):
    item = await client.greet()
    ask = {"item_id": item, "content_index": 0}
    longer = await client.refusal("conversation.item.truncate", **ask, audio_end_ms=99_000)
    assert "already shorter than 99000ms" in longer["message"]
    await client.ask("conversation.item.create", item=message("typed", id="item_u"))
    typed = await client.refusal(
        "conversation.item.truncate", item_id="item_u", content_index=0, audio_end_ms=0
    )
    assert typed["param"] == "item_id"


async def test_one_answer_at_a_time_and_none_to_cancel_when_nothing_is_said(client):
    assert (await client.refusal("response.cancel"))["code"] == "response_cancel_not_active"
    await client.ask("response.create")
    while not client.events:
        await client.session.pace.pause(1)
    code = (await client.refusal("response.create"))["code"]
    assert code == "conversation_already_has_active_response"
    await client.ask("response.cancel")
    await client.session.tasks[-1]
    response = client.events[-1]["response"]
    assert response["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}


async def test_a_text_answer_out_of_band_leaves_no_trace_in_the_conversation(client):
    wanted = {"conversation": "none", "output_modalities": ["text"], "metadata": {"for": "log"}}
    await client.ask("response.create", response=wanted)
    await client.session.tasks[-1]
    kinds = {event["type"] for event in client.events}
    assert "response.output_text.done" in kinds
    assert not {kind for kind in kinds if kind.startswith("conversation.") or "audio" in kind}
    done = client.events[-1]["response"]
    assert done["conversation_id"] is None
    assert done["metadata"] == {"for": "log"}
    assert done["output"][0]["content"] == [{"type": "output_text", "text": line("greeting").text}]
    assert done["usage"]["output_token_details"]["audio_tokens"] == 0


async def test_silence_alone_is_never_answered(client):
    quiet = b64encode(encode("pcm_s16le", np.zeros(24_000 * 3, np.int16))).decode()
    assert await client.ask("input_audio_buffer.append", audio=quiet) == []
