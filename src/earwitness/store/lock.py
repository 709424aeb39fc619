"""One process writes the catalog of a data folder, or its lake; a second one is told so, or waits."""

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from earwitness.errors import InUse, StorageUnavailable

TRY_EVERY_S = 0.05  # by whoever waits


class FolderLock:
    """Held by whoever follows the journals of a data folder, or under another name changes something else of
    it. It goes with its process, however that ends."""

    def __init__(self, data_dir: Path, name: str = "lock", *, patience_s: float = 0.0) -> None:
        self._path = data_dir / name
        self._patience_s = patience_s
        self._descriptor: int | None = None

    def take(self) -> Self:
        """Hold the folder; make it if need be. Raises `InUse` while another process does."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StorageUnavailable(
                f"{self._path.parent}: {error.strerror}", hint="Choose a data_dir that this user may write."
            ) from error
        give_up_at = time.monotonic() + self._patience_s
        while not _try_lock(descriptor):
            if time.monotonic() < give_up_at:
                time.sleep(TRY_EVERY_S)
                continue
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise InUse(
                f"{self._path.parent} is in use by process {holder or 'unknown'}",
                hint="Stop that process, or give this one another data_dir.",
                holder=holder,
            )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        self._descriptor = descriptor
        return self

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
