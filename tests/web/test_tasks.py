"""What three people come to the pages for, done as the how-to pages tell it; their pictures are made here.

`make screenshots` writes the pictures of docs/images/tasks again.
"""

import json
import os
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import browsed
from browsed import ROOT, Tab
from browsed_calls import LEAVER
from served import until

Open = Callable[..., Tab]
SIZE = {"width": 1200, "height": 750}


@pytest.fixture(autouse=True)
def _where_pictures_go(monkeypatch: pytest.MonkeyPatch) -> None:
    if os.environ.get("PICTURES") == "docs":
        monkeypatch.setattr(browsed, "PICTURES", ROOT / "docs" / "images" / "tasks")


def test_a_developer_looks_into_a_complaint_of_being_cut_off(open_tab: Open, site: Any) -> None:
    tab = open_tab("/conversations", key="admin", size=SIZE, color_scheme="light")
    tab.page.get_by_role("link", name="Most interrupted").click()
    row = tab.page.locator(".rows .tr", has=tab.page.locator(f'a[href="/conversations/{site.barge_in}"]'))
    row.wait_for()
    tab.picture("barge-in-1-list")
    row.locator("a").click()
    tab.page.locator(".said del").first.wait_for()
    tab.page.get_by_text("Measured on the sound.", exact=True).wait_for()
    tab.page.get_by_text("by rules").first.wait_for()
    tab.picture("barge-in-2-call")
    cut = tab.page.locator(".note.interruption").first
    assert "The caller broke in" in cut.inner_text()
    cut.locator(".at").click()
    until(lambda: tab.page.get_by_role("button", name="Pause").count() == 1, told="it does not play")
    tab.page.get_by_role("tab", name="Events").click()
    tab.page.get_by_placeholder("Find in the wire").fill("truncate")
    until(lambda: 0 < tab.page.locator(".wire-row").count() < 20)
    tab.page.locator(".wire-row", has_text="conversation.item.truncate").first.click()
    tab.page.locator(".wire-open pre").get_by_text("audio_end_ms").wait_for()
    tab.picture("barge-in-3-wire")
    tab.page.locator(".wire-open .button").click()
    tab.page.locator(".timecode").click()
    tab.page.keyboard.press("[")
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("]")
    tab.page.get_by_role("tab", name="Notes").click()
    tab.page.get_by_label("Note", exact=True).fill("The caller broke in; the answer was cut as it should be.")
    tab.picture("barge-in-4-note")
    tab.page.get_by_role("button", name="Add note").click()
    tab.page.locator(".notes li", has_text="as it should be").wait_for()


def test_a_quality_lead_looks_at_the_week_on_monday_morning(open_tab: Open, site: Any) -> None:
    tab = open_tab("/dashboard?days=7", key="admin", size=SIZE, color_scheme="light")
    tab.page.locator(".dashboard[aria-busy=false]").wait_for(timeout=90_000)
    assert tab.page.locator(".chart").count() == 15
    tab.picture("monday-1-dashboard")
    slow = tab.page.get_by_role("region", name="Response time, median")
    slow.get_by_text("As a table").click()
    worst = max(slow.locator("td a").all(), key=lambda link: milliseconds(link.inner_text()))
    assert milliseconds(worst.inner_text()) > 2000
    worst.click()
    tab.page.wait_for_url("**/conversations?**since=**")
    tab.page.locator(".rows .tr").nth(1).wait_for()
    assert set(tab.page.locator(".rows .c-outcome").all_inner_texts()) == {"complaint"}
    tab.picture("monday-2-calls")
    for box in tab.page.locator(".rows").get_by_role("checkbox").all():
        box.check()
    tab.page.get_by_label("Add label").fill("coaching")
    tab.page.get_by_role("button", name="Add label").click()
    tab.page.locator(".rows .label", has_text="coaching").nth(1).wait_for()
    tab.picture("monday-3-label")
    tab.page.locator(".rows .c-call a").first.click()
    tab.page.get_by_role("tab", name="Notes").click()
    tab.page.get_by_role("button", name="2 of 5").click()
    tab.page.locator(".notes").get_by_text("2 of 5").wait_for()
    assert tab.page.locator(".stars .on").count() == 2
    tab.page.mouse.move(0, 0)
    tab.picture("monday-4-rating")
    found = json.loads(site.served.get("/api/v1/conversations?label=coaching")[1])["conversations"]
    assert len(found) >= 2


def milliseconds(told: str) -> float:
    number, unit = told.split()
    return float(number) * {"ms": 1, "s": 1000}[unit]


def hold(site: Any, conversation: str, reason: str) -> None:
    headers = {"Authorization": f"Bearer {site.keys['admin']}", "Content-Type": "application/json"}
    path, body = f"/api/v1/conversations/{conversation}/hold", json.dumps({"reason": reason}).encode()
    urllib.request.urlopen(urllib.request.Request(site.base + path, body, headers)).close()


def test_a_compliance_officer_answers_a_request_for_erasure(
    open_tab: Open, site: Any, tmp_path: Path
) -> None:
    held = json.loads(site.served.get(f"/api/v1/conversations?subject={LEAVER}")[1])["conversations"][0]["id"]
    hold(site, held, "case 2026-17")
    tab = open_tab("/protection", key="admin", size=SIZE, color_scheme="light")
    tab.page.get_by_label("Subject").fill(LEAVER)
    tab.page.get_by_role("button", name="Look").click()
    tab.page.get_by_text("2 calls are kept.").wait_for()
    tab.picture("erasure-1-person")
    with tab.page.expect_download() as download:
        tab.page.get_by_role("link", name="All that is kept of this person").click()
    download.value.save_as(tmp_path / "person.zip")
    assert (tmp_path / "person.zip").read_bytes().startswith(b"PK")
    tab.page.get_by_role("button", name="Erase this person").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill("asked for by letter of 27 November")
    assert dialog.get_by_role("button", name="Erase this person").is_disabled()
    dialog.get_by_role("textbox").last.fill(LEAVER)
    assert tab.violations() == []
    tab.picture("erasure-2-typed")
    dialog.get_by_role("button", name="Erase this person").click()
    tab.page.get_by_text("Kept for now, and erased later: a legal hold").wait_for()
    table = tab.page.get_by_role("region", name="Erasures")
    erasure = table.get_by_role("row", name=held)
    erasure.get_by_text("waits").wait_for()
    tab.picture("erasure-3-held")
    case = tab.page.get_by_role("region", name="Holds").get_by_role("row", name="case 2026-17")
    case.get_by_role("button").click()
    tab.page.locator(".trail").get_by_text("step=released").wait_for()
    assert tab.page.get_by_text("Kept for now").count() == 0
    certificate = erasure.get_by_role("button", name="Certificate")
    with tab.page.expect_download() as download:
        certificate.click()
    download.value.save_as(tmp_path / "certificate.json")
    told = json.loads((tmp_path / "certificate.json").read_text("utf-8"))
    assert (told["conversation_id"], told["state"]) == (held, "done")
    assert LEAVER not in json.dumps(told)
    assert tab.violations() == []
    tab.picture("erasure-4-done", full_page=False)
    assert json.loads(site.served.get(f"/api/v1/conversations?subject={LEAVER}")[1])["conversations"] == []
