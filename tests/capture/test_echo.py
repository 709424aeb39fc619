"""What is told after a pause of what was said in it."""

from typing import Any

import msgspec
import pytest

from earwitness.capture.echo import LATE_NS, Echo
from earwitness.journal.record import Kind

Body = dict[str, Any]


def after_a_pause(before: list[Body], meanwhile: list[Body]) -> Echo:
    echo = Echo()
    for body in before:
        echo.watch(msgspec.json.encode(body))
    echo.begin()
    for body in meanwhile:
        echo.heard(Kind.TEXT, msgspec.json.encode(body))
    echo.end(0)
    return echo


def is_old(echo: Echo, body: Body, at_ns: int = 1) -> bool:
    return echo.is_of_pause(at_ns, Kind.TEXT, msgspec.json.encode(body))


SPEECH = {"type": "input_audio_buffer.speech_started", "item_id": "u1"}
TRANSCRIPT = {"type": "conversation.item.input_audio_transcription.completed", "item_id": "u1"}


def test_the_transcript_of_speech_that_began_in_the_pause_or_before_it_is_old() -> None:
    assert is_old(after_a_pause([], [SPEECH]), TRANSCRIPT)
    assert is_old(after_a_pause([SPEECH], []), TRANSCRIPT)
    assert not is_old(after_a_pause([SPEECH], []), {**TRANSCRIPT, "item_id": "u2"})


def test_an_answer_that_was_seen_in_the_pause_is_old_to_its_summary() -> None:
    echo = after_a_pause([], [{"type": "response.created", "response": {"id": "r1"}}])
    assert is_old(echo, {"type": "response.done", "response": {"id": "r1", "output": [{"id": "a1"}]}})
    assert not is_old(echo, {"type": "response.done", "response": {"id": "r2", "output": [{"id": "a2"}]}})
    of_item = after_a_pause([], [{"type": "response.output_text.delta", "item_id": "a1"}])
    assert is_old(of_item, {"type": "response.done", "response": {"output": [{"id": "a1"}]}})


def test_what_only_comes_after_something_old_is_new() -> None:
    echo = after_a_pause([], [SPEECH])
    item = {"type": "conversation.item.added", "previous_item_id": "u1", "item": {"id": "u2"}}
    assert not is_old(echo, item)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"type": "user_transcript"}, {"type": "user_transcript"}),
        ({"type": "user_message", "interim": False}, {"type": "user_message", "interim": True}),
        ({"type": "prompt", "last": True}, {"type": "prompt", "last": False}),
        ({"type": "userStream.speech.recognition"}, {"type": "userStream.speech.hypothesis"}),
    ],
)
def test_where_words_have_no_id_beforehand_the_first_whole_ones_are_old(first: Body, second: Body) -> None:
    echo = after_a_pause([], [])
    assert is_old(echo, first)
    assert not is_old(echo, second)


def test_pieces_of_the_first_words_are_old_until_they_are_whole_or_much_later() -> None:
    echo = after_a_pause([], [])
    assert is_old(echo, {"type": "user_message", "interim": True})
    assert is_old(echo, {"type": "user_message", "interim": True})
    assert not is_old(echo, {"type": "user_message", "interim": False}, LATE_NS + 1)


def test_what_the_agent_said_in_the_pause_is_not_told_again() -> None:
    turn = {"agent_response": "4111", "event_id": 7}
    echo = after_a_pause([], [{"type": "agent_response", "agent_response_event": turn}])
    corrected = {"original_agent_response": "4111", "event_id": 7}
    assert is_old(echo, {"type": "x", "agent_response_correction_event": corrected})
    assert is_old(echo, {"type": "interrupt", "utteranceUntilInterrupt": "4111"})


@pytest.mark.parametrize(
    "payload", [b"", b"no json", b"[]", b'"item_id"', b"\xff", b'{"item": [1], "type": 3}']
)
def test_what_cannot_be_read_names_nothing(payload: bytes) -> None:
    echo = after_a_pause([], [SPEECH])
    echo.heard(Kind.TEXT, payload)
    assert not echo.is_of_pause(1, Kind.TEXT, payload)
    assert not echo.is_of_pause(1, Kind.BINARY, payload)
