"""Folders of sound with a transcript."""

from pathlib import Path

import numpy as np

from earwitness.library import Library
from imported import heard, library, lines, sound, taken, tone, write

__all__ = ["library"]

SAID = [
    {"speaker": "customer", "start": 1.0, "end": 2.0, "text": "Tea, please"},
    {"speaker": "Agent", "start_ms": 2500, "end": 3.5, "text": "Coming"},
]


def test_words_and_both_sides_stand_where_the_files_had_them(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "call" / "transcript.json", {"start_time": "2026-01-02T03:04:05Z", "segments": SAID})
    caller = np.concatenate([np.zeros(8_000, np.int16), tone(1, 8_000)])
    sound(tmp_path / "call" / "caller.wav", caller, 8_000)
    sound(tmp_path / "call" / "agent.flac", tone(3, 8_000), 8_000)
    conversation = taken(library, tmp_path / "call")
    assert lines(conversation) == [("user", "Tea, please", 1_000), ("assistant", "Coming", 2_500)]
    assert conversation.duration_ns == 3_500_000_000
    found = heard(library, conversation, "caller", 8_000)
    assert np.array_equal(found[:16_000], caller)
    assert conversation.metadata["imported"]["is_undated"] is False


def test_a_call_without_a_date_says_so(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "call" / "my_transcript.json", {"entries": SAID})
    sound(tmp_path / "call" / "whole.wav", np.stack([tone(4), tone(4) // 2], axis=1))
    conversation = taken(library, tmp_path / "call")
    assert conversation.metadata["imported"]["is_undated"] is True
    assert np.array_equal(heard(library, conversation, "agent"), tone(4) // 2)
