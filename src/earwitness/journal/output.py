"""The one segment a leg writes: created without a moment in which it stands there unlocked."""

import errno
import fcntl
import os
from pathlib import Path
from uuid import uuid4

from earwitness.errors import Conflict
from earwitness.journal import segment
from earwitness.journal.segment import SegmentHeader, segment_path

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
_MAX_BUFFERS = 1024  # IOV_MAX of Linux and macOS


class Output:
    """An open, locked segment. `size_bytes` is where its last whole block ends."""

    def __init__(self, path: Path, header: SegmentHeader) -> None:
        """Create, lock and begin the file. Raises `OSError`, and then the file is gone again."""
        self.path = path
        self.header = header
        self.is_bad = False  # the disk failed this descriptor: nothing it says is believed any more
        self.unsynced_folders: set[Path] = {path.parent}
        self.descriptor = os.open(path, _FLAGS, 0o600)
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            raw = segment.encode_header(header)
            rest = raw
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]
        except OSError:
            os.close(self.descriptor)
            path.unlink(missing_ok=True)
            raise
        self.size_bytes = len(raw)

    def write(self, buffers: list[bytes]) -> int:
        """Write header, payload, header, payload ...; returns how many whole blocks the file took.

        What it took of one more block is cut off again. Raises `OSError` when it took none.
        """
        buffers = buffers[:_MAX_BUFFERS]
        written = os.writev(self.descriptor, buffers)
        if written == sum(map(len, buffers)):
            self.size_bytes += written
            return len(buffers) // 2
        blocks = 0
        for header, payload in zip(buffers[::2], buffers[1::2], strict=True):
            size = len(header) + len(payload)
            if written < size:
                break
            written -= size
            self.size_bytes += size
            blocks += 1
        if written:
            rest = (buffers[blocks * 2] + buffers[blocks * 2 + 1])[written:]
            blocks += self._finish(rest, size, is_only=not blocks)
        return blocks

    def _finish(self, rest: bytes, size: int, *, is_only: bool) -> bool:
        """After a short write: write the rest of the cut block, for only that tells what is wrong."""
        try:
            while rest:
                rest = rest[os.write(self.descriptor, rest) :]
        except OSError:
            self._cut_back()
            if is_only:
                raise
            return False
        self.size_bytes += size
        return True

    def _cut_back(self) -> None:
        try:
            os.ftruncate(self.descriptor, self.size_bytes)
        except OSError:
            self.is_bad = True  # half a block stays: nothing may follow it here
            raise

    def sync(self) -> None:
        """On return all that was written is on the disk, and the names that lead to it. Raises `OSError`."""
        os.fdatasync(self.descriptor)
        for folder in tuple(self.unsynced_folders):
            _sync_folder(folder)

    def close(self) -> None:
        """Lets the lock go."""
        os.close(self.descriptor)


def begin_leg(folder: Path, header: SegmentHeader) -> Output:
    """A new leg's folder with its first segment, locked before anybody can see it.

    Built under a hidden name and renamed, so that no reader ever takes a leg just born for a dead one.
    Raises `Conflict` when the leg exists already, and leaves that untouched.
    """
    unsynced = {folder.parent, *_make_folders(folder.parent)}
    staging = folder.parent / f".{folder.name}.{uuid4().hex}.new"
    os.mkdir(staging, 0o700)
    try:
        output = Output(segment_path(staging, header.number), header)
    except OSError:
        os.rmdir(staging)
        raise
    try:
        os.rename(staging, folder)
    except OSError as error:
        output.close()
        output.path.unlink()
        os.rmdir(staging)
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
            raise Conflict(
                f"leg {header.leg} has a journal already",
                hint="Every leg needs an id of its own.",
                folder=str(folder),
            ) from error
        raise
    output.path = folder / output.path.name
    output.unsynced_folders = {folder, *unsynced}
    return output


def _make_folders(folder: Path) -> set[Path]:
    """Create what is missing, 0700 each; returns the folders that got a new entry."""
    touched = set()
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:  # another leg was quicker
            continue
        touched.add(path.parent)
    return touched


def make_root(root: Path) -> None:
    """Create the journal's root and make the names that lead to it durable. Raises `OSError`."""
    for folder in _make_folders(root):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
