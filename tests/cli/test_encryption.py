import tomllib
from pathlib import Path

import pytest

from earwitness.privacy.vault import open_vault
from privacy_vaults import encrypted, master
from typed import Typist


def test_the_state_is_told_and_keys_are_rotated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    typist = Typist(tmp_path / "data")
    assert typist.type("encryption", "status").stdout.startswith("off")
    assert "off" in typist.refused("encryption", "rotate", exits=2)
    made = open_vault(encrypted(tmp_path))
    assert made is not None
    made.key_of("c1")
    assert typist.type("encryption", "status").stdout.startswith("locked")
    typist.refused("reindex", exits=2)
    monkeypatch.setenv("EARWITNESS_ENCRYPTION__KEY", master(tmp_path))
    assert typist.type("encryption", "status").stdout.startswith("on: 1 keys")
    assert typist.type("encryption", "rotate").stdout == "1 keys wrapped anew\n"


def test_a_key_is_made_once_for_its_owner_alone_and_fits_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typist, file = Typist(tmp_path / "data"), tmp_path / "master.key"
    told = tomllib.loads(typist.type("encryption", "key", file).stdout)
    assert file.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv("EARWITNESS_ENCRYPTION__KEY", told["encryption"]["key"])
    assert typist.type("encryption", "status").stdout.startswith("on: 0 keys")
    before = file.read_bytes()
    assert "there already" in typist.refused("encryption", "key", file)
    assert file.read_bytes() == before
    typist.refused("encryption", "key", tmp_path / "nowhere" / "key")
