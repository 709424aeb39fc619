"""Ways in that tell of a call from outside: webhooks, the connection beside a SIP call, files."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from _ways_compare import said_in
from msgspec.structs import replace

from earwitness.capture.beside import Beside
from earwitness.desk.recorded import Recorded
from earwitness.exports.formats import format_named
from earwitness.exports.recording import Options
from earwitness.journal.record import Origin
from earwitness.journal.writer import Journal
from earwitness.library import Library, open_library
from earwitness.settings import SignedByTwilio, Sip, Webhooks
from earwitness.simulator.truth import Truth
from fake_sip import FakeSip
from recorded import as_it_was
from recordings_server import ACCOUNT, TOKEN, RecordingsServer
from signed import CALL, INCOMING, Desk

BEGAN_S = 1_763_650_000
NOT_BESIDE = ("response.output_audio.delta", "input_audio_buffer.append")  # sound goes over the telephone


def only(folder: Path) -> Recorded:
    [recorded] = open_library(as_it_was(folder)).conversations()
    return recorded


def imported(data_dir: Path, path: Path, **options: Any) -> Recorded:
    library = open_library(as_it_was(data_dir))
    [taken] = library.import_path(path, **options)
    return library.conversation(taken.conversation)


# -- webhooks --------------------------------------------------------------------------------------------


def by_transcript(folder: Path, truth: Truth) -> Recorded:
    """ElevenLabs' post-call transcription: the whole call in one webhook."""
    turns: list[dict[str, Any]] = []
    for second, (role, text, _) in enumerate(said_in(truth)):
        who = {"assistant": "agent"}.get(role, role)
        turns.append({"role": who, "message": text, "time_in_call_secs": 3 * second})
    [used] = truth.tool_calls
    call = {"request_id": "t1", "tool_name": used.name, "params_as_json": json.dumps(used.arguments)}
    result = {"request_id": "t1", "result_value": json.dumps(used.result), "is_error": False}
    turns[2] |= {"tool_calls": [call], "tool_results": [result]}
    data = {"agent_id": "agent_1", "conversation_id": "conv_1", "status": "done", "transcript": turns}
    data["metadata"] = {"start_time_unix_secs": BEGAN_S, "termination_reason": "client ended call"}
    posted(folder, lambda desk: desk.elevenlabs({"type": "post_call_transcription", "data": data}))
    return only(folder)


def by_chat_events(folder: Path, truth: Truth) -> Recorded:
    """Hume's chat started, tool call, chat ended: no words."""
    about = {"chat_id": "chat_1", "chat_group_id": "group_1"}
    [used] = truth.tool_calls
    call = {"name": used.name, "parameters": json.dumps(used.arguments), "tool_call_id": "t1"}
    posted(folder, lambda desk: desk.hume({"event_name": "chat_started", **about}))
    told = {"event_name": "tool_call", **about, "tool_call_message": {**call, "type": "tool_call"}}
    posted(folder, lambda desk: desk.hume(told))
    ended = {"event_name": "chat_ended", **about, "end_reason": "USER_ENDED", "duration_seconds": 30}
    posted(folder, lambda desk: desk.hume(ended))
    return only(folder)


def by_recording(folder: Path, truth: Truth) -> Recorded:
    """Twilio tells of its recording, which is fetched: both sides apart, and no words."""
    folder.mkdir()
    length = max(len(truth.mouth), len(truth.ear))
    both = [np.pad(side, (0, length - len(side))) for side in (truth.mouth, truth.ear)]
    soundfile.write(folder / "call.wav", np.stack(both, axis=1), truth.rate_hz)
    server = RecordingsServer((folder / "call.wav").read_bytes())
    form = {"CallSid": CALL, "RecordingSid": "RE1", "RecordingStatus": "completed"}
    form |= {"RecordingUrl": server.url, "RecordingStartTime": "Thu, 20 Nov 2025 14:46:40 +0000"}
    try:
        posted(folder / "data", lambda desk: desk.twilio(form))
        how = SignedByTwilio(secret=TOKEN, account_sid=ACCOUNT, recording_hosts=("127.0.0.1",))
        library = Library(replace(as_it_was(folder / "data"), webhooks=Webhooks(twilio=how)))
        library.catch_up()
        [fetching] = library.carriers()
        for due in fetching.due():
            fetching.ship(*due)
        library.catch_up()
        library.catalog.close()
    finally:
        server.close()
    return only(folder / "data")


