"""`earwitness.record`, with the keys of the data folder in hand where encryption is set.

A program sets it in its environment: `EARWITNESS_ENCRYPTION__KEY`, in the words of the setting
`encryption.key`. Without the package `cryptography` it records unencrypted and says so in the log
`earwitness`; with a key that does not fit the folder it records nothing, and says that.
"""

import logging
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from earwitness.capture.choosing import kept_of
from earwitness.capture.door import KEEPS, Choice
from earwitness.capture.handover import Server
from earwitness.capture.recorder import Recorder
from earwitness.clock import Clock
from earwitness.errors import EarwitnessError
from earwitness.journal.seal import LegKey, unlock
from earwitness.settings import Encryption, Settings

VARIABLE = "EARWITNESS_ENCRYPTION__KEY"
_log = logging.getLogger("earwitness")
_prepared: set[tuple[Path, str]] = set()


def record(
    *,
    provider: str,
    conversation: str | None = None,
    subject: str | None = None,
    labels: Iterable[str] = (),
    metadata: Mapping[str, Any] | None = None,
    data_dir: str | os.PathLike[str] = "earwitness-data",
    path: str = "",
    keep: Iterable[str] = KEEPS,
    require_consent: bool = False,
    server: str = "",
    key: str = "",
    clock: Clock | None = None,
) -> Recorder:
    """Begin to record one connection of this program to a provider; a context manager.

    Legs with the same `conversation` text belong together. `path` is what was dialled, with its query. Of
    each message is kept what `keep` names: `audio`, `raw`, `transcripts`; with none of them messages are
    counted. With `require_consent` nothing is written before `Recorder.consent`. Legs that are over are
    handed over to `server`, an address like https://host, with its API key; or to the one of the
    environment, `EARWITNESS_HANDOVER__URL` and `..._KEY`. Raises `InvalidInput` for an unknown word in
    `keep`, and nothing else: where nothing can be recorded it says so once in the log `earwitness`, and
    `flush` is False.
    """
    prepare(data_dir)
    return Recorder.begin(
        provider=provider,
        conversation=conversation,
        subject=subject,
        labels=labels,
        metadata=metadata,
        data_dir=data_dir,
        path=path,
        choice=Choice(kept_of(keep), needs_consent=require_consent),
        server=Server(server, key),
        clock=clock,
    )


def prepare(data_dir: str | os.PathLike[str]) -> None:
    """What is recorded below this folder from now on is encrypted, if the environment says so. Never
    raises."""
    key, folder = os.environ.get(VARIABLE, ""), Path(data_dir).absolute()
    if (folder, key) in _prepared:
        return
    _prepared.add((folder, key))
    if not key:
        if (folder / "keys" / "ring").is_dir():  # as `vault.has_keys`, which needs cryptography
            _log.warning(
                "recording unencrypted: %s is an encrypted folder, and %s is not set", folder, VARIABLE
            )
        return
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
