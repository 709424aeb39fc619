"""Files made from conversations, in a folder of this machine."""

import errno
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from earwitness.errors import NotFound, StorageUnavailable
from earwitness.store.objects import ObjectInfo, already_there, checked, gives_back, not_there

_ATTEMPTS = 100
_PIECE_BYTES = 256 * 1024


class FolderObjects:
    """Objects in a folder of this machine, for its owner only."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        target = self._root / checked(path)
        try:
            if target.exists() and not replace:
                raise already_there(path)
            return self._write(path, target, chunks, replace=replace)
        except OSError as error:
            raise _unavailable(path, error) from error

    def _write(self, path: str, target: Path, chunks: Iterable[bytes], *, replace: bool) -> ObjectInfo:
        digest, byte_count = hashlib.sha256(), 0
        temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
        descriptor = self._create(temporary)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in chunks:
                    file.write(chunk)
                    digest.update(chunk)
                    byte_count += len(chunk)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                temporary.replace(target)
            else:
                os.link(temporary, target)  # unlike a rename it never overwrites
        except FileExistsError:
            raise already_there(path) from None
        finally:
            temporary.unlink(missing_ok=True)
        with suppress(FileNotFoundError):  # deleted again already, with its folder
            _sync_folder(target.parent)
        return ObjectInfo(path=path, byte_count=byte_count, sha256=digest.hexdigest())

    def _create(self, file: Path) -> int:
        for _ in range(_ATTEMPTS):
            with suppress(FileNotFoundError):  # a delete elsewhere pruned the folder while it was empty
                self._make_folder(file.parent)
                return os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        raise FileNotFoundError(errno.ENOENT, "its folder vanishes again and again")

    def _make_folder(self, folder: Path) -> None:
        """The folder is there, and so after a power loss."""
        if folder.is_dir():
            return
        if folder != self._root:
            self._make_folder(folder.parent)
        else:
            folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # made meanwhile, and perhaps pruned again: not asked here
            folder.mkdir(mode=0o700)
        _sync_folder(folder.parent)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        self.info(path)
        return self._pieces(path, max(start, 0), end)

    def holds(self, info: ObjectInfo) -> bool:
        return gives_back(self, info)

    def _pieces(self, path: str, start: int, end: int | None) -> Iterator[bytes]:
        left = sys.maxsize if end is None else end - start
        try:
            with (self._root / path).open("rb") as file:
                file.seek(start)
                while left > 0 and (piece := file.read(min(_PIECE_BYTES, left))):
                    left -= len(piece)
                    yield piece
        except FileNotFoundError as error:  # deleted since it was asked for
            raise not_there(path) from error
        except OSError as error:
            raise _unavailable(path, error) from error

    def info(self, path: str) -> ObjectInfo:
        file = self._root / checked(path)
        try:
            found = file.stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise not_there(path) from error
        except OSError as error:
            raise _unavailable(path, error) from error
        if not stat.S_ISREG(found.st_mode):
            raise not_there(path)
        return ObjectInfo(path=path, byte_count=found.st_size)

    def exists(self, path: str) -> bool:
        return (self._root / checked(path)).is_file()

    def place(self, path: str) -> Path | None:
        return self._root / checked(path)

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        folder = self._root / checked(prefix) if prefix else self._root
        files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))
        for path in sorted(file.relative_to(self._root).as_posix() for file in files):
            try:
                yield self.info(path)
            except NotFound:  # deleted since it was seen
                continue

    def abandon(self, folder: str) -> None:
        for left in (self._root / checked(folder)).glob(".*.tmp"):
            try:
                left.unlink(missing_ok=True)
            except OSError as error:
                raise _unavailable(folder, error) from error

    def delete(self, path: str) -> bool:
        file = self._root / checked(path)
        try:
            file.unlink()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return False
        except OSError as error:
            raise _unavailable(path, error) from error
        with suppress(OSError):  # a folder that is not empty, or gone already, ends the pruning
            _sync_folder(file.parent)
            for folder in file.parents:
                if folder == self._root:
                    break
                folder.rmdir()
        return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(path: str, error: OSError) -> StorageUnavailable:
    return StorageUnavailable(
        f"{path}: {error.strerror or error}",
        hint="Check space and rights of the object store's folder.",
        path=path,
    )
