"""A browser's login: what it opens, for how long, and for whose pages (ASVS 3.3, 3.5, 7.4)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from asked import Asker
from earwitness.settings import Listen, Recording, Settings

PATH, SENTENCE = "/api/v1/session", "the heron eats at seven"
OWN = "http://127.0.0.1:5001"
LIST = "/api/v1/conversations"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Asker]:
    asker = Asker(tmp_path)
    asker.library.users.add("default", "ana", "reviewer", SENTENCE)
    yield asker
    asker.close()


def log_in(desk: Asker, base: str = OWN, client: str = "127.0.0.1", **body: str) -> tuple[TestClient, Any]:
    """A browser of its own, and the answer it got."""
    browser = TestClient(desk.app, base_url=base, client=(client, 50_000), raise_server_exceptions=False)
    return browser, browser.post(PATH, json=body or {"key": desk.keys["admin"]}, headers={"Origin": base})


def test_a_key_or_a_password_begins_a_session_that_reads(desk: Asker) -> None:
    for body in ({"key": desk.keys["read"]}, {"user": "ana", "password": SENTENCE}):
        browser, answer = log_in(desk, **body)
        assert answer.status_code == 200, answer.text
        assert browser.get(LIST).status_code == 200
        assert browser.get(PATH).json() == answer.json()
    assert (answer.json()["name"], answer.json()["workspace"]) == ("ana", "default")
    assert answer.json()["scopes"] == ["read", "read-raw", "write"]


@pytest.mark.parametrize("live_stereo", [True, False])
def test_a_browser_is_told_whether_running_calls_can_be_listened_in_to(
    tmp_path: Path, live_stereo: bool
) -> None:
    asker = Asker(tmp_path, Settings(record=Recording(live_stereo=live_stereo)))
    _, answer = log_in(asker)
    assert answer.json()["has_live_sound"] is live_stereo
    asker.close()


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: Asker) -> None:
    _, answer = log_in(desk)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("earwitness=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))
    _, answer = log_in(desk, "https://127.0.0.1:5001", "203.0.113.9")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-earwitness=")
    assert {"HttpOnly", "Path=/", "SameSite=strict", "Secure"} <= set(cookie.split("; "))
    assert "domain" not in cookie.lower()


def test_nobody_logs_in_in_the_clear_from_elsewhere(desk: Asker) -> None:
    _, answer = log_in(desk, client="203.0.113.9")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


@pytest.mark.parametrize(
    "body",
    [
        {"key": "ew_abcdefgh_" + "A" * 43},
        {"user": "ana", "password": "the heron eats at eight"},
        {"user": "bob", "password": SENTENCE},
        {"user": "ana", "password": SENTENCE, "workspace": "acme"},
        {"password": SENTENCE},
    ],
)
def test_a_wrong_login_sets_no_cookie(desk: Asker, body: dict[str, str]) -> None:
    browser, answer = log_in(desk, **body)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (401, False)
    assert browser.get(LIST).status_code == 401


def test_logging_out_ends_it_on_the_server_too(desk: Asker) -> None:
    browser, answer = log_in(desk)
    kept = dict(browser.cookies)
    headers = {"Origin": OWN, "X-CSRF-Token": answer.json()["csrf_token"]}
    gone = browser.delete(PATH, headers=headers)
    assert (gone.status_code, "Max-Age=0" in gone.headers["Set-Cookie"]) == (204, True)
    browser.cookies.update(kept)
    assert browser.get(LIST).status_code == 401
    assert browser.get(PATH).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:5001"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_pages_of_other_origins_cannot_use_it_even_to_read(desk: Asker, headers: dict[str, str]) -> None:
    browser, _ = log_in(desk)
    assert browser.get(LIST, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    answer = browser.get(LIST, headers=headers)
    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (403, False)


def test_a_change_needs_our_origin_and_our_word(desk: Asker) -> None:
    browser, answer = log_in(desk)
    word, path = answer.json()["csrf_token"], f"{LIST}/latest"

    def change(**headers: str) -> int:
        return browser.delete(path, headers={k.replace("_", "-"): v for k, v in headers.items()}).status_code

    assert change() == 403
    assert change(Origin=OWN) == 403
    assert change(X_CSRF_Token=word) == 403
    assert change(Origin=OWN, X_CSRF_Token="x") == 403
    assert change(Origin="http://evil.example", X_CSRF_Token=word) == 403
    assert change(Origin=OWN, X_CSRF_Token=word) == 404  # nothing is there to be deleted


def test_another_page_cannot_log_its_visitor_in(desk: Asker) -> None:
    browser = TestClient(desk.app, base_url=OWN, client=("127.0.0.1", 1))
    login = {"key": desk.keys["admin"]}
    assert browser.post(PATH, json=login, headers={"Origin": "https://evil.example"}).status_code == 403
    assert browser.post(PATH, data=login, headers={"Origin": OWN}).status_code == 415
    assert browser.post(PATH, json=login).status_code == 200, "a program that sends no Origin"


def test_the_rights_are_those_of_this_moment(desk: Asker) -> None:
    browser, answer = log_in(desk, user="ana", password=SENTENCE)
    headers = {"Origin": OWN, "X-CSRF-Token": answer.json()["csrf_token"]}
    assert browser.delete(f"{LIST}/latest", headers=headers).status_code == 403
    desk.library.users.set_role("default", "ana", "admin")
    assert browser.delete(f"{LIST}/latest", headers=headers).status_code == 404
    desk.library.users.remove("default", "ana")
    assert browser.get(LIST).status_code == 401


def test_who_guesses_waits_and_whoever_has_the_password_elsewhere_does_not(desk: Asker) -> None:
    wrong = {"user": "ana", "password": "the heron eats at eight"}
    statuses = [log_in(desk, client="127.0.0.2", **wrong)[1].status_code for _ in range(12)]
    assert statuses[:10] == [401] * 10
    assert 429 in statuses[10:]
    assert log_in(desk, client="127.0.0.3", user="ana", password=SENTENCE)[1].status_code == 200


def test_guessed_keys_wait_and_a_right_one_from_there_does_not(desk: Asker) -> None:
    def ask(key: str) -> httpx.Response:
        return desk.client.get(LIST, headers={"Authorization": f"Bearer {desk.keys[key]}"})

    statuses = [ask("unknown").status_code for _ in range(12)]
    assert (statuses[:10], 429 in statuses[10:]) == ([401] * 10, True)
    assert ask("read").status_code == 200


def test_one_key_that_asks_too_much_leaves_the_others_their_share(tmp_path: Path) -> None:
    desk = Asker(tmp_path, settings=Settings(api=Listen(requests_per_minute=5)))
    assert [desk.ask(LIST, "read").status_code for _ in range(6)] == [200] * 5 + [429]
    assert int(desk.ask(LIST, "read").headers["Retry-After"]) >= 1
    assert desk.ask(LIST, "admin").status_code == 200
    desk.close()
