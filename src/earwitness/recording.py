"""`earwitness.record`, with the keys of the data folder in hand where encryption is set.

A program sets it in its environment: `EARWITNESS_ENCRYPTION__KEY`, in the words of the setting
`encryption.key`. Without the package `cryptography` it records unencrypted and says so in the log
`earwitness`; with a key that does not fit the folder it records nothing, and says that.
"""

import functools
import logging
import os
from pathlib import Path
from typing import Any

from earwitness.capture import recorder
from earwitness.errors import EarwitnessError
from earwitness.journal.seal import LegKey, unlock
from earwitness.settings import Encryption, Settings

VARIABLE = "EARWITNESS_ENCRYPTION__KEY"
_log = logging.getLogger("earwitness")
_prepared: set[tuple[Path, str]] = set()


@functools.wraps(recorder.record)
def record(**options: Any) -> recorder.Recorder:
    prepare(options.get("data_dir", "earwitness-data"))
    return recorder.record(**options)


def prepare(data_dir: str | os.PathLike[str]) -> None:
    """What is recorded below this folder from now on is encrypted, if the environment says so. Never
    raises."""
    key, folder = os.environ.get(VARIABLE, ""), Path(data_dir).absolute()
    if not key or (folder, key) in _prepared:
        return
    _prepared.add((folder, key))
    try:
        from earwitness.privacy.vault import open_vault

        open_vault(Settings(data_dir=str(folder), encryption=Encryption(key=key)))
    except ModuleNotFoundError as error:
        _log.warning("recording unencrypted: %s is set, but %s is not installed", VARIABLE, error.name)
    except EarwitnessError as error:
        unlock(folder / "journal", _NoKeys(error))


class _NoKeys:
    """Stands where the keys should be: what should be encrypted is not written in the open instead."""

    def __init__(self, error: EarwitnessError) -> None:
        self._error = error

    def new(self, leg: str) -> LegKey:
        raise self._error

    def find(self, leg: str, key_id: bytes) -> None:
        return None
