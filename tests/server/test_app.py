"""What every answer has, whatever was asked."""

import pytest

from asked import Asker


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/docs", "/static/page.css", "/nowhere", "/conversations/latest", "/recordings"],
)
def test_every_answer_tells_the_browser_to_do_no_more_than_show_it(asker: Asker, path: str) -> None:
    for key in ("read", None):
        headers = asker.ask(path, key).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        policy = headers["Content-Security-Policy"]
        for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert headers["Referrer-Policy"] == "no-referrer"  # a play link must not travel on


def test_no_other_origin_is_let_in(asker: Asker) -> None:
    evil = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}
    for method in ("GET", "OPTIONS"):
        headers = asker.ask("/api/v1/conversations", method=method, headers=evil).headers
        assert not [name for name in headers if name.startswith("access-control")]


def test_no_cookie_is_ever_set(asker: Asker, order: str) -> None:
    for path in ("/healthz", f"/conversations/{order}", "/api/v1/conversations"):
        assert "set-cookie" not in asker.ask(path).headers


def test_what_is_not_there_is_a_problem_with_a_hint(asker: Asker) -> None:
    answer = asker.ask("/api/v2/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "/docs" in answer.json()["hint"]
    assert asker.ask("/recordings", method="POST").status_code == 405


@pytest.mark.parametrize(
    "path", ["/docs/oauth2-redirect", "/redoc", "/static/../app.py", "/static/%2e%2e/app.py"]
)
def test_nothing_is_served_that_nobody_meant_to(asker: Asker, path: str) -> None:
    assert asker.ask(path, None).status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/cron.d/x",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "a%00b",
        "x" * 4096,
        "CON",
        "%F0%9F%98%80",
        "'--",
    ],
)
def test_a_strange_name_of_a_conversation_is_one_that_is_not_there(asker: Asker, name: str) -> None:
    for path in (f"/api/v1/conversations/{name}", f"/recordings/{name}/summary"):
        assert asker.ask(path).status_code == 404
