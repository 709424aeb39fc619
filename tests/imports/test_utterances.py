"""Who said what when, under many names."""

from pathlib import Path
from typing import Any

import pytest

from earwitness.decoders.imported import _decode
from earwitness.errors import InvalidInput
from earwitness.imports.files import Document
from earwitness.imports.story import Story
from earwitness.imports.utterances import list_in, party_of, tell
from earwitness.model.events import Party

BEGAN_NS = 1_700_000_000_000_000_000


def told(*lines: dict[str, Any], from_ns: int | None = None) -> list[tuple[float, str]]:
    story = Story(path=Path("f"), layout="test", began_ns=BEGAN_NS, content=b"")
    tell(story, [Document(Path("f"), line) for line in lines], from_ns=from_ns)
    facts = [(line.at_ns, _decode(line.payload)) for line in story.call("default").legs[0].lines]
    return [((at_ns - BEGAN_NS) / 1e9, type(fact).__name__) for at_ns, fact in facts]


@pytest.mark.parametrize(
    "times",
    [
        {"start": 1.5, "end": 2},
        {"start_ms": 1500, "end_ms": 2000},
        {"started_ms": 1500, "duration_ms": 500},
        {"timestamp": "2023-11-14T22:13:21.5Z", "duration": 0.5},
    ],
)
def test_seconds_milliseconds_and_moments_are_understood(times: dict[str, Any]) -> None:
    assert told({"role": "user", "text": "x", **times}) == [(1.5, "Said"), (2.0, "Silenced")]


def test_a_line_without_an_end_is_over_at_once() -> None:
    assert told({"speaker": "bot", "content": "x", "start": 1}, from_ns=BEGAN_NS + 10**9) == [(2.0, "Said")]


def test_who_spoke_is_told_by_common_words() -> None:
    assert [party_of(word) for word in ("Caller", "my-agent", "bot_audio", "left", "speaker 1", "boss")] == [
        *(Party.CALLER, Party.AGENT, Party.AGENT, Party.CALLER, Party.AGENT, None)
    ]


@pytest.mark.parametrize(
    ("line", "said"), [({"role": "user"}, "start: is missing"), ({"start": 1}, "speaker: is neither")]
)
def test_what_is_missing_is_named(line: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        told(line)


def test_the_list_is_found_under_a_common_name() -> None:
    assert list_in(Document(Path("f"), {"words": []})) is None
    assert list_in(Document(Path("f"), {"segments": [{}]})) is not None
