"""What people do with a conversation in the browser: note, hold, unmask, erase; each as far as they may."""

import json
from collections.abc import Callable
from typing import Any

from browsed import Tab
from browsed_calls import LEAVER
from served import until

Open = Callable[..., Tab]


def more(tab: Tab, what: str) -> None:
    tab.page.locator(".menu summary").click()
    tab.page.get_by_role("button", name=what, exact=True).click()


def test_a_note_on_a_stretch_is_kept_with_its_author(open_tab: Open, site: Any) -> None:
    tab = open_tab(f"/conversations/{site.order}", key="admin")
    tab.page.locator(".said").first.wait_for()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("[")
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("]")
    tab.page.get_by_role("tab", name="Notes").click()
    tab.page.get_by_role("button", name="0:05.0 – 0:10.0").wait_for()
    tab.page.get_by_label("Note", exact=True).fill("She was cut off <b>twice</b>")
    tab.page.get_by_role("button", name="Add note").click()
    note = tab.page.locator(".notes li", has_text="She was cut off <b>twice</b>")
    assert "0:05.0 – 0:10.0" in note.inner_text()
    kept = json.loads(site.served.get(f"/api/v1/conversations/{site.order}/annotations")[1])["annotations"]
    assert [(each["from_ms"], each["to_ms"]) for each in kept] == [(5000, 10_000)]
    assert kept[0]["author"].startswith("key:")


def test_a_call_that_is_held_says_so_until_it_is_released(open_tab: Open, site: Any) -> None:
    tab = open_tab(f"/conversations/{site.barge_in}", key="admin")
    more(tab, "Hold")
    dialog = tab.page.get_by_role("dialog")
    assert tab.violations() == []
    dialog.get_by_label("Why?").fill("case 17")
    assert dialog.get_by_role("button", name="Hold").is_disabled()
    dialog.get_by_role("textbox").last.fill("Hold")
    dialog.get_by_role("button", name="Hold").click()
    tab.page.locator(".held").wait_for()
    tab.page.reload()
    assert tab.page.locator(".held").get_attribute("title") == "case 17"
    more(tab, "Release hold")
    until(lambda: tab.page.locator(".held").count() == 0, 5)


def test_what_was_taken_out_is_shown_for_a_reason_that_stands_in_the_trail(open_tab: Open, site: Any) -> None:
    tab = open_tab(f"/conversations/{site.quote}", key="admin")
    tab.page.locator(".said .mask").wait_for()
    more(tab, "Show what was taken out")
    tab.page.get_by_role("dialog").get_by_label("Why?").fill("dispute 4711")
    assert tab.violations() == []
    tab.page.get_by_role("dialog").get_by_role("button", name="Show what was taken out").click()
    tab.page.get_by_text("415-555-0134").wait_for()
    tab.page.get_by_text("nothing taken out").wait_for()
    tab.page.get_by_role("tab", name="Audit").click()
    tab.page.locator(".trail q", has_text="dispute 4711").first.wait_for()
    more(tab, "Show it as everybody sees it")
    tab.page.locator(".said .mask").wait_for()
    reader = open_tab(f"/conversations/{site.quote}")
    reader.page.locator(".said").first.wait_for()
    assert reader.page.locator(".menu").count() == 0


def test_the_trail_names_the_call_that_was_looked_at_and_leads_there(open_tab: Open, site: Any) -> None:
    site.served.get(f"/api/v1/conversations/{site.order}/health")
    tab = open_tab("/protection", key="admin")
    line = tab.page.locator(".trail li", has=tab.page.get_by_role("link", name=site.order)).first
    line.wait_for()
    assert "{conversation_id}" not in line.inner_text()
    tab.picture("protection-trail", full_page=True)
    line.get_by_role("link").click()
    tab.page.wait_for_url(f"**/conversations/{site.order}")
    tab.page.get_by_role("tab", name="Audit").click()
    facts = tab.page.locator(".trail code").first
    assert facts.evaluate("text => text.scrollWidth <= text.clientWidth"), "it wraps"
    tab.picture("conversation-trail")


def test_words_that_somebody_takes_out_are_masked_everywhere(open_tab: Open, site: Any) -> None:
    path = f"/api/v1/conversations?subject={LEAVER}"
    call = json.loads(site.served.get(path)[1])["conversations"][0]["id"]
    tab = open_tab(f"/conversations/{call}", key="admin")
    tab.page.locator(".said", has_text="Honda Civic").wait_for()
    more(tab, "Redact")
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Words, one per line").fill("Honda Civic")
    dialog.get_by_label("Why?").fill("she asked for it")
    assert dialog.get_by_role("button", name="Redact").is_disabled()
    dialog.get_by_role("textbox").last.fill("Redact")
    assert tab.violations() == []
    dialog.get_by_role("button", name="Redact").click()
    until(lambda: tab.page.get_by_text("Honda").count() == 0, 30)
    tab.page.locator(".said .mask").nth(1).wait_for()
    assert "Honda" not in site.served.get(f"/api/v1/conversations/{call}")[1].decode()


def test_nothing_is_erased_before_its_name_is_typed(open_tab: Open, site: Any) -> None:
    tab = open_tab(f"/conversations/{site.order}", key="admin")
    more(tab, "Erase this call")
    dialog = tab.page.get_by_role("dialog")
    assert dialog.get_by_role("button", name="Erase this call").is_disabled()
    dialog.get_by_role("textbox").last.fill("something else")
    assert dialog.get_by_role("button", name="Erase this call").is_disabled()
    dialog.get_by_role("button", name="Cancel").click()
    assert site.served.get(f"/api/v1/conversations/{site.order}")[0] == 200
    reader = open_tab(f"/conversations/{site.order}")
    reader.page.locator(".said").first.wait_for()
    assert reader.page.locator(".menu").count() == 0
    assert reader.page.get_by_role("tab", name="Audit").count() == 0
