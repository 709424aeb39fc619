"""The page of a conversation: seen, heard, sought through, by mouse and by keyboard."""

import json
import re
from collections.abc import Callable

import pytest

from browsed import PHONE, Tab
from served import until

Open = Callable[..., Tab]


def seconds(tab: Tab) -> float:
    """Where the player stands, as the page says."""
    minutes, rest = tab.page.locator(".timecode b").inner_text().split(":")
    return int(minutes) * 60 + float(rest)


def test_a_call_opens_with_its_words_its_sides_and_its_health(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}")
    tab.page.get_by_text("mushroom pizza").first.wait_for()
    assert tab.page.locator(".said.caller").count() >= 2
    assert tab.page.locator(".said.agent").count() >= 2
    assert tab.page.locator(".tool-card").count() == 1
    tab.page.locator(".health-bar b").wait_for()
    until(lambda: tab.page.locator(".timeline-wave canvas").count() >= 2, 10)  # a side each


def test_what_was_generated_but_not_heard_is_struck_through(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.barge_in}", color_scheme="dark")
    tab.page.locator(".said del").first.wait_for()
    heard = tab.page.locator(".said", has=tab.page.locator("del")).first
    assert "cut off" in heard.inner_text()
    assert tab.page.locator(".note.interruption").count() >= 1
    tab.picture("conversation-barge-in-dark")


def test_a_click_on_a_line_plays_from_there_and_lights_it(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}")
    line = tab.page.locator(".said.agent").nth(1)
    line.wait_for()
    minutes, rest = line.locator(".at").inner_text().split(":")
    begins = int(minutes) * 60 + float(rest)
    line.click()
    until(lambda: seconds(tab) > begins + 0.3, 15, "it does not play")
    until(lambda: "now" in (line.get_attribute("class") or ""), 5)
    tab.page.get_by_role("button", name="Pause").click()
    until(lambda: tab.page.get_by_role("button", name="Play", exact=True).count() == 1, 5)


def test_a_click_on_the_waveform_goes_there(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}")
    tab.page.locator(".said").first.wait_for()
    box = tab.page.locator(".timeline-wave").bounding_box()
    whole = tab.page.locator(".timecode").inner_text()
    end = [float(part) for part in re.findall(r"[\d.]+", whole.split("/")[1])]
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    until(lambda: abs(seconds(tab) - (end[0] * 60 + end[1]) / 2) < 0.5, 10)


def test_the_keyboard_does_all_a_mouse_does(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}")
    tab.page.locator(".said").first.wait_for()
    tab.page.keyboard.press("ArrowRight")
    until(lambda: seconds(tab) == 5.0, 5)
    tab.page.keyboard.press("Shift+ArrowLeft")
    until(lambda: seconds(tab) == 4.0, 5)
    tab.page.keyboard.press("Space")
    until(lambda: seconds(tab) > 4.2, 15, "it does not play")
    tab.page.keyboard.press("Space")
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("mushroom")
    until(lambda: tab.page.locator(".said mark").count() >= 1, 5)
    tab.page.get_by_role("tab", name="Overview").focus()
    tab.page.keyboard.press("ArrowRight")
    until(lambda: tab.page.get_by_role("tab", name="Tools").get_attribute("aria-selected") == "true", 5)


def test_a_play_link_opens_this_call_without_a_key_and_no_other(open_tab: Open, site) -> None:
    path = json.loads(site.served.get(f"/api/v1/conversations/{site.order}/link")[1])["path"]
    tab = open_tab(path, key="")
    tab.page.get_by_text("mushroom pizza").first.wait_for()
    tab.page.locator(".said.agent").nth(1).click()
    until(lambda: seconds(tab) > 1, 15)
    other = open_tab(path.replace(site.order, site.barge_in), key="")
    other.page.get_by_label("API key").wait_for()


