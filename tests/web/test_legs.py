"""The legs of a call in the browser: how they came together, whose clock is off, put elsewhere by hand."""

from collections.abc import Callable
from typing import Any

from browsed import Tab
from served import until

Open = Callable[..., Tab]


def show_legs(tab: Tab) -> Any:
    tab.page.get_by_role("tab", name="Legs").click()
    legs = tab.page.locator("#tab-body .tool-detail")
    legs.first.wait_for()
    return legs


def as_if_it_took_longer(route: Any) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "is_done": False})


def test_a_leg_says_what_joined_it_and_how_far_its_clock_is_off(open_tab: Open, site: Any) -> None:
    legs = show_legs(open_tab(f"/conversations/{site.two_hosts}"))
    told = {leg.locator("header b").inner_text(): leg.inner_text() for leg in legs.all()}
    assert sum("Joined by\ncall:CA1" in each for each in told.values()) == 1  # the later one
    assert "Clock" not in told["twilio"]
    assert "ms ahead of twilio, certainty" in told["openai"]
    assert "its times are set by that" in told["openai"]


def test_a_leg_is_split_off_and_joined_again_by_keyboard(open_tab: Open, site: Any) -> None:
    tab = open_tab(f"/conversations/{site.two_hosts}", key="admin", color_scheme="light")
    legs = show_legs(tab)
    tab.page.get_by_role("button", name="Split off: openai").press("Enter")
    tab.page.get_by_role("dialog", name="Split off the leg of openai?").wait_for()
    assert tab.violations() == []
    tab.picture("legs-split")
    tab.page.get_by_label("Why?").press_sequentially("another call")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(lambda url: "/conversations/" in url and site.two_hosts not in url)
    apart = tab.page.url
    assert show_legs(tab).locator("header b").all_inner_texts() == ["openai"]
    assert tab.page.get_by_role("button", name="Split off").count() == 0  # nothing would stay
    tab.page.goto(f"/conversations/{site.two_hosts}")
    show_legs(tab)
    tab.page.get_by_role("button", name="Join with another call").press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Join another call with this one?")
    offered = dialog.locator("datalist option")
    offered.first.wait_for(state="attached")
    assert offered.evaluate_all("options => options.map(each => each.value)") == [apart.rsplit("/", 1)[1]]
    assert tab.violations() == []
    tab.picture("legs-join")
    dialog.get_by_label("The other call").press_sequentially(apart)
    dialog.get_by_label("Why?").press_sequentially("the same call after all")
    tab.page.route("**/join", as_if_it_took_longer)
    tab.page.keyboard.press("Enter")
    tab.page.get_by_text("It is moved in a moment.").wait_for()
    until(lambda: legs.count() == 2, told=site.served.said)
    assert all("Joined by\nhand, by key:" in each for each in legs.all_inner_texts())
    assert tab.page.get_by_role("tab", name="Legs").get_attribute("aria-selected") == "true"
    assert tab.violations() == []
    tab.picture("legs-joined")
    tab.page.get_by_role("tab", name="Audit").click()
    tab.page.locator(".trail q", has_text="the same call after all").wait_for()


def test_what_cannot_be_joined_is_said_and_who_only_reads_is_not_asked(open_tab: Open, site: Any) -> None:
    tab = open_tab(f"/conversations/{site.two_hosts}", key="admin")
    legs = show_legs(tab)
    tab.page.get_by_role("button", name="Join with another call").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("The other call").fill(site.order)
    dialog.get_by_label("Why?").fill("a mistake")
    dialog.get_by_role("button", name="Join with another call").click()
    dialog.get_by_role("alert").get_by_text("these are the calls of two people").wait_for()
    dialog.get_by_role("button", name="Cancel").click()
    assert legs.count() == 2
    reader = open_tab(f"/conversations/{site.two_hosts}")
    show_legs(reader)
    assert reader.page.locator("#tab-body button").count() == 0
