"""A running call in the browser: it shows by itself, its words roll, it ends; and a first call on request."""

from pathlib import Path
from typing import Any

from browsed import Tab
from earwitness.library import Library
from earwitness.settings import DEFAULT_ROUTES, Settings
from served import free_port, serving


def routes(folder: Path) -> None:
    """The simulated providers where nobody else's are."""
    lines = [
        f'{name} = {{ provider = "{route.provider}", upstream = "ws://127.0.0.1:{free_port()}" }}'
        for name, route in DEFAULT_ROUTES.items()
        if name.startswith("sim-")
    ]
    (folder / "earwitness.toml").write_text("[routes]\n" + "\n".join(lines) + "\n")


def test_a_newcomer_plays_a_first_call_and_sees_it_live_to_its_end(browser: Any, tmp_path: Path) -> None:
    routes(tmp_path)
    key = Library(Settings(data_dir=str(tmp_path / "data"))).keys.create("k", ("admin",)).text
    with serving(tmp_path, key=key) as served:
        tab = Tab(browser, served.api(), key=key, color_scheme="light")
        tab.page.goto("/")
        tab.page.get_by_role("button", name="Play a simulated call").wait_for()
        tab.page.get_by_text("/openai/v1/realtime").wait_for()
        assert tab.page.get_by_role("button", name="Copy").count() == 5
        assert tab.violations() == []
        tab.picture("first-run")
        tab.page.get_by_role("button", name="Play a simulated call").click()
        tab.page.locator(".rows .status.active").wait_for(timeout=40_000)
        tab.page.get_by_role("link", name="Live").click()
        tab.page.locator(".rolling li").nth(1).wait_for(timeout=20_000)
        tab.picture("live")
        tab.page.locator(".call header a").click()
        tab.page.locator(".head .status.active").wait_for()
        tab.page.locator(".said").first.wait_for()
        tab.page.locator(".head .status.complete").wait_for(timeout=60_000)
        assert tab.complaints == []
        tab.close()