def test_a_key_without_the_right_to_read_is_told_so(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}", key="capture")
    tab.page.get_by_role("alert").wait_for()
    assert "right" in tab.page.get_by_role("alert").inner_text()


def test_somebody_signs_in_with_a_key_and_out_again(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}", key="")
    tab.page.get_by_label("API key").fill("ew_wrong_key")
    tab.page.get_by_role("button", name="Continue").click()
    tab.page.get_by_role("alert").get_by_text("opens nothing").wait_for()
    tab.page.get_by_label("API key").fill(site.keys["read"])
    tab.page.get_by_role("button", name="Continue").click()
    tab.page.get_by_text("mushroom pizza").first.wait_for()
    tab.page.get_by_role("button", name="Sign out").click()
    tab.page.get_by_label("API key").wait_for()


def test_what_looks_like_markup_is_shown_as_the_text_it_is(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.evil}")
    tab.page.locator(".said").first.wait_for()
    for name in ("Tools", "Snapshots", "Legs", "Files", "Overview"):
        tab.page.get_by_role("tab", name=name).click()
    assert tab.page.title() != "owned"
    assert tab.page.locator("main img").count() == 0
    assert tab.page.locator("script:not([src])").count() == 0
    assert tab.page.locator(".said-words").first.inner_text().startswith("<img src=x onerror=")
    tab.page.get_by_role("tab", name="Tools").click()
    assert "<script>" in tab.page.locator(".tool-detail").first.inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    open_tab: Open, site, scheme: str, size: dict[str, int] | None
) -> None:
    look = {"color_scheme": scheme, **({"size": size} if size else {})}
    tab = open_tab(f"/conversations/{site.phone_order}", **look)
    tab.page.locator(".health-bar b").wait_for()
    tab.page.locator(".said").first.wait_for()
    assert tab.violations() == []
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.picture(f"conversation-{'phone' if size else 'desktop'}-{scheme}")


def test_every_tab_of_an_admin_is_clean_and_the_wire_leads_to_the_sound(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.phone_order}", key="admin", color_scheme="light")
    tab.page.locator(".said").first.wait_for()
    for name in ("Tools", "Snapshots", "Notes", "Legs", "Files", "Audit"):
        tab.page.get_by_role("tab", name=name).click()
        assert tab.violations() == [], name
    tab.page.get_by_role("tab", name="Events").click()
    tab.page.get_by_placeholder("Find in the wire").fill("place_order")
    until(lambda: 0 < tab.page.locator(".wire-row").count() < 30, 10)
    tab.page.locator(".wire-row").last.click()
    tab.page.locator(".wire-open pre").get_by_text("place_order").wait_for()
    assert tab.violations() == []
    tab.picture("events-light")
    tab.page.locator(".wire-open .button").click()
    until(lambda: seconds(tab) > 3, 10)


def test_a_note_is_kept_with_its_author(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}", key="admin")
    tab.page.get_by_role("tab", name="Notes").click()
    tab.page.get_by_label("Note", exact=True).fill("She was cut off <b>twice</b>")
    tab.page.get_by_role("button", name="Add note").click()
    tab.page.locator(".notes").get_by_text("She was cut off <b>twice</b>").wait_for()


def test_nothing_is_deleted_before_its_name_is_typed(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}", key="admin")
    tab.page.get_by_role("button", name="Delete", exact=True).click()
    dialog = tab.page.get_by_role("dialog")
    assert dialog.get_by_role("button", name="Delete").is_disabled()
    dialog.get_by_role("textbox").fill("something else")
    assert dialog.get_by_role("button", name="Delete").is_disabled()
    dialog.get_by_role("button", name="Cancel").click()
    assert site.served.get(f"/api/v1/conversations/{site.order}")[0] == 200
    reader = open_tab(f"/conversations/{site.order}")
    reader.page.locator(".said").first.wait_for()
    assert reader.page.get_by_role("button", name="Delete").count() == 0
    assert reader.page.get_by_role("tab", name="Audit").count() == 0
