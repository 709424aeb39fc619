"""Another journal in the place of a leg's: whole or not at all, whenever it is interrupted.

The new one is written beside the old. Once it is on disk under its hidden name the exchange is decided;
`settle` carries it out, and again after a crash.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from earwitness.capture.importing import sync_folder, write_leg
from earwitness.clock import Instant
from earwitness.errors import StorageUnavailable
from earwitness.journal.record import Kind, Origin

_NEW, _OLD = ".abridged", ".original"  # of names that no reader of journals looks into


def exchange_leg(root: Path, folder: Path, records: Iterable[tuple[Instant, Origin, Kind, bytes]]) -> None:
    """The leg of this folder consists of these records afterwards; nothing of the former journal is there.

    What raises while the records are made leaves all as it was. Nobody may write the leg. Raises
    `StorageUnavailable`.
    """
    new = _beside(folder, _NEW)
    if not new.exists():
        write_leg(root, folder.name, records, new)
    try:
        _settle(folder)
    except OSError as error:
        raise StorageUnavailable(
            f"{error.filename}: {error.strerror}", hint="Is the data folder writable?"
        ) from error


def settle(root: Path) -> list[Path]:
    """Carry out what was decided and interrupted; the folders of these legs. For the start."""
    folders = list(_begun(root))
    for folder in folders:
        _settle(folder)
    return folders


def _settle(folder: Path) -> None:
    new, old = _beside(folder, _NEW), _beside(folder, _OLD)
    if new.exists():
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)
            folder.rename(old)
        new.rename(folder)
        sync_folder(folder.parent)
    if old.exists():
        shutil.rmtree(old)
        sync_folder(folder.parent)


def _begun(root: Path) -> Iterator[Path]:
    found = {*root.glob(f"*/.*{_NEW}"), *root.glob(f"*/.*{_OLD}")}
    yield from sorted({path.with_name(path.stem[1:]) for path in found})


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f".{folder.name}{suffix}")
