"""The list: found, filtered, walked by keyboard, labelled, and fast at any length."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from browsed import PHONE, Tab
from earwitness.library import Library
from earwitness.settings import Settings
from served import until

Open = Callable[..., Tab]
FOCUSED = "element => element === document.activeElement"


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
    until(lambda: tab.page.locator(f'a[href="/conversations/{site.order}"]').count() == 1)
    tab.page.get_by_role("button", name="Filter", exact=True).click()
    tab.page.locator(".popover select[name=provider]").select_option("twilio")
    tab.page.get_by_role("button", name="Apply").click()
    tab.page.wait_for_url("**provider=twilio**")
    until(lambda: tab.page.locator(f'a[href="/conversations/{site.order}"]').count() == 0)
    tab.page.get_by_role("button", name="Provider twilio").click()
    until(lambda: tab.page.locator(f'a[href="/conversations/{site.order}"]').count() == 1)


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


def test_what_came_of_a_call_and_how_the_caller_felt_stand_in_its_row(open_tab: Open, site: Any) -> None:
    tab = open_tab("/conversations?subject=RID-quote")
    row = tab.page.locator(".rows .tr").first
    row.get_by_text("quote_completed").wait_for()
    assert row.locator(".c-sentiment").inner_text() == "positive"


def test_people_of_the_chosen_are_held_and_not_erased_before_their_name_is_typed(
    open_tab: Open, site: Any
) -> None:
    tab = open_tab("/conversations?subject=RID-order", key="admin")
    tab.page.locator(".rows .tr").first.wait_for()
    boxes = tab.page.get_by_role("checkbox").all()
    for box in boxes:
        box.check()
    tab.page.get_by_role("button", name="Hold").click()
    tab.page.get_by_role("dialog").get_by_label("Why?").fill("case 12")
    tab.page.get_by_role("dialog").get_by_role("textbox").last.fill(str(len(boxes)))
    assert tab.violations() == []
    tab.page.get_by_role("dialog").get_by_role("button", name="Hold").click()
    tab.page.get_by_role("dialog").wait_for(state="detached")
    tab.page.get_by_role("button", name="Erase person").click()
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill("asked by mail")
    assert dialog.get_by_role("button", name="Erase person").is_disabled()
    dialog.get_by_role("textbox").last.fill("RID-order")
    assert tab.violations() == []
    dialog.get_by_role("button", name="Erase person").click()
    tab.page.get_by_text("Kept for now, and erased later: a legal hold").wait_for()
    assert site.served.get(f"/api/v1/conversations/{site.order}")[0] == 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_question_before_the_chosen_are_deleted_is_clean_and_asked_by_keyboard(
    open_tab: Open, site: Any, scheme: Literal["light", "dark"]
) -> None:
    tab = open_tab("/conversations", key="admin", color_scheme=scheme)
    tab.page.get_by_role("checkbox").first.press("Space")
    tab.page.locator(".bulk").get_by_role("button", name="Delete").press("Enter")
    dialog = tab.page.get_by_role("dialog", name="Delete this conversation?")
    dialog.wait_for()
    assert tab.violations() == []
    tab.picture(f"bulk-delete-{scheme}")
    tab.page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert tab.page.locator(".bulk").get_by_role("button", name="Delete").evaluate(FOCUSED)


def test_what_is_chosen_leaves_in_a_format_of_other_programs(open_tab: Open, site: Any) -> None:
    tab = open_tab("/conversations")
    for call in (site.order, site.barge_in):
        link = tab.page.locator(f'a[href="/conversations/{call}"]')
        tab.page.locator(".rows .tr", has=link).get_by_role("checkbox").check()
    tab.page.locator(".bulk .menu summary").click()
    with tab.page.expect_download() as download:
        tab.page.locator(".bulk").get_by_role("link", name="JSON, one per line").click()
    lines = Path(download.value.path()).read_text("utf-8").splitlines()
    assert {json.loads(line)["id"] for line in lines} == {site.order, site.barge_in}


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
    further = "box => { box.scrollTo(0, box.scrollHeight); return box.scrollHeight }"
    until(lambda: rows.evaluate(further) > 1000 * 40, 30)
    assert tab.page.locator(".rows .tr").count() < 100


def test_a_day_on_the_dashboard_opens_the_calls_behind_it(open_tab: Open, site: Any) -> None:
    tab = open_tab("/dashboard")
    tab.page.locator(".dashboard[aria-busy=false]").wait_for(timeout=90_000)
    plot = tab.page.locator(".plot .u-over").first
    plot.wait_for()
    assert tab.page.locator(".chart").count() == 15
    tab.page.locator(".by-provider summary").click()
    tab.page.locator(".by-provider td a").first.wait_for(timeout=60_000)
    assert tab.page.locator(".figures-table tbody tr").count() == 15
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    tab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tab.page.wait_for_url("**/conversations?**since=**")
    tab.page.locator(".rows .tr").first.wait_for()


def test_what_is_wrong_stands_on_the_dashboard_with_calls_that_show_it_until_it_is_over(
    open_tab: Open, site: Any
) -> None:
    library = Library(Settings(data_dir=str(site.served.data)))
    rule = {"watch": "latency", "threshold": 1.0, "window": "7d", "min_calls": 1}
    library.set_alert_rule("slow answers", rule)
    library.look_for_alerts()
    [alert] = json.loads(site.served.get("/api/v1/alerts?state=firing")[1])["alerts"]
    tab = open_tab("/dashboard", color_scheme="light")
    box = tab.page.get_by_role("region", name="Alerts")
    box.get_by_text("slow answers").wait_for()
    assert alert["message"] in box.inner_text()
    tab.page.locator(".dashboard[aria-busy=false]").wait_for(timeout=90_000)
    assert tab.violations() == []
    tab.picture("dashboard-alert")
    box.get_by_role("link", name="call 1").press("Enter")
    tab.page.wait_for_url(f"**/conversations/{alert['evidence'][0]}")
    tab.page.locator(".said").first.wait_for()
    library.remove_alert_rule("slow answers")
    with tab.page.expect_response("**/api/v1/alerts?state=firing"):
        tab.page.goto("/dashboard")
    tab.page.locator(".plot").first.wait_for(timeout=60_000)
    assert box.count() == 0


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("path", ["/conversations", "/live", "/dashboard", "/protection"])
def test_axe_finds_nothing(open_tab: Open, site: Any, path: str, size: dict[str, int] | None) -> None:
    tab = open_tab(path, key="admin", color_scheme="dark", **({"size": size} if size else {}))
    there = tab.page.locator(".rows .tr, .nobody, .plot, .protection .trail li").first
    there.wait_for(timeout=60_000)
    assert tab.violations() == []
    assert tab.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.picture(f"{path[1:]}-{'phone' if size else 'desktop'}-dark")
