"""JSON pointers, with the examples of RFC 6901, section 5."""

from typing import Any

import pytest

from earwitness.decoders.pointer import steps_of, value_at

DOCUMENT = {
    "foo": ["bar", "baz"],
    "": 0,
    "a/b": 1,
    "c%d": 2,
    "e^f": 3,
    "g|h": 4,
    "i\\j": 5,
    'k"l': 6,
    " ": 7,
    "m~n": 8,
    "~1": 9,
}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/foo/1", "baz"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/g|h", 4),
        ("/i\\j", 5),
        ('/k"l', 6),
        ("/ ", 7),
        ("/m~0n", 8),
        ("/~01", 9),
    ],
)
def test_examples_of_the_standard(pointer: str, value: Any) -> None:
    assert value_at(DOCUMENT, steps_of(pointer)) == value


@pytest.mark.parametrize(
    "pointer",
    [
        "",
        "foo",
        "/foo/2",
        "/foo/-",
        "/foo/-1",
        "/foo/01",
        "/foo/٣",
        "/foo/0/0",
        "/none",
        "/none/0",
        "/foo/" + "9" * 5000,
    ],
)
def test_where_nothing_stands_there_is_nothing(pointer: str) -> None:
    assert value_at(DOCUMENT, steps_of(pointer)) is None
