"""Names and shapes of the beta, made from those of GA."""

import asyncio
import json

from websockets.asyncio.client import connect

from earwitness.simulator.openai_server import OpenAIServer
from earwitness.simulator.openai_spelling import from_beta, merge, new_session, spell_beta, to_beta


def test_an_update_merges_objects_and_replaces_all_else():
    session = new_session("gpt-realtime")
    audio = {"input": {"format": {"type": "audio/pcmu"}, "turn_detection": None}}
    merge(session, {"type": "realtime", "tools": [{"name": "f"}], "audio": audio})
    assert session["audio"]["input"]["format"] == {"type": "audio/pcmu"}  # and no rate left over
    assert session["audio"]["input"]["turn_detection"] is None
    assert session["audio"]["output"]["voice"] == "marin"
    assert session["tools"] == [{"name": "f"}]


def test_a_beta_update_reaches_the_session_and_is_told_back_in_beta_shape():
    session = new_session("gpt-4o-realtime-preview")
    change = {
        "modalities": ["text", "audio"],
        "voice": "ash",
        "input_audio_format": "g711_ulaw",
        "output_audio_format": "g711_alaw",
        "input_audio_transcription": {"model": "whisper-1"},
        "turn_detection": None,
        "instructions": "Be brief.",
    }
    merge(session, from_beta(change))
    told = to_beta(session)
    assert sorted(told.pop("modalities")) == sorted(change.pop("modalities"))
    assert {name: told[name] for name in change} == change
    assert session["audio"]["output"]["format"] == {"type": "audio/pcma"}


def test_the_beta_has_one_event_where_ga_has_two():
    item = {"id": "i", "content": [{"type": "output_audio", "transcript": "Hi"}]}
    added = list(spell_beta({"type": "conversation.item.added", "item": item}))
    assert [each["type"] for each in added] == ["conversation.item.created"]
    assert added[0]["item"]["content"][0]["type"] == "audio"
    assert item["content"][0]["type"] == "output_audio"  # the memory of it stays as it was
    assert list(spell_beta({"type": "conversation.item.done", "item": item})) == []


async def test_a_beta_server_speaks_beta_throughout():
    async with OpenAIServer(beta=True) as server, asyncio.timeout(10):
        url = f"{server.url}/v1/realtime?sim_speed=20"
        async with connect(url, additional_headers={"OpenAI-Beta": "realtime=v1"}) as socket:
            created = json.loads(await socket.recv())
            assert created["session"]["input_audio_format"] == "pcm16"
            await socket.send('{"type": "response.create"}')
            events = [created]
            while events[-1]["type"] != "response.done":
                events.append(json.loads(await socket.recv()))
    kinds = {event["type"] for event in events}
    assert {"response.audio.delta", "response.audio_transcript.done", "conversation.item.created"} <= kinds
    assert not [kind for kind in kinds if "output_audio" in kind or kind.startswith("conversation.item.a")]
    assert events[-1]["response"]["modalities"] == ["audio"]
