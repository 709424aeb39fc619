"""`earwitness retention`: looked at first, then done."""

from pathlib import Path

from click.testing import CliRunner

from earwitness.cli import main
from journal_legs import Legs


def typed(folder: Path, *words: str) -> tuple[int, str]:
    file = folder / "earwitness.toml"
    file.write_text('[retention.all]\npreset = "s3-30d"\n')
    result = CliRunner().invoke(main, ["--config", str(file), "--data-dir", str(folder / "data"), *words])
    return result.exit_code, result.output


def test_a_dry_run_says_what_the_run_then_does(tmp_path: Path) -> None:
    with Legs(tmp_path / "data") as legs:
        legs.open().end(900)
    status, planned = typed(tmp_path, "retention", "run", "--dry-run")
    assert (status, planned.count("would go")) == (0, 1)
    assert typed(tmp_path, "retention", "run") == (0, planned.replace("would go", "gone"))
    assert typed(tmp_path, "retention", "run") == (0, "nothing is due\n")
    assert typed(tmp_path, "retention", "run", "--json")[0] == 0
