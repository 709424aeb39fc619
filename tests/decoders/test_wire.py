"""Reading JSON that nobody promised to write well."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.decoders import wire
from earwitness.decoders.wire import Unreadable, read_base64, read_object

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_an_object_or_unreadable(payload: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(read_object(payload), dict)


@given(
    st.dictionaries(st.text(), st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False))
)
def test_well_written_objects_come_out_as_they_are(value: dict[str, object]) -> None:
    assert read_object(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[1]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"a":NaN}', "NaN is not JSON"),
        (b'{"a":-Infinity}', "-Infinity is not JSON"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_unreadable_bytes_say_why(payload: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        read_object(payload)


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        (b'{"a":"\\ud800x"}', {"a": "\ufffdx"}),
        (b'{"\\udc00":["\\ud83d\\ude00"]}', {"\ufffd": ["\U0001f600"]}),
        (b'{"a":1e400,"b":1}', {"a": None, "b": 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":"\\ud800","b":' + b"9" * 5_000 + b"}", {"a": "\ufffd", "b": None}),
        (b'{"a":' + b"[" * 100 + b"]" * 100 + b',"b":1}', {"b": 1}),
    ],
)
def test_odd_but_lawful_json_is_made_harmless(payload: bytes, value: dict[str, object]) -> None:
    assert {name: read_object(payload)[name] for name in value} == value


@pytest.mark.parametrize(
    ("text", "data"),
    [("", b""), ("AAEC", b"\0\1\2"), ("AAE=", b"\0\1"), ("AAE", b"\0\1"), ("+/8=", b"\xfb\xff")],
)
def test_base64_is_read_with_its_padding_or_without(text: str, data: bytes) -> None:
    assert read_base64(text) == data


@pytest.mark.parametrize("text", ["A", "AAE*", "AA-_", "AA E", "AAE=AAE=", "====", "é", "\ud800"])
def test_bad_base64_is_not_guessed_at(text: str) -> None:
    with pytest.raises(Unreadable, match="bad base64"):
        read_base64(text)


@given(st.dictionaries(st.sampled_from("ab"), ANYTHING))
def test_getters_give_their_kind_or_nothing(body: dict[str, object]) -> None:
    text, number = wire.text_of(body, "a"), wire.whole_of(body, "a")
    assert text is None or text == body["a"]
    assert number is None or abs(number) < wire.INT64
    assert wire.id_of(body, "a") != ""
    assert isinstance(wire.object_of(body, "a"), dict)
    assert all(isinstance(inner, dict) for inner in wire.objects_of(body, "a"))
    assert set(wire.usage_of(body, "a")) <= set(wire.object_of(body, "a"))


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), ("5", 5), (5.9, 5), ("-5", None), (True, None), ("٣", None), (1 << 63, None), ("", None)],
)
def test_whole_numbers_may_come_as_strings(value: object, number: int | None) -> None:
    assert wire.whole_of({"a": value}, "a") == number


def test_places_in_a_stream_lie_in_a_call_that_can_be() -> None:
    week_ms = 7 * 24 * 3_600_000
    told = [wire.ms_of({"a": value}, "a") for value in (0, "171", week_ms, week_ms + 1, -1, "soon")]
    assert told == [0, 171, week_ms, None, None, None]


def test_ids_may_come_as_numbers() -> None:
    assert [wire.id_of({"a": value}, "a") for value in (7, "x", "", True, None)] == [
        "7",
        "x",
        None,
        None,
        None,
    ]


def test_usage_keeps_counts_and_drops_what_cannot_be_stored() -> None:
    usage = {"total": 3, "huge": 1 << 80, "list": [1], "in": {"text": 1, "deep": {"er": {"est": {"x": 1}}}}}
    told = {"total": 3, "in": {"text": 1, "deep": {"er": {}}}}
    assert wire.usage_of({"usage": usage}, "usage") == told


def test_text_that_came_as_an_object_is_written_as_json() -> None:
    assert [wire.json_of(value) for value in (None, "x", {"a": [1]})] == [None, "x", '{"a":[1]}']
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Unreadable, match="nested too deeply"):
        wire.json_of(deep)
