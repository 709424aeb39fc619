"""What the tests of attacks share: a desk with a call in each of two workspaces, and browsers that log in."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from asked import OTHERS, Asker
from attacked import LIST, MARKUP, OWN, SENTENCE, Login
from journal_legs import Legs
from postgres import postgres

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """For attacks, none of which is to leave anything behind."""
    folder = tmp_path_factory.mktemp("attacked")
    with Legs(folder) as legs:
        for workspace in ("default", OTHERS):
            leg = legs.open(workspace=workspace, subject=f"RID-{workspace}")
            leg.user(1_000, "u", f"a word of {workspace}")
            leg.assistant(2_000, "a", MARKUP, b"\x10\x27" * 24_000)
            leg.end(9_000)
    asker = Asker(folder)
    asker.library.catch_up()
    asker.library.users.add("default", "ana", "reviewer", SENTENCE)
    yield asker
    asker.close()


@pytest.fixture(scope="session")
def ours(desk: Asker) -> str:
    """The id of the call of the workspace `default`."""
    [row] = desk.ask(LIST).json()["conversations"]
    return str(row["id"])


@pytest.fixture
def log_in(desk: Asker) -> Login:
    """A browser of its own, and the answer it got: `log_in(user=..., password=...)`, else with a key."""
    desk.app.state.patience.forgive("127.0.0.1")

    def begin(base: str = OWN, client: str = "127.0.0.1", **body: str) -> tuple[TestClient, Any]:
        browser = TestClient(desk.app, base_url=base, client=(client, 50_000), raise_server_exceptions=False)
        wanted = body or {"key": desk.keys["admin"]}
        return browser, browser.post("/api/v1/session", json=wanted, headers={"Origin": base})

    return begin


@pytest.fixture(scope="module")
def two_houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("two-houses")
    with Legs(folder) as legs:
        for workspace in ("default", OTHERS):
            leg = legs.open(workspace=workspace, subject=f"RID-{workspace}", links=("conversation:same",))
            leg.user(1_000, "u", f"the word of {workspace}")
            leg.end(9_000)
    asker = Asker(folder)
    asker.library.catch_up()
    yield asker
    asker.close()
