"""What the tests of imports share: an empty library, tones, and what was told."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from earwitness.library import Library, open_library
from earwitness.model.conversation import Conversation
from recorded import as_it_was


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = open_library(as_it_was(tmp_path / "data"))
    yield library
    library.catalog.close()


def taken(library: Library, path: Path, **options: Any) -> Conversation:
    """The only call below the path, as it was told after it was taken in."""
    (found,) = library.import_path(path, **options)
    return library.conversation(found.conversation).conversation


def write(path: Path, document: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), "utf-8")
    return path


def tone(seconds: float, rate_hz: int = 16_000) -> Any:
    return (8000 * np.sin(np.arange(round(seconds * rate_hz)) / 9) + 500).astype(np.int16)


def sound(path: Path, samples: Any, rate_hz: int = 16_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, rate_hz)
    return path


def heard(library: Library, conversation: Conversation, track: str, rate_hz: int = 16_000) -> Any:
    blocks = library.conversation(conversation.id).audio(track, rate_hz=rate_hz).blocks()
    return np.concatenate(list(blocks))


def lines(conversation: Conversation) -> list[tuple[str, str, int]]:
    """Role, text and start in ms of each message."""
    return [(m.role.value, m.text, m.started_ns // 1_000_000) for m in conversation.messages]
