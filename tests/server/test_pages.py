"""The pages' document: the same for every address, of no call, and under a policy without inline code."""

import re
from pathlib import Path

import pytest

from asked import Asker
from earwitness.server import app_files
from earwitness.server.guard import PAGES

DOCUMENT = """<!doctype html><html><head><meta name="style-nonce" content="{{nonce}}">
<script type="module" src="/static/app/assets/index-1.js"></script></head><body></body></html>"""


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if `make web` had run."""
    (tmp_path / "index.html").write_text(DOCUMENT)
    monkeypatch.setattr(app_files, "APP", tmp_path / "index.html")


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("path", sorted(PAGES))
def test_every_address_of_the_app_gives_its_document_and_tells_of_no_call(
    asker: Asker, order: str, path: str
) -> None:
    answer = asker.ask(path.replace("{conversation_id}", order), None)
    assert answer.status_code == 200
    assert "/static/app/assets/index-1.js" in answer.text
    assert order not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("built")
def test_each_document_has_a_nonce_of_its_own_for_styles_and_none_for_scripts(asker: Asker) -> None:
    first, second = asker.ask("/", None), asker.ask("/", None)
    for answer in (first, second):
        (nonce,) = re.findall(r'content="([\w-]{20,})"', answer.text)
        policy = answer.headers["Content-Security-Policy"]
        assert f"style-src 'self' 'nonce-{nonce}'" in policy
        assert "script-src" not in policy
        assert "default-src 'self';" in policy
    assert first.text != second.text


def test_without_the_build_the_page_says_what_to_do(
    asker: Asker, order: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_files, "APP", tmp_path / "not-there.html")
    page = asker.ask(f"/conversations/{order}", None)
    assert page.status_code == 200
    for words in ("make web", "earwitness show latest"):
        assert words in page.text
    assert order not in page.text


def test_the_api_at_a_glance_names_every_route(asker: Asker) -> None:
    page = asker.ask("/docs").text
    assert "/api/v1/conversations/{conversation_id}/waveform" in page
    assert asker.ask("/docs", None).status_code == 401
    assert asker.ask("/static/page.css", None).status_code == 200
