"""The page of a conversation: seen, heard, sought through, by mouse and by keyboard."""

import json
import re
from collections.abc import Callable

import pytest

from browsed import PHONE, Tab
from browsed_calls import TIMED
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
    until(lambda: tab.page.locator(".timeline-wave canvas").count() >= 2)  # a side each


def test_the_overview_says_what_it_was_about_and_what_was_learnt_and_leads_to_where_it_was_said(
    open_tab: Open, site
) -> None:
    tab = open_tab(f"/conversations/{site.quote}")
    row = tab.page.locator(".fields tr", has=tab.page.get_by_role("rowheader", name="vehicleMake"))
    row.get_by_text("Honda").wait_for()
    assert "rule" in row.inner_text()
    assert "message 1" in row.inner_text()
    assert "quote_completed by application" in tab.page.locator(".facts").first.inner_text()
    tab.page.get_by_text("by rules").first.wait_for()
    assert tab.page.locator(".said .mask").inner_text() == "XXX-XXX-XXXX"
    assert "415" not in tab.page.locator("main").inner_text()
    assert tab.page.locator(".taken-out").get_by_text("phone").count() == 1
    tab.page.get_by_role("tab", name="Emotion").click()
    assert tab.page.get_by_role("rowheader").first.inner_text() == "Joy"
    tab.page.get_by_role("button", name="Agent", exact=True).click()
    tab.page.get_by_role("rowheader", name="Sympathy").wait_for()
    assert tab.violations() == []


def test_figures_are_those_measured_on_the_sound(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.barge_in}")
    tab.page.get_by_text("Measured on the sound.", exact=True).wait_for()
    figures = tab.page.locator(".figures")
    measured = json.loads(site.served.get(f"/api/v1/conversations/{site.barge_in}/analytics")[1])["figures"]
    by_caller, by_agent = measured["interruptions_by_caller"], measured["interruptions_by_agent"]
    assert f"{by_caller} by caller, {by_agent} by agent" in figures.inner_text()
    tab.page.get_by_role("tab", name="Legs").click()
    assert tab.page.get_by_text("Joined by").count() == 0  # there is but one


def test_who_saw_the_call_end_sees_what_the_sound_says_against_it_later(open_tab: Open, site) -> None:
    tab = open_tab("/protection")
    before = {
        "analytics": {"figures": None},
        "health": {"score": 77, "reasons": []},
    }  # the sound is not heard yet
    for name, body in before.items():
        tab.page.route(
            f"**/{site.barge_in}/{name}", lambda route, _, body=body: route.fulfill(json=body), times=1
        )
    health = json.loads(site.served.get(f"/api/v1/conversations/{site.barge_in}/health")[1])
    assert health["score"] != 77
    tab.page.goto(f"/conversations/{site.barge_in}")
    tab.page.locator(".health-bar b", has_text="77").wait_for()
    tab.page.get_by_text("Measured on the sound.", exact=True).wait_for()
    tab.page.locator(".health-bar b", has_text=str(health["score"])).wait_for()


def test_what_was_generated_but_not_heard_is_struck_through(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.barge_in}", color_scheme="dark")
    tab.page.locator(".said del").first.wait_for()
    heard = tab.page.locator(".said", has=tab.page.locator("del")).first
    assert "cut off" in heard.inner_text()
    assert tab.page.locator(".note.interruption").count() >= 1
    tab.picture("conversation-barge-in-dark")


def test_what_nobody_knows_to_be_heard_or_not_is_not_struck_through(open_tab: Open, site) -> None:
    call = json.loads(site.served.get(f"/api/v1/conversations/{site.barge_in}")[1])
    for message in call["messages"]:
        message["evidence"] = "unknown"  # as where the recorder was killed
    tab = open_tab("/protection")
    tab.page.route(f"**/api/v1/conversations/{site.barge_in}", lambda route: route.fulfill(json=call))
    tab.page.goto(f"/conversations/{site.barge_in}")
    rest = tab.page.locator(".said .perhaps").first
    rest.wait_for()
    assert rest.get_attribute("title") == "nobody knows whether this was heard"
    assert tab.page.locator(".said del").count() == 0
    tab.picture("conversation-perhaps-heard")


def test_a_conversation_that_is_not_there_leads_to_the_list(open_tab: Open, site) -> None:
    tab = open_tab("/conversations/nosuch")
    tab.page.get_by_role("alert").wait_for()
    assert "earwitness list" not in tab.page.get_by_role("alert").inner_text()
    tab.picture("conversation-nosuch")
    tab.page.get_by_role("link", name="All conversations").click()
    tab.page.wait_for_url("**/conversations")


