"""vCon files."""

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from earwitness.errors import InvalidInput
from earwitness.library import Library
from imported import heard, library, lines, taken, tone, write

__all__ = ["library"]


def vcon(file: Path, **changes: Any) -> Path:
    held = BytesIO()
    soundfile.write(held, np.stack([tone(2), tone(2) // 3], axis=1), 16_000, format="WAV")
    body = base64.urlsafe_b64encode(held.getvalue()).decode().rstrip("=")
    start = "2026-03-01T10:00:01+01:00"
    recording = {"type": "recording", "start": start, "duration": 2, "parties": [0, 1], "body": body}
    said = [{"speaker": "customer", "start": 0.25, "end": 1, "text": "Hello"}]
    document = {
        "vcon": "0.4.0",
        "uuid": "018e1234-0000-7000-8000-000000000000",
        "created_at": "2026-03-01T12:00:00Z",
        "parties": [{"tel": "+15550100", "role": "customer"}, {"name": "Bot", "role": "agent"}],
        "dialog": [
            {**recording, "encoding": "base64url", "mediatype": "audio/x-wav"},
            {"type": "text", "start": "2026-03-01T09:00:05Z", "parties": 1, "body": "Sent by text"},
            {"type": "recording", "start": start, "url": "https://example.com/a.wav"},
        ],
        "analysis": [
            {"type": "transcript", "dialog": 0, "encoding": "none", "body": said},
            {"type": "summary", "body": "short"},
        ],
    }
    return write(file, document | changes)


def test_words_and_sound_are_taken_in_and_what_is_missing_is_named(library: Library, tmp_path: Path) -> None:
    conversation = taken(library, vcon(tmp_path / "a.vcon"))
    assert sorted(lines(conversation)) == [("assistant", "Sent by text", 4_000), ("user", "Hello", 250)]
    assert np.array_equal(heard(library, conversation, "agent")[:32_000], tone(2) // 3)
    missing = conversation.metadata["imported"]["missing"]
    assert missing == ["dialog[2] https://example.com/a.wav", "analysis[1] summary"]
    assert conversation.legs[0].provider_ids["conversation_id"].startswith("018e1234")


def test_sound_beside_the_file_is_found_by_its_last_name_only(library: Library, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "outside.wav", tone(1), 16_000)
    folder = tmp_path / "in"
    dialog = {"type": "recording", "start": "2026-03-01T09:00:00Z", "filename": "../outside.wav"}
    conversation = taken(library, vcon(folder / "a.json", dialog=[dialog], analysis=[]))
    assert conversation.tracks == {}
    assert conversation.metadata["imported"]["missing"] == ["dialog[0] ../outside.wav"]


def test_bad_sound_is_named_and_nothing_is_taken_in(library: Library, tmp_path: Path) -> None:
    dialog = {"type": "recording", "start": "2026-03-01T09:00:00Z", "body": "!!"}
    with pytest.raises(InvalidInput, match=r"a.vcon: dialog\[0\].body: bad base64"):
        library.import_path(vcon(tmp_path / "a.vcon", dialog=[dialog]))
    assert list(library.conversations()) == []
