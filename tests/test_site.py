"""The docs as a site: every page is in it, no link is dead, nothing is fetched from elsewhere."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*/*.md")])
FETCHED = re.compile(r"<(?:script|img|iframe)\b[^>]*\bsrc=\"([^\"]*)|<link\b[^>]*\bhref=\"([^\"]*)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with every warning an error: a dead link or a page that no menu has fails."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [ROOT / "scripts" / "docs_site", folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_is_in_it_and_in_the_menu(site: Path) -> None:
    menu = (site / "index.html").read_text("utf-8")
    for page in PAGES:
        built = page.relative_to(ROOT).with_suffix(".html").as_posix()
        assert (site / built).is_file()
        assert page.name == "README.md" or f'href="{built}"' in menu


def test_a_page_fetches_nothing_from_elsewhere(site: Path) -> None:
    fetched = {
        first or second
        for page in site.rglob("*.html")
        for first, second in FETCHED.findall(page.read_text("utf-8"))
    }
    assert len(fetched) > 5
    assert [address for address in fetched if re.match(r"(https?:)?//", address)] == []
