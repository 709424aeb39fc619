"""Where the lake's files can be read as files of this machine."""

import os
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path

from earwitness.errors import NotFound
from earwitness.store.objects import ObjectInfo, Objects


class Copies:
    """The files themselves where they lie in the open in a folder; else copies, fetched when asked for.

    `folder` is for copies alone. A file's name says what is in it, so a copy is never out of date.
    """

    def __init__(self, objects: Objects, folder: Path) -> None:
        self._objects = objects
        self._folder = folder

    def of(self, infos: Sequence[ObjectInfo]) -> list[Path]:
        """Where they can be read. One that has gone meanwhile is left out: another stands for it."""
        return [path for info in infos if (path := self._of(info.path)) is not None]

    def forget(self) -> None:
        """There are no copies afterwards; what is asked for is fetched again."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _of(self, path: str) -> Path | None:
        if (itself := self._objects.place(path)) is not None:
            return itself
        copy = self._folder / path
        if not copy.exists():
            try:
                self._fetch(path, copy)
            except NotFound:
                return None
        return copy

    def _fetch(self, path: str, copy: Path) -> None:
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = copy.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                for piece in self._objects.open(path):
                    file.write(piece)
            half.replace(copy)
        finally:
            half.unlink(missing_ok=True)
