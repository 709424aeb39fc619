"""What the tests of the command line share: played calls, and typing commands about them."""

from pathlib import Path

import pytest

from played import Played, played
from recorded import copied
from typed import Typist

__all__ = ["played"]


@pytest.fixture(scope="session")
def typist(played: Played) -> Typist:
    """For commands that only read."""
    return Typist(played.folder)


@pytest.fixture
def own_typist(played: Played, tmp_path: Path) -> Typist:
    """With a copy of the calls, to be changed."""
    return Typist(copied(played.folder, tmp_path / "data"))


@pytest.fixture(scope="session")
def order(played: Played) -> str:
    """The id of a whole call: OpenAI, an order with a tool call."""
    return played.id_of("openai", "order")
