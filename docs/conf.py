"""How the site is built: `make docs-site`. The README is its first page, the four shelves are its menu."""

from typing import Any

project = "Earwitness"
author = "the Earwitness contributors"
html_title = "Earwitness"
html_theme = "furo"
html_copy_source = False
html_show_copyright = False
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["*.md", "docs/*/*.md", "docs/images/**", "src/earwitness/**/*.md"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # a command over several lines is shown plain
SHELVES = {"Start": "start", "How to": "how-to", "Reference": "reference", "Understand": "understand"}


def _menu() -> str:
    globs = {caption: f"docs/{shelf}/*" for caption, shelf in SHELVES.items()}
    globs |= {"Formats": "src/earwitness/**/*", "Project": "[CS]*"}
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:glob:\n:caption: {caption}\n\n{glob}\n```\n"
        for caption, glob in globs.items()
    )


def _add_menu(app: Any, name: str, source: list[str]) -> None:
    """The README is read on the hosting site too, which knows no menus."""
    if name == root_doc:
        source[0] += _menu()


def setup(app: Any) -> None:
    app.connect("source-read", _add_menu)
