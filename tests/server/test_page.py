"""What people and tools said is shown as text, in a real browser too."""

import re
from html import unescape
from pathlib import Path

import pytest

from earwitness.model.conversation import Conversation
from earwitness.server.page import SIDES, conversation_page
from store_calls import a_full_call, a_leg, a_message

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>'\"&"
PEAKS = {"rate_hz": 16_000, "zooms": [{"frames_per_point": 100, "low": [[-5], [-9]], "high": [[5], [9]]}]}


def evil_call() -> Conversation:
    leg = a_leg(provider_ids={"session_id": EVIL})
    call = a_full_call()
    (tool,) = call.tool_calls
    evil_tool = type(tool)(
        key="k", leg=leg.id, call=EVIL, name=EVIL, arguments=EVIL, result=EVIL, called_ns=0
    )
    said = tuple(a_message(leg, item, text=EVIL, heard_text=EVIL) for item in range(2))
    return a_full_call(legs=(leg,), messages=said, tool_calls=(evil_tool,), interruptions=())


def page(call: Conversation) -> str:
    return conversation_page(call, PEAKS, audio="/sound", query="a=1&link=2")


def test_what_looks_like_markup_is_shown_as_the_text_it_is() -> None:
    text = page(evil_call())
    assert "<img" not in text
    assert "<script>" not in text
    assert unescape(text).count(EVIL) >= 6  # title, heading, two messages, the tool's name, words and answer


def test_both_sides_are_drawn_and_the_sound_is_named() -> None:
    text = page(a_full_call())
    for side in SIDES:
        assert re.search(rf'<path class={side} d="M0 [\d.]+V[\d.]+"/>', text)
    assert 'src="/sound/stereo?format=wav&amp;a=1&amp;link=2"' in text


def test_a_browser_runs_nothing_of_what_was_said(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("needs /usr/bin/chromium")
    (tmp_path / "page.html").write_text(page(evil_call()), "utf-8")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto((tmp_path / "page.html").as_uri())
        assert tab.title() != "owned"
        assert tab.locator("img").count() == 0
        assert EVIL in tab.locator("ol.transcript").inner_text()
        browser.close()
