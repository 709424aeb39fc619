"""HTTP heads of handshakes."""

import pytest

from earwitness.capture.head import forwarded, read_answer, read_request
from earwitness.errors import InvalidInput

HEAD = b"GET /r HTTP/1.1\r\nHost: tap\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n\r\n"


def test_a_head_that_is_cut_anywhere_is_waited_for():
    assert all(read_request(HEAD[:i]) is None for i in range(len(HEAD)))
    request = read_request(HEAD + b"more")
    assert request.size == len(HEAD)
    assert request.is_upgrade


@pytest.mark.parametrize(
    ("connection", "kept"),
    [
        ("Upgrade", "Connection: Upgrade"),
        ("keep-alive, Upgrade", "Connection: keep-alive, Upgrade"),
        ("Upgrade, X-Hop", "Connection: Upgrade"),
    ],
)
def test_headers_that_belong_to_one_hop_stay_on_it(connection, kept):
    head = HEAD.replace(b"keep-alive, Upgrade", connection.encode()).replace(
        b"\r\n\r\n", b"\r\nX-Hop: 1\r\nTE: x\r\nProxy-Authorization: y\r\nX-Stays: \xe9\r\n\r\n"
    )
    lines = forwarded(read_request(head), "/t", "up:1").decode("latin-1").split("\r\n")
    assert lines[:2] == ["GET /t HTTP/1.1", "Host: up:1"]
    assert kept in lines
    assert ("X-Hop: 1" in lines) is ("X-Hop" not in connection)
    assert "X-Stays: \xe9" in lines
    assert not [line for line in lines if line.startswith(("TE", "Proxy"))]


@pytest.mark.parametrize("version", [b"1.0", b"2.0"])
def test_other_versions_of_http_are_refused(version):
    with pytest.raises(InvalidInput):
        read_request(HEAD.replace(b"1.1", version))


def test_an_answer_is_read_leniently():
    answer = read_answer(b"HTTP/1.1 401\r\nA: 1\r\nodd line\r\na: 2 \r\nContent-Length: 3\r\n\r\nabc")
    assert (answer.status, answer.reason, answer.values("a"), answer.body_bytes) == (401, "", ["1", "2"], 3)
    assert read_answer(b"HTTP/1.1 200 OK\r\nA") is None


@pytest.mark.parametrize(
    "data", [b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 200 x" + b"y" * 70_000]
)
def test_what_is_no_answer_is_told(data):
    with pytest.raises(InvalidInput):
        read_answer(data)
