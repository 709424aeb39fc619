"""`earwitness backup` and `restore`, as they are typed."""

from pathlib import Path

from journal_legs import Legs
from typed import Typist


def test_a_backup_comes_back_in_an_empty_folder(tmp_path: Path) -> None:
    with Legs(tmp_path / "data") as legs:
        legs.open().end(900)
    said = Typist(tmp_path / "data").type("backup", "-o", tmp_path / "one.tar").stdout
    signer = said.split()[-1]
    new = Typist(tmp_path / "new")
    assert "1 conversations" in new.type("restore", tmp_path / "one.tar", "--signer", signer).stdout
    assert len(new.json("list")) == 1
    assert "in use already" in new.refused("restore", tmp_path / "one.tar")
    assert "hint" in Typist(tmp_path / "data").refused("backup", "-o", tmp_path / "one.tar")
