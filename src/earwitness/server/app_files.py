"""The web app's built files: where `make web` puts them, and whether it has.

Knows no HTTP, so that a command which looks for the pages does not load a server for it.
"""

from pathlib import Path

STATIC = Path(__file__).parent / "static"
APP = STATIC / "app" / "index.html"
NOT_BUILT = "no pages: those are built with Node 20 or newer, by `make web`"


def is_built() -> bool:
    """Whether there are pages to show."""
    return APP.is_file()
