"""The pages in a real browser: what a tab complained of, and where its pictures go."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from earwitness.server.app_files import is_built

CHROMIUM = Path("/usr/bin/chromium")
ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "build-output" / "pictures"  # of every page, for people to look at
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 30_000  # a browser on a busy machine
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def require_pages() -> None:
    """Skips, with the reason, where the pages or the browser are not there."""
    if not is_built():
        pytest.skip("needs the web app: make web (Node 20)")
    if not CHROMIUM.exists():
        pytest.skip("needs /usr/bin/chromium")


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser that plays sound without being clicked first."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with playwright.sync_playwright() as driver:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        try:
            yield browser
        finally:
            browser.close()


class Tab:
    """One tab; `complaints` is what its console and its page found wrong, policy breaches included."""

    def __init__(
        self, browser: Any, base: str, *, key: str = "", size: dict[str, int] = DESKTOP, **look: Any
    ) -> None:
        self.context = browser.new_context(viewport=size, base_url=base, **look)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.complaints: list[str] = []
        self.asked: list[str] = []  # every address the tab fetched
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        if key:
            answer = self.context.request.post("/api/v1/session", data={"key": key})
            assert answer.ok, answer.text()

    def _hear(self, message: Any) -> None:
        is_refusal = "Failed to load resource" in message.text  # of a fetch; the page itself tells of it
        if message.type in ("error", "warning") and not is_refusal:
            self.complaints.append(message.text)

    def picture(self, name: str, **options: Any) -> None:
        """Keep what the tab shows, beside the build's output."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", **options)

    def violations(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, a line for each place."""
        if not AXE.exists():
            pytest.skip("needs axe-core: make web (Node 20)")
        before = list(self.complaints)  # axe tries an inline style, which the policy rightly refuses
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        self.complaints[:] = before
        return [
            f"{each['id']}: {each['help']}: {node['html'][:160]}"
            for each in found["violations"]
            for node in each["nodes"]
        ]

    def close(self) -> None:
        self.context.close()
