"""The page of a call: whoever has its link sees it, and it names nothing but its own sound."""

import json
import re
import shutil
from html import unescape
from pathlib import Path

import pytest

from asked import Asker
from earwitness.library import Library
from earwitness.settings import Settings
from played import Played
from served import serving, until


def test_the_page_opens_by_a_link_and_its_sound_plays_by_the_same(asker: Asker, order: str) -> None:
    link = asker.ask(f"/api/v1/conversations/{order}/link").json()["path"]
    page = asker.ask(link, None)
    assert page.headers["Content-Type"].startswith("text/html")
    assert "mushroom pizza" in page.text
    (source,) = re.findall(r"<audio[^>]* src=\"([^\"]+)\"", page.text)
    sound = asker.ask(unescape(source), None, headers={"Range": "bytes=0-3"})
    assert (sound.status_code, sound.content) == (206, b"RIFF")


def test_everything_a_page_names_is_there(asker: Asker, order: str) -> None:
    page = asker.ask(f"/listen/{order}").text
    named = re.findall(r"(?:href|src)=(/static/\S+?)[ >]", page)
    assert set(named) == {"/static/icon.svg", "/static/page.css", "/static/page.js"}
    for path in named:
        assert asker.ask(path, None).status_code == 200
    assert "<script>" not in page
    assert not re.search(r"\son\w+=|style=", page), "a policy without inline code would break it"


def test_in_a_browser_the_page_plays_and_breaks_no_rule(played: Played, order: str, tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs /usr/bin/chromium")
    shutil.copytree(played.folder, tmp_path / "data")
    key = Library(Settings(data_dir=str(tmp_path / "data"))).keys.create("browser", ("read",)).text
    with serving(tmp_path, "--role", "api", key=key) as served, playwright.sync_playwright() as driver:
        link = json.loads(served.get(f"/api/v1/conversations/{order}/link")[1])["path"]
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        tab = browser.new_page()
        complaints: list[str] = []
        tab.on("console", lambda message: complaints.append(f"{message.text} {message.location['url']}"))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.goto(served.api() + link)
        tab.locator("ol.transcript li").nth(1).click()
        until(lambda: tab.evaluate("document.getElementById('sound').currentTime") > 0.5, 15)
        until(lambda: tab.locator("li.now").count() == 1, 15)
        assert [text for text in complaints if not text.endswith("/favicon.ico")] == []
        browser.close()
