"""Answers the tap gives itself."""

import h11
import msgspec
import pytest

from earwitness.capture import problems

ALL = [
    problems.bad_request("no\r\nInjected: x", ""),
    problems.unknown_route(["a", "b"]),
    problems.unknown_route([]),
    problems.route_is_off(),
    problems.no_upgrade(),
    problems.no_key(),
    problems.cannot_record("disk full"),
    problems.unreachable("refused"),
    problems.no_answer(60.0),
]


@pytest.mark.parametrize("refused", ALL, ids=[refused.detail[:12] for refused in ALL])
def test_every_answer_is_whole_http_with_a_problem_and_a_hint(refused):
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
    client.send(h11.EndOfMessage())
    client.receive_data(refused.answer)
    head, body, end = client.next_event(), client.next_event(), client.next_event()
    assert isinstance(end, h11.EndOfMessage)
    headers = dict(head.headers)
    assert headers[b"content-type"] == b"application/problem+json"
    assert b"injected" not in headers
    problem = msgspec.json.decode(bytes(body.data))
    assert (problem["status"], problem["detail"]) == (head.status_code, refused.detail)
    assert problem["hint"]
