"""A data folder in which a test writes legs by hand, the library over it, and what it makes of them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.library import Library
from earwitness.settings import Settings
from journal_legs import Legs

LINK = ("conversation:c1",)  # by which legs are of one call


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(Settings(data_dir=str(tmp_path)))
    yield library
    library.catalog.close()


@pytest.fixture
def legs(tmp_path: Path) -> Iterator[Legs]:
    with Legs(tmp_path, began_s=time.time()) as legs:
        yield legs


def texts(library: Library) -> list[list[str]]:
    """What each conversation of the catalog says, oldest first."""
    rows = library.conversations(sort="oldest")
    return [[message.text for message in recorded.messages()] for recorded in rows]


def check_rebuild(library: Library) -> None:
    """What was followed is what a rebuild gives."""
    for workspace, conversation in library.due():
        library.finish(workspace, conversation)
    before = library.catalog.dump()
    library.reindex()
    assert library.catalog.dump() == before
