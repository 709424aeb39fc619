"""Calls in the making."""

from pathlib import Path

import pytest

from earwitness.errors import InvalidInput
from earwitness.imports.files import Document
from earwitness.imports.story import LONGEST_NS, Story, as_text
from earwitness.model.events import Party

SOURCE = Document(Path("f.json"), {}, "entries[0]")
BEGAN_NS = 1_700_000_000_000_000_000


def story(content: bytes = b"x") -> Story:
    return Story(path=Path("f.json"), layout="test", began_ns=BEGAN_NS, content=content)


@pytest.mark.parametrize(
    ("value", "text"),
    [({"a": "ü"}, '{"a": "ü"}'), ("plain", "plain"), ("12", '"12"'), (None, None), (3, "3"), ("{}", '"{}"')],
)
def test_a_text_that_would_read_as_something_else_is_quoted(value: object, text: str | None) -> None:
    assert as_text(value) == text


def test_tool_calls_of_one_name_are_kept_apart() -> None:
    told = story()
    for _ in range(2):
        told.use(BEGAN_NS, "f", {}, None, call="c", source=SOURCE)
    payloads = [line.payload for line in told.call("default").legs[0].lines]
    assert [b'"call":"c"' in p for p in payloads] == [True, False]
    assert b'"call":"c_"' in payloads[1]


def test_the_id_is_of_content_and_workspace() -> None:
    ids = [
        story(content).call(workspace).legs[0].opened.leg
        for content, workspace in ((b"x", "a"), (b"x", "a"), (b"x", "b"), (b"y", "a"))
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3


def test_a_time_far_from_the_call_is_not_believed() -> None:
    with pytest.raises(InvalidInput, match=r"f.json: entries\[0\]: its time is more than a day"):
        story().say(BEGAN_NS + 3 * LONGEST_NS, "x", party=Party.CALLER, source=SOURCE)


def test_a_text_beyond_the_bound_is_refused() -> None:
    with pytest.raises(InvalidInput, match="more than 10 MiB"):
        story().say(BEGAN_NS, "x" * (11 << 20), party=Party.CALLER, source=SOURCE)