def posted(folder: Path, tell: Any) -> None:
    desk = Desk(folder)
    try:
        answer = tell(desk)
        assert answer.status_code == 200, answer.text
    finally:
        desk.close()


def by_side_connection(folder: Path, frames: list[Any]) -> Recorded:
    """The webhook tells of a call by SIP; what OpenAI says in it is heard beside it, but for the sound."""
    told = [frame.payload.decode() for frame in frames if frame.origin is Origin.SERVER]
    told = [message for message in told if json.loads(message)["type"] not in NOT_BESIDE]

    async def talk(connection: Any) -> None:
        for message in told:
            await connection.send(message)
        await connection.close(1000, "call ended")

    async def attended() -> None:
        async with FakeSip() as fake:
            fake.talks = [talk]
            journal = Journal(folder / "journal")
            settings = Sip(api_key="sk-made-up", api_base=fake.url, accept={"model": "gpt-realtime"})
            await Beside(settings, journal, "default").attend("rtc_1")
            await asyncio.to_thread(journal.close)

    posted(folder, lambda desk: desk.openai(INCOMING))
    asyncio.run(attended())
    return only(folder)


# -- files -----------------------------------------------------------------------------------------------


def by_vcon(folder: Path, recorded: Recorded) -> Recorded:
    file = folder / "call.vcon"
    file.write_bytes(b"".join(format_named("vcon").of_one(recorded, Options())))
    return imported(folder / "data", file)


def by_wav_json(folder: Path, truth: Truth) -> Recorded:
    call = folder / "call"
    call.mkdir()
    soundfile.write(call / "caller.wav", truth.mouth, truth.rate_hz)
    soundfile.write(call / "agent.wav", truth.ear, truth.rate_hz)
    lines = [
        {"speaker": role, "text": text, "start": at_ms / 1000}
        for at_ms, (role, text, _) in zip(starts(truth), said_in(truth), strict=True)
    ]
    document = {"start_time": "2026-01-02T03:04:05Z", "segments": lines}
    (call / "transcript.json").write_text(json.dumps(document))
    return imported(folder / "data", call)


def by_saved_chat(folder: Path, truth: Truth) -> Recorded:
    """A chat as Hume's REST API gives it."""
    events: list[dict[str, Any]] = []
    for at_ms, (role, text, emotions) in zip(starts(truth), said_in(truth), strict=True):
        kind = "USER_MESSAGE" if role == "user" else "AGENT_MESSAGE"
        events.append(
            {"type": kind, "message_text": text, "emotion_features": json.dumps(emotions), "at": at_ms}
        )
    [used] = truth.tool_calls
    call = {"tool_call_id": "t1", "name": used.name, "parameters": json.dumps(used.arguments)}
    result = {"tool_call_id": "t1", "content": json.dumps(used.result)}
    at_ms = events[2]["at"] + 1
    events.append({"type": "FUNCTION_CALL", "message_text": json.dumps(call), "at": at_ms})
    events.append({"type": "FUNCTION_CALL_RESPONSE", "message_text": json.dumps(result), "at": at_ms + 1})
    for number, event in enumerate(events):
        event |= {"id": f"e{number}", "chat_id": "chat_1"}
        event["timestamp"] = BEGAN_S * 1000 + round(event.pop("at"))
    page = {"id": "chat_1", "chat_group_id": "group_1", "start_timestamp": BEGAN_S * 1000}
    page |= {"status": "USER_ENDED", "events_page": events}
    file = folder / "chat.json"
    file.write_text(json.dumps(page))
    return imported(folder / "data", file)


def starts(truth: Truth) -> list[float]:
    """When each of `said_in` began, in ms."""
    return sorted([each.start_ms for each in truth.said] + [each.stretches[0][0] for each in truth.heard])
