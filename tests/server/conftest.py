"""What the tests of the server share: played calls, and ways to ask for them over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from asked import Asker
from played import Played, played
from recorded import copied

__all__ = ["played"]


@pytest.fixture(scope="session")
def asker(played: Played) -> Iterator[Asker]:
    """For tests that only read."""
    asker = Asker(played.folder)
    yield asker
    asker.close()


@pytest.fixture
def own_asker(played: Played, tmp_path: Path) -> Iterator[Asker]:
    """With a copy of the calls, to be changed."""
    asker = Asker(copied(played.folder, tmp_path / "data"))
    yield asker
    asker.close()


@pytest.fixture(scope="session")
def order(played: Played) -> str:
    """The id of a whole call: OpenAI, an order with a tool call."""
    return played.id_of("openai", "order")


@pytest.fixture(scope="session")
def phone_order(played: Played) -> str:
    """The id of a whole call of two legs: telephone and voice AI."""
    return played.id_of("twilio", "order")
