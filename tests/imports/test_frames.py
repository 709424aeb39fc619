"""Saved frames: sequences as JSONL, and saved chats of Hume."""

import json
from pathlib import Path
from typing import Any

import pytest

from earwitness.errors import InvalidInput
from earwitness.library import Library
from imported import library, lines, taken, write
from shared import SHARED

__all__ = ["library"]

SESSIONS = sorted((SHARED / "protocols/events/sessions").glob("*.jsonl")) if SHARED else []
SPOKEN = {"role": "user", "content": "I would like tea"}
FRAMES: list[dict[str, Any]] = [
    {"t_ms": 0, "direction": "server_to_client", "event": {"type": "chat_metadata", "chat_id": "chat-1"}},
    {
        "t_ms": 1500,
        "direction": "server_to_client",
        "event": {
            "type": "user_message",
            "message": SPOKEN,
            "models": {},
            "interim": False,
            "from_text": True,
        },
    },
]


def sequence(file: Path, frames: list[dict[str, Any]], provider: str = "hume", **session: Any) -> Path:
    told = [{"_session": {"provider": provider, **session}}, *frames]
    file.write_text("".join(json.dumps(line) + "\n" for line in told))
    return file


def test_a_sequence_is_read_by_its_providers_decoder_at_its_own_times(
    library: Library, tmp_path: Path
) -> None:
    file = sequence(tmp_path / "s.jsonl", FRAMES, began_at="2026-11-20T10:00:00Z")
    conversation = taken(library, file)
    assert lines(conversation) == [("user", "I would like tea", 1_500)]
    assert conversation.legs[0].provider_ids["chat_id"] == "chat-1"
    assert (conversation.legs[0].provider, conversation.legs[0].way) == ("hume", "import")
    assert library.conversation(conversation.id).row.recording_id.startswith("20261120_100000_")


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        ({"direction": "up", "event": {}}, "line 2.direction: 'up' is no sender"),
        ({"direction": "client_to_server", "event": []}, "line 2.event: not an object"),
        (
            {"leg": "openai", "direction": "client_to_server", "event": {}},
            "line 2.leg: 'openai' is no provider",
        ),
        ({"t_ms": -5, "direction": "client_to_server", "event": {}}, "before the start"),
    ],
)
def test_a_fault_is_named_by_its_line(
    frame: dict[str, Any], fault: str, library: Library, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match=fault):
        library.import_path(sequence(tmp_path / "s.jsonl", [frame]))
    assert list(library.conversations()) == []


def test_a_saved_chat_is_read_as_the_frames_it_once_was(library: Library, tmp_path: Path) -> None:
    event = {"type": "USER_MESSAGE", "timestamp": 1_716_244_940_762, "message_text": "Hello", "role": "USER"}
    scored = {**event, "emotion_features": json.dumps({"Joy": 0.5})}
    page = {"id": "chat-1", "start_timestamp": 1_716_244_940_000, "events_page": [scored]}
    conversation = taken(library, write(tmp_path / "chat.json", page))
    assert lines(conversation) == [("user", "Hello", 762)]
    assert conversation.messages[0].emotions == {"hume_prosody": {"Joy": 0.5}}


def test_a_chat_without_any_time_is_refused(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="timestamp: no event says when it was"):
        library.import_path(write(tmp_path / "chat.json", {"id": "c", "events_page": []}))


@pytest.mark.skipif(SHARED is None, reason="needs ../shared/protocols/events/sessions")
@pytest.mark.parametrize("file", SESSIONS, ids=lambda file: file.stem)
def test_every_sequence_at_hand_becomes_one_call_and_only_once(file: Path, library: Library) -> None:
    told = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    conversation = taken(library, file)
    assert conversation.status == "complete"
    assert sum(leg.record_count - 2 for leg in conversation.legs) == told[0]["events"]
    (again,) = library.import_path(file)
    assert (again.is_new, again.conversation) == (False, conversation.id)
