"""Ranges as RFC 9110, section 14, has them; what a byte slice gives is the measure."""

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from earwitness.server.ranges import ranged

WHOLE = bytes(range(256)) * 4
SIZE = len(WHOLE)

app = FastAPI()


@app.api_route("/{size}", methods=["GET", "HEAD"])
def some(request: Request, size: int) -> Response:
    def source(start: int, stop: int) -> list[bytes]:
        assert 0 <= start <= stop <= size
        return [WHOLE[start:stop][at : at + 100] for at in range(0, stop - start, 100)]

    return ranged(request, size, source, "audio/wav", "call.wav")


client = TestClient(app)


def ask(
    value: str | None, method: str = "GET", size: int = SIZE, **more: str
) -> tuple[int, bytes, str | None]:
    headers = {**({} if value is None else {"Range": value}), **more}
    answer = client.request(method, f"/{size}", headers=headers)
    if answer.status_code != 416 and method == "GET":
        assert int(answer.headers["Content-Length"]) == len(answer.content)
    return answer.status_code, answer.content, answer.headers.get("Content-Range")


def test_without_a_range_all_of_it_comes() -> None:
    answer = client.get(f"/{SIZE}")
    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"] == 'inline; filename="call.wav"'


@pytest.mark.parametrize(
    ("value", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, SIZE),
        ("bytes=10-19", 10, 20),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        ("bytes=10-999999", 10, SIZE),
        ("bytes=-5", SIZE - 5, SIZE),
        ("bytes=-999999", 0, SIZE),
        ("Bytes=3-4", 3, 5),
        (" bytes=3-4 ", 3, 5),
    ],
)
def test_one_range_is_answered_with_that_stretch(value: str, start: int, stop: int) -> None:
    assert ask(value) == (206, WHOLE[start:stop], f"bytes {start}-{stop - 1}/{SIZE}")


@pytest.mark.parametrize(
    "value", [f"bytes={SIZE}-", "bytes=9999-10000", "bytes=-0", "bytes=" + "9" * 18 + "-"]
)
def test_a_range_beyond_the_end_is_416_with_the_true_size(value: str) -> None:
    assert ask(value) == (416, b"", f"bytes */{SIZE}")


@pytest.mark.parametrize(
    "value",
    [
        *("", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2-3", "bytes=0x1-2", "bytes=+1-2"),
        *("bytes=1 -2", "items=0-1", "0-1", "bytes:0-1", "bytes=" + "9" * 5000 + "-"),
        "bytes=٣-٤".encode().decode("latin-1"),
    ],
)
def test_what_is_no_range_is_ignored(value: str) -> None:
    assert ask(value.encode("latin-1")) == (200, WHOLE, None)  # type: ignore[arg-type]


def test_several_ranges_are_answered_with_all_of_it() -> None:
    assert ask("bytes=0-1,5-6") == (200, WHOLE, None)


def test_head_knows_no_ranges_and_sends_no_bytes() -> None:
    for value in (None, "bytes=0-9", f"bytes={SIZE}-"):
        answer = client.head(f"/{SIZE}", headers={} if value is None else {"Range": value})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Length"] == str(SIZE)
        assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_range_on_condition_of_a_state_we_cannot_vouch_for_gets_all_of_it() -> None:
    assert ask("bytes=0-9", **{"If-Range": '"some"'}) == (200, WHOLE, None)


def test_of_nothing_every_range_is_beyond_the_end() -> None:
    assert ask(None, size=0) == (200, b"", None)
    for value in ("bytes=0-", "bytes=0-0", "bytes=-1"):
        assert ask(value, size=0) == (416, b"", "bytes */0")


@given(st.integers(0, SIZE * 2), st.integers(0, SIZE * 2), st.integers(1, SIZE))
def test_every_range_is_a_slice(first: int, last: int, size: int) -> None:
    whole = WHOLE[:size]
    status, body, told = ask(f"bytes={first}-{last}", size=size)
    if expected := whole[first : last + 1]:
        assert (status, body) == (206, expected)
        assert told == f"bytes {first}-{first + len(expected) - 1}/{size}"
    else:
        assert (status, told) == (416, f"bytes */{size}")
    status, body, _ = ask(f"bytes=-{last}", size=size)
    assert (status, body) == ((206, whole[-last:]) if last else (416, b""))
