"""What `earwitness serve` says as it starts."""

from pathlib import Path

import pytest

from earwitness.cli.serve import say_api
from earwitness.server import app_files
from earwitness.settings import Settings


def test_serve_names_the_address_of_the_pages_only_where_they_are_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "index.html"
    monkeypatch.setattr(app_files, "APP", page)
    say_api(Settings(), 5001)
    first, api = capsys.readouterr().out.splitlines()
    assert "make web" in first
    assert "http" not in first
    assert api == "API    http://127.0.0.1:5001/docs", "which is there all the same"
    page.touch()
    say_api(Settings(), 5001)
    assert capsys.readouterr().out.splitlines()[0].startswith("pages  http://127.0.0.1:5001/ ")
