"""Calls in the layout recordings, by our exporter and by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from earwitness.errors import InvalidInput
from earwitness.library import Library
from imported import heard, library, lines, taken, tone, write
from recorded import PLAYS, recording

__all__ = ["library"]

STEM = "20251020_143025_rtc_abc123"


def seed(folder: Path, **changes: Any) -> Path:
    said = [
        ("26.000000", "user", "Hola, quiero agendar una cita", "transcript_completed"),
        ("27.000000", "assistant", "¡Hola! Estaré encantado", "transcript_delta"),
        ("29.500000", "user", "Gracias", "transcript_delta"),
    ]
    names = ("timestamp", "speaker", "text", "type")
    document = {
        "call_id": "rtc_abc123",
        "start_time": "2025-10-20T14:30:25.123456",
        "end_time": "2025-10-20T14:30:35.654321",
        "duration_seconds": 285.5,
        "conversation": [
            dict(zip(names, (f"2025-10-20T14:30:{at}", *rest), strict=True)) for at, *rest in said
        ],
        "total_messages": 15,
        "audio_chunks_count": 42,
    }
    return write(folder / f"{STEM}_conversation.json", document | changes)


def exported(library: Library, id: str, folder: Path) -> Any:
    paths = library.conversation(id).export(folder, "recordings")
    return json.loads(paths[0].read_text()), paths[1].read_bytes()


def test_what_another_wrote_comes_out_again_with_every_byte_of_its_sound(
    library: Library, tmp_path: Path
) -> None:
    file = seed(tmp_path / "calls")
    audio = tone(1.5, 24_000).tobytes()
    (file.parent / f"{STEM}_audio.bin").write_bytes(audio)
    conversation = taken(library, tmp_path / "calls")
    assert lines(conversation)[0] == ("user", "Hola, quiero agendar una cita", 876)
    assert exported(library, conversation.id, tmp_path / "out") == (json.loads(file.read_text()), audio)
    agent = heard(library, conversation, "agent", 24_000)
    (begin,) = np.flatnonzero(agent)[:1]
    assert abs(begin / 24_000 - 1.876544) < 0.001
    assert library.conversation(conversation.id).row.recording_id == STEM


def test_sound_without_a_header_is_read_in_the_format_that_is_said(library: Library, tmp_path: Path) -> None:
    file = seed(tmp_path / "calls")
    (file.parent / f"{STEM}_audio.bin").write_bytes(b"\x10" * 8_000)
    (span,) = taken(library, file, audio_format="mulaw 8k").tracks["agent"].spans  # type: ignore[index]
    assert (span.format.encoding, span.format.rate_hz, span.length_ns) == ("mulaw", 8_000, 1_000_000_000)


@pytest.mark.parametrize(("provider", "scenario"), PLAYS)
def test_what_we_exported_comes_out_again_as_it_was(
    provider: str, scenario: str, library: Library, tmp_path: Path
) -> None:
    first = recording().call(provider, scenario).export(tmp_path / "first", "recordings")
    format = "mulaw 8k" if provider == "twilio" else "pcm16 24k"
    id = taken(library, tmp_path / "first", audio_format=format).id
    assert exported(library, id, tmp_path / "again") == (
        json.loads(first[0].read_text()),
        first[1].read_bytes(),
    )


def test_a_speaker_nobody_knows_is_named_with_its_place(library: Library, tmp_path: Path) -> None:
    file = seed(tmp_path, conversation=[{"timestamp": "2025-10-20T14:30:26", "speaker": "boss", "text": "x"}])
    with pytest.raises(
        InvalidInput, match=r"_conversation.json: conversation\[0\].speaker: 'boss' is none of"
    ):
        library.import_path(file)
