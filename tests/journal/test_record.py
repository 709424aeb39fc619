"""What the recorder says of a leg: small, and read again by versions to come and versions gone."""

import msgspec
import pytest

from earwitness.journal.record import Answered, Ended, Gap, Kind, Note, Opened, Origin

STRUCTS = [
    Opened(leg="l", conversation="c", headers=(("a", "b"),), metadata={"k": [1, "2"]}, links=("x",)),
    Answered(status=101, headers=(("a", "b"),)),
    Note(verb="snapshot", data={"label": "quote"}),
    Gap(reason="overrun", first=3, count=2),
    Ended(why="closed", by="client"),
]


@pytest.mark.parametrize("said", STRUCTS, ids=lambda said: type(said).__name__)
def test_what_the_recorder_says_comes_back_and_unknown_fields_are_passed_over(said: msgspec.Struct) -> None:
    data = msgspec.json.encode(said)
    assert msgspec.json.decode(data, type=type(said)) == said
    later = data[:-1] + b',"field_of_a_version_to_come":{"x":1}}'
    assert msgspec.json.decode(later, type=type(said)) == said


def test_the_numbers_in_the_file_never_change() -> None:
    assert [origin.name for origin in Origin] == ["CLIENT", "SERVER", "RECORDER"]
    assert [origin.value for origin in Origin] == [1, 2, 3]
    assert [kind.value for kind in Kind] == list(range(1, 12))
    assert [kind.name for kind in Kind][:5] == ["OPENED", "ANSWERED", "TEXT", "BINARY", "PING"]
    assert [kind.name for kind in Kind][5:] == ["PONG", "CLOSE", "RAW", "NOTE", "GAP", "ENDED"]
