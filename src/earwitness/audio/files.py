"""Tracks as files and as bytes on their way to somebody.

A file appears under its name whole, synced and readable by its owner only, or not at all.
"""

import os
import secrets
import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile

from earwitness.audio.codecs import Samples
from earwitness.errors import InvalidInput, StorageUnavailable

WAV_HEADER_BYTES = 44
WAV_MOST_BYTES = 0xFFFF_FFFF - WAV_HEADER_BYTES  # RIFF counts in 32 bits
FLAC_LEVEL = 5 / 8  # libFLAC's default; higher levels cost twice the work for one percent
OPUS_RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)


def wav_header(frames: int, channels: int, rate_hz: int) -> bytes:
    """The 44 bytes before 16-bit samples: RIFF, one `fmt ` chunk, one `data` chunk.

    Raises `InvalidInput` where a WAV cannot count that far (18 hours of stereo at 16 kHz).
    """
    data_bytes = frames * channels * 2
    if data_bytes > WAV_MOST_BYTES:
        raise InvalidInput("too long for a WAV file", hint="ask for FLAC", frames=frames)
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        *(b"RIFF", WAV_HEADER_BYTES - 8 + data_bytes, b"WAVE"),
        *(b"fmt ", 16, 1, channels, rate_hz, rate_hz * channels * 2, channels * 2, 16),
        *(b"data", data_bytes),
    )


def wav_size(frames: int, channels: int) -> int:
    """Bytes of the whole WAV file."""
    return WAV_HEADER_BYTES + frames * channels * 2


def wav_bytes(blocks: Iterable[Samples], *, frames: int, channels: int, rate_hz: int) -> Iterator[bytes]:
    """A WAV of exactly `wav_size` bytes, a block at a time; blocks that end early are followed by silence."""
    return wav_range(lambda _: blocks, frames=frames, channels=channels, rate_hz=rate_hz)


def wav_range(
    blocks_from: Callable[[int], Iterable[Samples]],
    *,
    frames: int,
    channels: int,
    rate_hz: int,
    start: int = 0,
    stop: int | None = None,
) -> Iterator[bytes]:
    """Bytes `start` up to, not including, `stop` of the WAV that `wav_bytes` gives.

    `blocks_from(n)` gives the blocks from frame n on; it is asked once, for the frame that `start` is in.
    """
    stop = min(wav_size(frames, channels) if stop is None else stop, wav_size(frames, channels))
    header = wav_header(frames, channels, rate_hz)[start:stop]
    if header:
        yield header
        start += len(header)
    first = (start - WAV_HEADER_BYTES) // (channels * 2)
    skipped = start - wav_size(first, channels)
    blocks = iter(blocks_from(first)) if start < stop else iter(())
    for block in blocks:
        data = block.astype("<i2", copy=False).tobytes()[skipped : skipped + stop - start]
        skipped = max(skipped - block.size * 2, 0)
        start += len(data)
        if data:
            yield data
        if start >= stop:
            return
    while start < stop:
        yield bytes(min(stop - start, 1 << 16))
        start += min(stop - start, 1 << 16)


def stereo(left: Iterable[Samples], right: Iterable[Samples]) -> Iterator[Samples]:
    """Two mono tracks side by side, shape (n, 2); the shorter one is silent to the end of the longer."""
    sides = [iter(left), iter(right)]
    held = [np.empty(0, np.int16), np.empty(0, np.int16)]
    over = [False, False]
    while True:
        for side in (0, 1):
            while not held[side].size and not over[side]:
                block = next(sides[side], None)
                over[side] = block is None
                held[side] = held[side] if block is None else block
        counts = [held[side].size for side in (0, 1) if held[side].size]
        if not counts:
            return
        both = np.zeros((min(counts), 2), np.int16)
        for side in (0, 1):
            part = held[side][: len(both)]
            both[: part.size, side] = part
            held[side] = held[side][part.size :]
        yield both


class TrackFile:
    """A track on its way to its file; the ending of the name says the format: .wav, .flac, .ogg, .opus.

    Used with `with`: at the end the file is there, whole and synced. After an exception nothing of it is,
    and what was there under that name before still is. A compressed track of no samples gets one of silence:
    without any the file would have no header.

    Raises `InvalidInput` for another ending, or a rate that Opus does not have; `StorageUnavailable` where
    the disk does not take it.
    """

    def __init__(self, path: Path, *, rate_hz: int, channels: int) -> None:
        self.path, self.frames = path, 0
        self._rate_hz, self._channels = rate_hz, channels
        options = _options(path, rate_hz)
        self._temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
        with _disk(path):
            self._fd = os.open(self._temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._encoder: soundfile.SoundFile | None = None
        if options:
            self._encoder = soundfile.SoundFile(self._fd, "w", rate_hz, channels, closefd=False, **options)
        else:
            os.lseek(self._fd, WAV_HEADER_BYTES, os.SEEK_SET)

    def write(self, block: Samples) -> None:
        """Appends samples: (n,) for one channel, (n, channels) for more."""
        with _disk(self.path):
            if self._encoder is not None:
                self._encoder.write(np.ascontiguousarray(block))
            else:
                write_all(self._fd, block)
        self.frames += len(block)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._commit()
            elif self._encoder is not None:
                with suppress(soundfile.LibsndfileError):  # the first failure is the one to tell
                    self._encoder.close()
        finally:
            os.close(self._fd)
            self._temporary.unlink(missing_ok=True)

    def _commit(self) -> None:
        if self._encoder is not None and not self.frames:
            self.write(np.zeros((1, self._channels), np.int16))
        with _disk(self.path):
            if self._encoder is not None:
                self._encoder.close()
            else:
                os.pwrite(self._fd, wav_header(self.frames, self._channels, self._rate_hz), 0)
            os.fsync(self._fd)
            self._temporary.rename(self.path)
            _sync_folder(self.path.parent)


def write_track(path: Path, blocks: Iterable[Samples], *, rate_hz: int, channels: int) -> int:
    """Writes the whole track in the format that the name's ending says; see `TrackFile`. Gives its frames."""
    with TrackFile(path, rate_hz=rate_hz, channels=channels) as file:
        for block in blocks:
            file.write(block)
    return file.frames


def write_all(fd: int, block: Samples) -> None:
    """All samples of a block, little-endian, at the descriptor's place."""
    rest = np.ascontiguousarray(block, "<i2").reshape(-1).view(np.uint8).data
    while rest:
        rest = rest[os.write(fd, rest) :]


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """What the disk refuses is told in one way, whoever was writing."""
    try:
        yield
    except (OSError, soundfile.LibsndfileError) as error:
        raise StorageUnavailable(
            f"cannot write {path}: {error}", hint="Is there room, and may you write there?", path=str(path)
        ) from error


def _options(path: Path, rate_hz: int) -> dict[str, object]:
    """What soundfile is to make of it; nothing for WAV, which is samples after a header."""
    suffix = path.suffix.lower()
    if suffix == ".wav":
        return {}
    if suffix == ".flac":
        return {"format": "FLAC", "subtype": "PCM_16", "compression_level": FLAC_LEVEL}
    if suffix not in (".ogg", ".opus"):
        raise InvalidInput(f"no audio format {suffix!r}", hint="wav, flac, ogg or opus", suffix=suffix)
    if rate_hz not in OPUS_RATES_HZ:
        hint = f"one of {', '.join(map(str, OPUS_RATES_HZ))}"
        raise InvalidInput(f"Opus has no {rate_hz} samples per second", hint=hint, rate_hz=rate_hz)
    return {"format": "OGG", "subtype": "OPUS"}


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
