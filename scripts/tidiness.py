"""No tracked file holds a package index's address, one machine's paths, unfinished work or loose Markdown."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOT_MARKDOWN = {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"}
SHELVES = ("docs/start/", "docs/how-to/", "docs/reference/", "docs/understand/")
FORMATS = re.compile(r"src/earwitness/.+/[A-Z]+\.md")  # a file format is described beside its code
# Written in pieces so that this file may be read by its own rule.
PATTERNS = {
    "address of a package index": re.compile(
        r"(?:index-url|find-links)[\s=]+\W?(?:http|file|/)|://[^\s\"]+/simple/|\"resolved\": *\"http"
    ),
    "path of one machine": re.compile(
        r"(?<![\w.~/-])/(?:ho" + r"me|Us" + r"ers)/\w+/|(?<![\w.~/-])/ro" + r"ot/\w"
    ),
    "unfinished work": re.compile(
        r"\b(?:TO" + r"DO|FIX" + r"ME)\b|\bX" + r"XX(?=:| \w)"
    ),  # else it is a mask
}


def tracked(root: Path) -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (root / name).exists()]


def is_misplaced(name: str) -> bool:
    """Markdown has its places: four files in the root, four shelves in docs, formats beside their code."""
    if not name.endswith(".md") or name in ROOT_MARKDOWN or FORMATS.fullmatch(name):
        return False
    return not name.startswith(SHELVES)


def complaints_in(name: str, text: str, checkout: str) -> list[str]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"{name}:{number}: {what}" for what, pattern in PATTERNS.items() if pattern.search(line)]
        if checkout in line:
            found.append(f"{name}:{number}: path of this checkout")
    return found


def main() -> int:
    names = tracked(ROOT)
    complaints = [
        f"{name}: Markdown belongs on one of the four shelves of docs/"
        for name in names
        if is_misplaced(name)
    ]
    for name in names:
        try:
            text = (ROOT / name).read_text("utf-8")
        except UnicodeDecodeError:
            continue  # sound and pictures
        complaints += complaints_in(name, text, str(ROOT))
    print("\n".join(complaints) or f"{len(names)} tracked files, all where they belong")
    return bool(complaints)


if __name__ == "__main__":
    sys.exit(main())