def test_the_head_of_a_running_call_tells_when_and_how_long_at_1280_px(open_tab: Open, site) -> None:
    call = json.loads(site.served.get(f"/api/v1/conversations/{site.barge_in}")[1])
    session = {"name": "k", "workspace": "default", "csrf_token": "", "has_live_sound": False}
    scopes = ["read", "write", "read-raw", "admin", "audit"]
    tab = open_tab("/dashboard", key="admin", size={"width": 1280, "height": 800})
    tab.page.route("**/api/v1/session", lambda route: route.fulfill(json={**session, "scopes": scopes}))
    tab.page.route(
        f"**/api/v1/conversations/{call['id']}",
        lambda route: route.fulfill(json={**call, "status": "active"}),
    )
    tab.page.route(f"**/api/v1/conversations/{call['id']}/live", lambda route: route.abort())
    tab.page.goto(f"/conversations/{call['id']}")
    tab.page.get_by_role("button", name="Pause recording").wait_for()
    assert tab.page.locator(".head-facts").evaluate("facts => facts.scrollWidth <= facts.clientWidth")
    listen = tab.page.get_by_role("button", name="Listen in")
    assert listen.is_disabled()
    assert "record.live_stereo is off" in (listen.get_attribute("title") or "")
    tab.picture("conversation-running-1280")


def test_a_click_on_a_line_plays_from_there_and_lights_it(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}")
    line = tab.page.locator(".said.agent").nth(1)
    line.wait_for()
    minutes, rest = line.locator(".at").inner_text().split(":")
    begins = int(minutes) * 60 + float(rest)
    line.click()
    until(lambda: seconds(tab) > begins + 0.3, told="it does not play")
    until(lambda: "now" in (line.get_attribute("class") or ""), 5)
    tab.page.get_by_role("button", name="Pause").click()
    until(lambda: tab.page.get_by_role("button", name="Play", exact=True).count() == 1, 5)


def test_the_word_that_is_spoken_is_lit_where_words_are_timed(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.timed}", color_scheme="light")
    line = tab.page.locator(".said.agent")
    line.click()
    lit: list[str] = []

    def goes_on() -> bool:
        found = line.locator(".spoken").all_inner_texts()
        lit.extend(word for word in found if word not in lit)
        return len(lit) > 2

    until(goes_on, told="no word is lit after another")
    tab.page.get_by_role("button", name="Pause").click()
    assert lit == [word for word in TIMED.split() if word in lit]
    assert tab.violations() == []
    tab.picture("conversation-word")


def test_a_click_on_the_waveform_goes_there(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}")
    tab.page.locator(".said").first.wait_for()
    box = tab.page.locator(".timeline-wave").bounding_box()
    whole = tab.page.locator(".timecode").inner_text()
    end = [float(part) for part in re.findall(r"[\d.]+", whole.split("/")[1])]
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    until(lambda: abs(seconds(tab) - (end[0] * 60 + end[1]) / 2) < 0.5)


def test_the_keyboard_does_all_a_mouse_does(open_tab: Open, site) -> None:
    tab = open_tab(f"/conversations/{site.order}")
    tab.page.locator(".said").first.wait_for()
    tab.page.keyboard.press("ArrowRight")
    until(lambda: seconds(tab) == 5.0, 5)
    tab.page.keyboard.press("Shift+ArrowLeft")
    until(lambda: seconds(tab) == 4.0, 5)
    tab.page.keyboard.press("Space")
    until(lambda: seconds(tab) > 4.2, told="it does not play")
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
    until(lambda: seconds(tab) > 1)
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_signing_in_is_clean_by_key_and_by_user_also_when_refused(
    open_tab: Open, scheme: str, size: dict[str, int] | None
) -> None:
    tab = open_tab("/", key="", color_scheme=scheme, **({"size": size} if size else {}))
    tab.page.get_by_label("API key").wait_for()
    assert tab.violations() == []
    tab.page.get_by_role("button", name="Sign in with user and password").press("Enter")
    tab.page.get_by_label("User").press_sequentially("nobody")
    tab.page.get_by_label("Password").press_sequentially("wrong")
    tab.page.keyboard.press("Enter")
    tab.page.get_by_role("alert").get_by_text("opens nothing").wait_for()
    assert tab.violations() == []
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.picture(f"sign-in-{'phone' if size else 'desktop'}-{scheme}")


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
    tab.page.get_by_text("without its words").wait_for()
    tab.page.locator(".menu summary").click()
    tab.page.get_by_role("button", name="Show what was taken out").click()
    tab.page.get_by_role("dialog").get_by_label("Why?").fill("a failed order")
    tab.page.get_by_role("dialog").get_by_role("button", name="Show what was taken out").click()
    tab.page.get_by_text("nothing taken out").wait_for()
    tab.page.get_by_placeholder("Find in the wire").fill("place_order")
    until(lambda: 0 < tab.page.locator(".wire-row").count() < 30, told="the wire is not searched")
    tab.page.locator(".wire-row").last.click()
    tab.page.locator(".wire-open pre").get_by_text("place_order").wait_for()
    assert tab.violations() == []
    tab.picture("events-light")
    tab.page.locator(".wire-open .button").click()
    until(lambda: seconds(tab) > 3)
