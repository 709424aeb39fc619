"""Sequences recorded elsewhere, told through the whole line; what came of them was read off them by hand."""

import json
from dataclasses import dataclass

import pytest

from earwitness.journal.record import Kind, Origin
from earwitness.library import open_library
from earwitness.model.conversation import Status
from earwitness.model.events import Evidence, Party
from journal_legs import Legs
from shared import SHARED

ORIGINS = {
    "client_to_server": Origin.CLIENT,
    "server_to_client": Origin.SERVER,
    "twilio_to_bot": Origin.CLIENT,
    "bot_to_twilio": Origin.SERVER,
}
pytestmark = pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols/events/sessions")


@dataclass(frozen=True)
class Replay:
    """What was recorded of a sequence, and the sequence itself."""

    call: object
    events: list

    def of(self, kind):
        return [event for event in self.events if event.get("type") == kind]


@pytest.fixture
def replay(tmp_path):
    libraries = []

    def tell(name):
        assert SHARED is not None
        path = SHARED / "protocols" / "events" / "sessions" / f"{name}.jsonl"
        frames = [json.loads(line) for line in path.read_text("utf-8").splitlines()[1:]]
        write(tmp_path, name.partition("__")[0], frames)
        libraries.append(open_library(tmp_path))
        [recorded] = libraries[-1].conversations()
        assert (recorded.row.status, recorded.row.gap_count) == (Status.COMPLETE, 0)
        assert not [finding for finding in recorded.conversation.findings if finding.code == "undecoded"]
        return Replay(recorded, [frame["event"] for frame in frames])

    yield tell
    for library in libraries:
        library.catalog.close()


def write(data_dir, provider, frames):
    """The frames as legs of a journal; where the time is not known, 20 ms lie between two."""
    ms, open_legs = 0.0, {}
    with Legs(data_dir) as legs:
        for frame in frames:
            ms = frame.get("t_ms", ms + 20)
            side = frame.get("leg", provider)
            if side not in open_legs:
                open_legs[side] = legs.open(side, ms=ms, links=("conversation:replayed",))
            payload = json.dumps(frame["event"]).encode()
            open_legs[side].append(ms, ORIGINS[frame["direction"]], Kind.TEXT, payload)
        for leg in open_legs.values():
            leg.end(ms + 10)


def test_a_telephone_call_of_two_legs(replay):
    """Its own notes say: playout begins with the first frame and runs at 8 bytes per ms; tones for words."""
    call = replay("openai+twilio__agents_sdk_no_interruption_dtmf").call
    rows = call.messages()
    assert [row.role for row in rows] == ["assistant", "user", "assistant"]
    assert [row.text for row in rows] == [
        "Good evening, this is the hotel desk, how may I help you tonight?",
        "No thanks, goodbye.",
        "Goodbye!",
    ]
    assert [(row.sent_ms, row.heard_ms, row.evidence) for row in rows] == [
        (1200, 1200, Evidence.PLATFORM_MARK),
        (None, None, Evidence.PLATFORM_MARK),  # when it was said: by the media time of Twilio
        (600, 600, Evidence.PLATFORM_MARK),
    ]
    assert call.row.providers == ["twilio", "openai"]
    assert [digit.digit for digit in call.conversation.digits] == ["1"]
    caller = call.conversation.tracks[Party.CALLER]
    assert (len(caller.spans), caller.byte_count) == (1, 32_160)  # 201 frames of 160 bytes
    assert call.row.health_score == 100


def test_eleven_turns_with_five_truncations_over_webrtc(replay):
    told = replay("openai__banyan_webrtc_beta_11turns_5truncations")
    rows = told.call.messages()
    truncated = {event["item_id"]: event["audio_end_ms"] for event in told.of("conversation.item.truncated")}
    assert len(truncated) == 5
    cut = [row for row in rows if row.status == "interrupted"]
    assert {row.provider_message_id: row.heard_ms for row in cut} == truncated
    assert all(row.evidence == Evidence.SERVER for row in cut)  # the server played the sound itself
    assert all(row.text.startswith(row.heard_text) for row in cut)
    assert {row.is_estimated for row in rows} == {True, False}
    assert all(row.is_estimated for row in cut if row.heard_text)
    assert told.call.row.interruption_count == 5
    heard = "conversation.item.input_audio_transcription.completed"
    words = {event["item_id"]: event["transcript"].strip() for event in told.of(heard)}
    for item in (event["item"] for event in told.of("conversation.item.created")):
        typed = [part["text"] for part in item.get("content", ()) if part["type"] == "input_text"]
        if typed and item["role"] == "user":
            words[item["id"]] = typed[0]
    assert {row.provider_message_id: row.text for row in rows if row.role == "user"} == words
    answers = {e["item_id"]: e["transcript"] for e in told.of("response.audio_transcript.done")}
    assert {row.provider_message_id: row.text for row in rows if row.role == "assistant"} == answers
    chain = {e["item"]["id"]: e["previous_item_id"] for e in told.of("conversation.item.created")}
    places = {row.provider_message_id: place for place, row in enumerate(rows)}
    links = [(item, before) for item, before in chain.items() if item in places and before in places]
    assert len(links) > 10
    assert all(places[before] < places[item] for item, before in links)
    [tool] = told.call.tool_calls()
    assert tool.name == "transferToSupervisor"


def test_filler_and_a_function_call_in_one_response(replay):
    call = replay("openai__ga_2026_commentary_phase_then_function_call").call
    rows = call.messages()
    assert [(row.role, row.phase) for row in rows] == [("user", None), ("assistant", "commentary")]
    [tool] = call.tool_calls()
    assert (tool.name, tool.result) == ("get_bill", None)
    assert json.loads(tool.arguments)["ma_danh_bo"] == "99900000001"


def test_one_utterance_in_two_fragments_and_a_cancelled_answer(replay):
    told = replay("openai__ga_two_fragment_utterance_and_cancel")
    heard = told.of("conversation.item.input_audio_transcription.completed")
    rows = told.call.messages(role="user")
    assert [row.text for row in rows] == [event["transcript"] for event in heard]
    assert len(rows) == 2
    codes = [finding.code for finding in told.call.conversation.findings]
    assert codes == ["provider_error"] * len(told.of("error"))


def test_answers_in_text_alone_are_not_taken_for_speech(replay):
    told = replay("openai__liusida_beta_text_response_tools")
    [row] = told.call.messages()
    assert (row.role, row.is_audible, row.heard_ms) == ("assistant", False, None)
    assert told.of("response.text.done")[0]["text"] == row.text
    assert told.call.conversation.tracks == {}


def test_a_call_of_one_frame(replay):
    call = replay("twilio__media_stream_one_frame_call").call
    assert call.messages() == ()
    [caller] = call.conversation.tracks[Party.CALLER].spans
    assert caller.frames == 160
    samples = next(iter(call.audio("caller", rate_hz=8000).blocks()))
    assert samples.any()
    assert call.row.call_id == "zzz"
