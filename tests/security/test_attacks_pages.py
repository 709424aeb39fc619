"""Attacks by way of a browser: other sites' pages, words that are markup, links that are passed on."""

import time
from urllib.parse import parse_qs

import pytest

from asked import Asker
from attacked import LIST, MARKUP, OWN, Login
from browsed import Tab, chromium, require_pages
from earwitness.server import live, pages
from served import serving

EVIL = "https://evil.example"
RULES = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
STREAMS = ("/api/v1/live", "/api/v1/conversations/latest/live")


@pytest.fixture(autouse=True)
def no_endless_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LONGEST_S", 0.0)


def test_s04_a_page_of_another_site_cannot_follow_calls_with_its_visitors_login(log_in: Login) -> None:
    browser, _ = log_in()
    for path in STREAMS:
        assert browser.get(path, headers={"Origin": OWN}).status_code == 200
        for headers in (
            {"Origin": EVIL},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},  # a request without Origin still says whose page made it
            {"Sec-Fetch-Site": "same-site"},
        ):
            assert browser.get(path, headers=headers).status_code == 403, (path, headers)


def test_s05_a_site_that_gives_its_name_our_address_is_refused(desk: Asker, log_in: Login) -> None:
    browser, _ = log_in()
    for headers in (
        {"Host": "evil.example", "Origin": "http://evil.example"},
        {"Host": "evil.example:5001", "Origin": "http://evil.example:5001"},
        {"Host": "evil.example", "X-Forwarded-Host": "127.0.0.1:5001"},
        {"Host": "127.0.0.1.evil.example"},
    ):
        assert browser.get(LIST, headers=headers).status_code == 421
        assert desk.ask(LIST, headers=headers).status_code == 421
    forged = {"X-Forwarded-Host": "evil.example", "Origin": "http://evil.example"}
    assert browser.get(LIST, headers=forged).status_code == 403


def test_s12_words_that_are_markup_are_shown_as_words(desk: Asker, ours: str) -> None:
    for path in ("/", f"/conversations/{ours}", "/live", "/docs"):
        answer = desk.ask(path)
        policy = answer.headers["Content-Security-Policy"]
        assert all(rule in policy for rule in RULES), path
        assert "unsafe" not in policy
        assert "script-src" not in policy, "scripts are ours alone, and none stands in the page"
        assert MARKUP not in answer.text
    require_pages()
    with (
        serving(desk.library.data_path.parent, "--role", "api", data=desk.library.data_path.name) as served,
        chromium() as browser,
    ):
        tab = Tab(browser, served.api(), key=desk.keys["read"])
        tab.page.goto(f"/conversations/{ours}")
        tab.page.get_by_text(MARKUP).first.wait_for()
        assert (tab.page.title() == "owned", tab.page.locator("main img").count()) == (False, 0)
        assert [url for url in tab.asked if not url.startswith(served.api())] == []
        assert tab.complaints == []
        tab.close()


@pytest.mark.parametrize(
    "part", ["", "/transcript?format=text", "/transcript?format=srt", "/summary", "/events", "/audio/agent"]
)
def test_s13_what_is_stored_is_never_served_as_a_page(desk: Asker, ours: str, part: str) -> None:
    answer = desk.ask(f"{LIST}/{ours}{part}")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "html" not in answer.headers["Content-Type"]
    assert answer.headers["Content-Security-Policy"] == pages.POLICY
    if "transcript" in part:
        assert MARKUP in answer.text, "or this test sees nothing"


def test_s36_no_other_origin_is_told_that_it_may_read(desk: Asker, log_in: Login) -> None:
    browser, _ = log_in()
    for method in ("GET", "OPTIONS", "POST"):
        for origin in (EVIL, "null", "http://127.0.0.1:5002"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
            for answer in (browser.request(method, LIST, headers=headers), desk.ask(LIST, headers=headers)):
                assert not [name for name in answer.headers if name.startswith("access-control")]


def test_s38_a_play_link_is_for_one_call_one_purpose_ten_minutes_and_while_its_maker_may(
    desk: Asker, ours: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = desk.library.keys.create("sharer", ("read",))
    headers = {"Authorization": f"Bearer {made.text}"}
    path = desk.client.get(f"{LIST}/{ours}/link", headers=headers).json()["path"]
    link = path.partition("?")[2]

    def status(where: str, query: str = link) -> int:
        return desk.ask(f"{where}?{query}", None).status_code

    sound = f"{LIST}/{ours}/audio/stereo"
    assert status(sound) == 200
    [other] = desk.ask(LIST, "other").json()["conversations"]
    for elsewhere in (f"{LIST}/{other['id']}/audio/stereo", f"{LIST}/{ours}/events", LIST, "/metrics"):
        assert status(elsewhere) == 401, elsewhere
    for forged in (link.replace("default", "acme"), link[:-1] + "x", link + "&until=9999999999", ""):
        assert status(sound, forged) == 401, forged
    until = int(parse_qs(link)["until"][0])
    assert until <= time.time() + 600
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda: until - 1)
        assert status(sound) == 200
        later.setattr(time, "time", lambda: until + 1)
        assert status(sound) == 401
    desk.library.keys.revoke("default", made.key.id)
    assert status(sound) == 401, "what one may no more one cannot lend"
