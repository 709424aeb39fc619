"""Files made from conversations, under paths: what every object store promises."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import msgspec

from earwitness.errors import Conflict, InvalidInput, NotFound

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}\Z")


class ObjectInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One stored file."""

    path: str
    byte_count: int
    sha256: str = ""  # hex; known from `put` only


class Objects(Protocol):
    """Where files lie. Paths are ours: parts of letters, digits, `.`, `_`, `-`, joined by `/`.

    Every method raises `InvalidInput` for a path that is not, `StorageUnavailable` where the store
    does not take it now.
    """

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        """The whole file is there and safe from power loss, or nothing changed.

        Raises `Conflict` where one of that name exists and `replace` was not said.
        """

    def holds(self, info: ObjectInfo) -> bool:
        """Does it give back exactly these bytes? All of them are read."""

    def open(self, path: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` up to but without `end`, in pieces. Raises `NotFound` at once."""

    def info(self, path: str) -> ObjectInfo:
        """Its size. Raises `NotFound`."""

    def exists(self, path: str) -> bool: ...

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """All files whose path begins with the folder `prefix`, sorted by path."""

    def delete(self, path: str) -> bool:
        """It is gone afterwards. Says whether it was there."""

    def abandon(self, folder: str) -> None:
        """What puts that were killed left in this folder is gone; what others put there now fails."""

    def place(self, path: str) -> Path | None:
        """The very file on this machine that has its bytes in the open, there or not; None: there is none."""


MEDIA_TYPES = {
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".txt": "text/plain; charset=utf-8",
    ".flac": "audio/flac",
}


def media_type(path: str) -> str:
    """What a file of this name holds; nothing a browser would run."""
    return MEDIA_TYPES.get(Path(path).suffix, "application/octet-stream")


def gives_back(objects: "Objects", info: ObjectInfo) -> bool:
    """What `Objects.holds` answers, by reading."""
    try:
        if objects.info(info.path).byte_count != info.byte_count:
            return False
        digest = hashlib.sha256()
        for piece in objects.open(info.path):
            digest.update(piece)
    except NotFound:
        return False
    return digest.hexdigest() == info.sha256


def path_for(began_at_ns: int, conversation: str, name: str) -> str:
    """Where an artifact lies: `conversations/<YYYY-MM-DD>/<conversation>/<name>`, the day in UTC."""
    day = datetime.fromtimestamp(began_at_ns // 1_000_000_000, UTC).date()
    return checked(f"conversations/{day}/{conversation}/{name}")


def checked(path: str) -> str:
    """The path itself. Raises `InvalidInput` where it could lead anywhere but down."""
    if not path or not all(_PART.match(part) for part in path.split("/")):
        raise InvalidInput(f"not a path of the object store: {path!r}", hint="Paths come from our own ids.")
    return path


def already_there(path: str) -> Conflict:
    return Conflict(f"{path} exists already", hint="Nothing was overwritten.", path=path)


def not_there(path: str) -> NotFound:
    return NotFound(f"no object {path}", path=path)
