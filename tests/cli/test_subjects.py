"""`earwitness subjects`: registering who may log in."""

import json
from pathlib import Path

from click.testing import CliRunner

from earwitness.cli import main


def run(folder: Path, *words: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, ["--data-dir", str(folder), "subjects", *words])
    assert result.exit_code == status, result.output
    return result.output


def test_who_was_added_is_listed_in_their_workspace(tmp_path: Path) -> None:
    assert run(tmp_path, "add", "RID002", "RID001", "RID002").split() == [
        "registered",
        "RID002",
        "registered",
        "RID001",
    ]
    assert "known  RID001" in run(tmp_path, "add", "RID001")
    assert [row["id"] for row in json.loads(run(tmp_path, "list", "--json"))] == ["RID001", "RID002"]
    assert "RID002" in run(tmp_path, "list")
    assert run(tmp_path, "list", "--workspace", "acme") == ""


def test_what_is_no_id_is_refused_and_adds_none(tmp_path: Path) -> None:
    run(tmp_path, "add", "RID001", " ", status=1)
    run(tmp_path, "add", "x" * 241, status=1)
    run(tmp_path, "add", status=2)
    assert run(tmp_path, "list") == ""
