"""The list: found, filtered, walked by keyboard, labelled, and fast at any length."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from browsed import PHONE, Tab
from served import until

Open = Callable[..., Tab]


def test_rows_are_walked_and_opened_by_keyboard(open_tab: Open, site: Any) -> None:
    tab = open_tab("/")
    tab.page.locator(".rows .tr").first.wait_for()
    first = tab.page.locator(".rows .tr .c-call a").nth(1).get_attribute("href")
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("j")
    tab.page.locator(".at-row").wait_for()
    tab.page.keyboard.press("k")
    tab.page.keyboard.press("j")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url(f"**{first}")
    tab.page.locator(".said, .empty").first.wait_for()


def test_a_search_and_filters_stand_in_the_address_and_come_off_as_chips(open_tab: Open, site: Any) -> None:
    tab = open_tab("/conversations")
    tab.page.locator(".rows .tr").first.wait_for()
    tab.page.keyboard.press("/")
    tab.page.keyboard.type("mushroom")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/conversations?q=mushroom")
    until(lambda: tab.page.locator(f'a[href="/conversations/{site.order}"]').count() == 1, 10)
    tab.page.get_by_role("button", name="Filter", exact=True).click()
    tab.page.locator(".popover select[name=provider]").select_option("twilio")
    tab.page.get_by_role("button", name="Apply").click()
    tab.page.wait_for_url("**provider=twilio**")
    until(lambda: tab.page.locator(f'a[href="/conversations/{site.order}"]').count() == 0, 10)
    tab.page.get_by_role("button", name="Provider twilio").click()
    until(lambda: tab.page.locator(f'a[href="/conversations/{site.order}"]').count() == 1, 10)


def test_the_chosen_get_a_label_and_who_only_reads_cannot_give_one(open_tab: Open, site: Any) -> None:
    tab = open_tab("/conversations", key="admin")
    row = tab.page.locator(".rows .tr", has=tab.page.locator(f'a[href="/conversations/{site.barge_in}"]'))
    row.get_by_role("checkbox").check()
    tab.page.get_by_label("Add label").fill("seen <b>")
    tab.page.get_by_role("button", name="Add label").click()
    row.get_by_text("seen <b>").wait_for()
    path = f"/api/v1/conversations/{site.barge_in}"
    until(lambda: "seen <b>" in json.loads(site.served.get(path)[1])["labels"], 5)
    reader = open_tab("/conversations")
    reader.page.get_by_role("checkbox").first.check()
    reader.page.locator(".bulk").wait_for()
    assert reader.page.get_by_role("button", name="Delete").count() == 0
    assert reader.page.get_by_label("Add label").count() == 0


def test_of_many_rows_only_those_on_the_screen_are_drawn(open_tab: Open, site: Any) -> None:
    tab = open_tab("/live")  # some page of ours; the list is asked below
    (row,) = json.loads(site.served.get("/api/v1/conversations?limit=1")[1])["conversations"]

    def answer(route: Any) -> None:
        start = int((route.request.url.split("cursor=")[1:] or ["0"])[0].split("&")[0])
        rows = [
            {**row, "id": f"{row['id'][:-6]}{n:06d}", "call_id": f"n{n}", "subject": None}
            for n in range(start, start + 200)
        ]
        route.fulfill(json={"conversations": rows, "next_cursor": str(start + 200)})

    tab.page.route("**/api/v1/conversations?*", answer)
    tab.page.goto("/conversations")
    tab.page.get_by_text("n0", exact=True).wait_for()
    rows = tab.page.locator(".rows")
    for _ in range(8):
        rows.evaluate("box => box.scrollTo(0, box.scrollHeight)")
        tab.page.wait_for_timeout(100)
    until(lambda: rows.evaluate("box => box.scrollHeight") > 1000 * 40, 10)
    assert tab.page.locator(".rows .tr").count() < 100


def test_a_day_on_the_dashboard_opens_the_calls_behind_it(open_tab: Open, site: Any) -> None:
    tab = open_tab("/dashboard")
    plot = tab.page.locator(".plot .u-over").first
    plot.wait_for()
    assert tab.page.locator(".figures-table tbody tr").count() >= 2
    box = plot.bounding_box()
    tab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.page.wait_for_url("**/conversations?**since=**")
    tab.page.locator(".rows .tr").first.wait_for()


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/conversations", "/live", "/dashboard"])
def test_axe_finds_nothing(open_tab: Open, site: Any, path: str, size: dict[str, int] | None) -> None:
    tab = open_tab(path, key="admin", color_scheme="dark", **({"size": size} if size else {}))
    tab.page.locator(".rows .tr, .nobody, .figures-table").first.wait_for()
    assert tab.violations() == []
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.picture(f"{path[1:]}-{'phone' if size else 'desktop'}-dark")
