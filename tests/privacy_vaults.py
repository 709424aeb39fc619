"""Vaults for tests: a master key in a file beside them."""

from pathlib import Path

from earwitness.privacy.providers import provider_of
from earwitness.privacy.vault import Vault
from earwitness.settings import Encryption, Settings


def master(folder: Path) -> str:
    """The setting `encryption.key` of a key that lies in this folder."""
    file = folder / "master.key"
    if not file.exists():
        file.write_text("ab" * 32)
    return f"file:{file}"


def vault(folder: Path) -> Vault:
    return Vault(folder / "keys", provider_of(master(folder)))


def encrypted(folder: Path, data: str = "data") -> Settings:
    """Settings of an encrypted data folder within this one."""
    return Settings(data_dir=str(folder / data), encryption=Encryption(key=master(folder)))
