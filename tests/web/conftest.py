"""What the tests of the web app share: a server over played calls and one evil one, a browser, tabs."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from browsed import Tab, chromium, require_pages
from browsed_calls import (
    EVIL,
    LEAVER,
    record_call_of_two_hosts,
    record_evil_call,
    record_quote_call,
    record_timed_call,
    record_week,
)
from earwitness.library import Library
from earwitness.settings import Settings
from earwitness.store.finding import ConversationQuery
from played import Played, played
from recorded import copied
from served import Served, serving

__all__ = ["played"]


@dataclass(frozen=True)
class Site:
    """A running server; keys by the right they have."""

    served: Served
    keys: dict[str, str]
    order: str  # OpenAI, with a tool call
    barge_in: str
    phone_order: str  # two legs
    quote: str  # of RID-quote: fields of an insurance, moods, a number that is taken out
    timed: str  # whose provider timed its words
    two_hosts: str  # two legs, with clocks that differ
    evil: str  # whose words, names and tool arguments look like markup

    @property
    def base(self) -> str:
        return self.served.api()


SCOPES = {"admin": ("admin",), "read": ("read",), "capture": ("capture",)}


@pytest.fixture(scope="session")
def site(played: Played, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    require_pages()
    folder = tmp_path_factory.mktemp("site")
    copied(played.folder, folder / "data")
    record_evil_call(folder / "data")
    record_quote_call(folder / "data")
    for name in ("first", "second"):
        record_quote_call(folder / "data", name, LEAVER)
    record_week(folder / "data", time.time())
    record_call_of_two_hosts(folder / "data", time.time())
    record_timed_call(folder / "data", time.time())
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
            quote=library.page(ConversationQuery(subject="RID-quote")).items[0].id,
            timed=library.page(ConversationQuery(subject="RID-timed")).items[0].id,
            two_hosts=library.page(ConversationQuery(subject="RID-hosts")).items[0].id,
            evil=library.page(ConversationQuery(subject=EVIL)).items[0].id,
        )


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
