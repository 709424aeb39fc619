"""Secrets of this installation, each in a file of its own."""

import os
import re
import secrets
from pathlib import Path

from earwitness.errors import Damaged, InvalidInput, StorageUnavailable

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}\Z")
_SECRET_BYTES = 32


def ensure_secret(data_dir: Path, name: str) -> bytes:
    """32 random bytes, the same for every process and after every start; only the owner can read them.

    Raises `StorageUnavailable` where the file can neither be read nor made, `Damaged` where it is short.
    """
    if not _NAME.match(name):
        raise InvalidInput(f"not a name of a secret: {name!r}")
    file = data_dir / "secrets" / name
    try:
        if not file.exists():
            _make(file)
        found = file.read_bytes()
    except OSError as error:
        raise StorageUnavailable(
            f"{file}: {error.strerror}", hint="Check that data_dir can be written by this user."
        ) from error
    if len(found) != _SECRET_BYTES:
        raise Damaged(f"{file} is not a secret of ours", hint="Remove it: what it signed becomes invalid.")
    return found


def _make(file: Path) -> None:
    """Written aside and linked into place: whoever is second finds the first one's, whole."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = file.with_name(f".{secrets.token_hex(8)}.tmp")
    with os.fdopen(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as handle:
        handle.write(secrets.token_bytes(_SECRET_BYTES))
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
