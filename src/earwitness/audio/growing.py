"""A WAV file that can be played while it grows, and after any end of the process that writes it."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from earwitness.audio.codecs import Samples
from earwitness.audio.files import WAV_HEADER_BYTES, WAV_MOST_BYTES, wav_header, write_all
from earwitness.errors import InvalidInput, StorageUnavailable


class GrowingWav:
    """A file whose header is right at every instant: it never tells of samples that are not there.

    `append` writes the samples first and the header's sizes after them. A process killed in between leaves
    a file that is valid and shorter by that block. Nothing is synced before `close`: after a power cut the
    file may be shorter still, or its end silent. The journal is what survives that.

    Raises `StorageUnavailable` where the disk does not take it; the file stays as it was before the block.
    """

    def __init__(self, path: Path, *, rate_hz: int, channels: int = 2) -> None:
        self.path, self.frames = path, 0
        self._rate_hz, self._channels = rate_hz, channels
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        try:
            self._fd = os.open(path, flags, 0o600)
            os.pwrite(self._fd, wav_header(0, channels, rate_hz), 0)
        except OSError as error:
            raise StorageUnavailable(f"cannot write {path}: {error}", path=str(path)) from error

    def append(self, block: Samples) -> None:
        """Samples of shape (n, channels), or (n,) for one channel; readers see them when this returns.

        Raises `InvalidInput` for another shape, and where a WAV cannot count that far.
        """
        if block.size != len(block) * self._channels:
            raise InvalidInput(f"this file has {self._channels} channels", shape=block.shape)
        header = wav_header(self.frames + len(block), self._channels, self._rate_hz)
        try:
            os.lseek(self._fd, WAV_HEADER_BYTES + self.frames * self._channels * 2, os.SEEK_SET)
            write_all(self._fd, block)
            os.pwrite(self._fd, header, 0)
        except OSError as error:
            raise StorageUnavailable(f"cannot write {self.path}: {error}", path=str(self.path)) from error
        self.frames += len(block)

    def silence(self, channel: int, first: int, end: int) -> None:
        """Frames `first` up to `end` of one channel, as far as they were written, are silent afterwards."""
        first, end = max(first, 0), min(end, self.frames)
        if first >= end:
            return
        size, offset = self._channels * 2, WAV_HEADER_BYTES + first * self._channels * 2
        try:
            block = np.frombuffer(os.pread(self._fd, (end - first) * size, offset), np.int16).copy()
            block[channel :: self._channels] = 0
            os.pwrite(self._fd, block.tobytes(), offset)
        except OSError as error:
            raise StorageUnavailable(f"cannot write {self.path}: {error}", path=str(self.path)) from error

    @property
    def frames_left(self) -> int:
        """How many more frames the format can count."""
        return WAV_MOST_BYTES // (self._channels * 2) - self.frames

    def close(self) -> None:
        """Syncs and closes; a second time does nothing."""
        if self._fd < 0:
            return
        fd, self._fd = self._fd, -1
        try:
            os.fsync(fd)
        except OSError as error:
            raise StorageUnavailable(f"cannot write {self.path}: {error}", path=str(self.path)) from error
        finally:
            os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
