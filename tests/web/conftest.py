"""What the tests of the web app share: a server over played calls and one evil one, a browser, tabs."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import earwitness
from browsed import Tab, chromium, require_pages
from earwitness.library import Library
from earwitness.settings import Settings
from played import Played, played
from served import Served, serving

__all__ = ["played"]

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>'\"&{{nonce}}"


@dataclass(frozen=True)
class Site:
    """A running server; keys by the right they have."""

    served: Served
    keys: dict[str, str]
    order: str  # OpenAI, with a tool call
    barge_in: str
    phone_order: str  # two legs
    evil: str  # whose words, names and tool arguments look like markup

    @property
    def base(self) -> str:
        return self.served.api()


def record_evil_call(data_dir: Path) -> None:
    with earwitness.record(
        provider="openai",
        conversation="evil",
        subject=EVIL,
        labels=[EVIL],
        metadata={EVIL: EVIL},
        data_dir=data_dir,
    ) as leg:
        leg.received({"type": "session.created", "session": {"id": EVIL}})
        for i, role in enumerate(("user", "assistant")):
            content = [{"type": "input_text" if role == "user" else "output_text", "text": EVIL}]
            item = {
                "id": f"item_{i}",
                "type": "message",
                "role": role,
                "status": "completed",
                "content": content,
            }
            leg.sent({"type": "conversation.item.create", "item": item})
            leg.received({"type": "conversation.item.added", "item": item})
        call = {"id": "item_3", "type": "function_call", "call_id": EVIL, "name": EVIL, "arguments": EVIL}
        leg.received(
            {"type": "response.output_item.done", "response_id": "r", "output_index": 0, "item": call}
        )
        leg.snapshot(EVIL, words=EVIL)
        leg.end(outcome=EVIL)


@pytest.fixture(scope="session")
def site(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require_pages()
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(played.folder, folder / "data")
    record_evil_call(folder / "data")
    library = Library(Settings(data_dir=str(folder / "data")))
    keys = {name: library.keys.create(name, scopes).text for name, scopes in SCOPES.items()}
    library.catch_up()
    with serving(folder, "--role", "api", key=keys["admin"]) as served:
        yield Site(
            served,
            keys,
            order=played.id_of("openai", "order"),
            barge_in=played.id_of("openai", "barge_in"),
            phone_order=played.id_of("twilio", "order"),
            evil=library.page(earwitness_query(subject=EVIL)).items[0].id,
        )


SCOPES = {"admin": ("admin",), "read": ("read",), "capture": ("capture",)}


def earwitness_query(**filters: Any) -> Any:
    from earwitness.store.finding import ConversationQuery

    return ConversationQuery(**filters)


@pytest.fixture(scope="session")
def browser(site: Site) -> Iterator[Any]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def open_tab(site: Site, browser: Any) -> Iterator[Callable[..., Tab]]:
    """Opens tabs, by default with a key that may read; no tab may have anything to complain of at the end."""
    tabs: list[Tab] = []

    def open_(path: str, key: str = "read", **look: Any) -> Tab:
        tab = Tab(browser, site.base, key=site.keys.get(key, key), **look)
        tabs.append(tab)
        tab.page.goto(path)
        return tab

    yield open_
    for tab in tabs:
        tab.close()
        assert tab.complaints == []
        assert [url for url in tab.asked if not url.startswith(site.base)] == [], (
            "an outside address was fetched"
        )
