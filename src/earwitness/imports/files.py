"""Foreign files, read with care: bounded, inside their folder, and every complaint names file and field."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from earwitness.decoders.wire import Unreadable, read_object
from earwitness.errors import InvalidInput

JSON_BYTES = 256 << 20  # a day of calls with every event; beyond, it is something else
LATEST_YEAR = 2200


def complain(path: Path, field: str, what: str) -> InvalidInput:
    """What is wrong with a foreign file."""
    where = f"{path}: {field}" if field else str(path)
    hint = "Mend the file, or leave it out; nothing of this call was imported."
    return InvalidInput(f"{where}: {what}", hint=hint, file=str(path), field=field)


def read_bytes(path: Path, most: int = JSON_BYTES) -> bytes:
    """The whole file. Raises `InvalidInput` where it is too big, or cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise complain(path, "", error.strerror or "cannot be read") from error
    if len(data) > most:
        raise complain(path, "", f"more than {most >> 20} MiB")
    return data


def begins(file: Path, word: bytes, within: int = 1 << 16) -> bool:
    """Does this word stand near the beginning of the file? Of one that cannot be read: no."""
    try:
        with file.open("rb") as opened:
            return word in opened.read(within)
    except OSError:
        return False


def digest(paths: Iterable[Path]) -> bytes:
    """The same for files of the same names and bytes, wherever they lie."""
    whole = sha256()
    for path in sorted(paths, key=lambda path: path.name):
        try:
            with path.open("rb") as file:
                part = file_digest(file, "sha256")
        except OSError as error:
            raise complain(path, "", error.strerror or "cannot be read") from error
        whole.update(sha256(path.name.encode("utf-8", "surrogateescape")).digest() + part.digest())
    return whole.digest()


def beside(folder: Path, name: str) -> Path | None:
    """The file of this name in the folder itself; None where there is none.

    Of a path that a file states only the last name counts, and a link that leads out of the folder is none.
    """
    plain = name.replace("\\", "/").rsplit("/", 1)[-1]
    if plain in ("", ".", "..") or "\0" in plain:
        return None
    path = folder / plain
    try:
        is_inside = path.resolve().parent == folder.resolve()
        return path if is_inside and path.is_file() else None
    except OSError:  # a name that is too long
        return None


def files_below(folder: Path, *, depth: int = 6) -> Iterator[Path]:
    """Regular files below the folder, in the order of their names; links are not followed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise complain(folder, "", error.strerror or "cannot be read") from error
    for entry in entries:
        if entry.name.startswith(".") or entry.is_symlink():
            continue
        if entry.is_dir():
            if depth > 0:
                yield from files_below(entry, depth=depth - 1)
        elif entry.is_file():
            yield entry


class Document:
    """A JSON object of a foreign file. What is asked for and has the wrong kind is a complaint."""

    def __init__(self, path: Path, body: dict[str, Any], where: str = "") -> None:
        self.path = path
        self.body = body
        self.where = where  # of the object within its file

    @classmethod
    def read(cls, path: Path) -> "Document":
        return cls.parse(path, read_bytes(path))

    @classmethod
    def parse(cls, path: Path, data: bytes, where: str = "") -> "Document":
        try:
            return cls(path, read_object(data), where)
        except Unreadable as error:
            raise complain(path, where, str(error)) from error

    @property
    def short(self) -> str:
        """The file's name without what differs from call to call, and without its ending."""
        known = ("_conversation", "_summary", "_data")
        return next((name for name in known if self.path.stem.endswith(name)), self.path.stem)

    @property
    def head(self) -> dict[str, Any]:
        """Its plain values: no lists, no objects."""
        return {key: value for key, value in self.body.items() if not isinstance(value, list | dict)}

    def bad(self, key: str, what: str) -> InvalidInput:
        return complain(self.path, f"{self.where}.{key}".strip("."), what)

    def text(self, key: str) -> str | None:
        value = self.body.get(key)
        if value is not None and not isinstance(value, str):
            raise self.bad(key, "not a text")
        return value

    def id(self, key: str) -> str | None:
        """A name; some write numbers. Empty is none."""
        value = self.body.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        return self.text(key) or None

    def number(self, key: str) -> float | None:
        value = self.body.get(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise self.bad(key, "not a number")
        return value

    def list(self, key: str) -> list["Document"]:
        """The objects of a list; an absent one is empty."""
        value = self.body.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.bad(key, "not a list")
        found = []
        for number, inner in enumerate(value):
            if not isinstance(inner, dict):
                raise self.bad(f"{key}[{number}]", "not an object")
            found.append(Document(self.path, inner, f"{self.where}.{key}[{number}]".strip(".")))
        return found

    def inner(self, key: str) -> "Document":
        """The object; an absent one is empty."""
        value = self.body.get(key)
        if value is not None and not isinstance(value, dict):
            raise self.bad(key, "not an object")
        return Document(self.path, value or {}, f"{self.where}.{key}".strip("."))

    def time(self, key: str) -> int | None:
        """A moment (ISO 8601) in ns since the epoch; without a zone it is UTC."""
        value = self.text(key)
        if not value:
            return None
        try:
            return time_ns(value)
        except ValueError:
            raise self.bad(key, f"not a time: {value[:40]!r}") from None

    def must_time(self, key: str) -> int:
        value = self.time(key)
        if value is None:
            raise self.bad(key, "is missing")
        return value


def time_ns(text: str) -> int:
    """ISO 8601 to ns since the epoch; without a zone it is UTC. Raises `ValueError`."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error
    if since.days < 0 or moment.year > LATEST_YEAR:
        raise ValueError("out of range")
    return (since.days * 86_400 + since.seconds) * 1_000_000_000 + since.microseconds * 1000
