"""A track as Ogg/Opus or FLAC on its way to somebody, encoded while it is sent, a block at a time.

Ogg is written forwards only (RFC 3533), so nothing that was sent is ever touched again. FLAC's head would be
written anew at the end, with what may as well be unknown (RFC 9639, 8.2), but for the number of samples, and
that is known before. How many bytes it will be is not: it has no ranges.
"""

import io
from collections.abc import Iterable, Iterator

import numpy as np
import soundfile

from earwitness.audio.codecs import Samples
from earwitness.audio.files import OPUS_RATES_HZ
from earwitness.errors import InvalidInput

FLAC_COUNT = slice(18, 26)  # of which the last 36 bits are the number of samples


class _Outbox(io.RawIOBase):
    """A file that gives away what was written to it; what is written anew is left out."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._given = 0
        self._is_anew = False

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given + len(self._held)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._is_anew = whence == io.SEEK_SET and offset < self.tell()
        return offset if self._is_anew else self.tell()

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if not self._is_anew:
            self._held += data
        return len(data)

    def take(self) -> bytes:
        data = bytes(self._held)
        self._given += len(data)
        self._held.clear()
        return data


def opus_rate_hz(rate_hz: int) -> int:
    """The lowest rate of Opus's that holds all of a track at `rate_hz`."""
    return next((rate for rate in OPUS_RATES_HZ if rate >= rate_hz), OPUS_RATES_HZ[-1])


def opus_bytes(blocks: Iterable[Samples], *, rate_hz: int, channels: int) -> Iterator[bytes]:
    """The track as Ogg/Opus, piece by piece; an empty one is one sample of silence.

    Raises `InvalidInput` at once for a rate that Opus does not have: see `opus_rate_hz`.
    """
    if rate_hz not in OPUS_RATES_HZ:
        hint = f"one of {', '.join(map(str, OPUS_RATES_HZ))}"
        raise InvalidInput(f"Opus has no {rate_hz} samples per second", hint=hint, rate_hz=rate_hz)
    return _encoded(blocks, rate_hz, channels, "OGG", "OPUS")


def flac_bytes(blocks: Iterable[Samples], *, frames: int, rate_hz: int, channels: int) -> Iterator[bytes]:
    """The track, of `frames` samples a channel, as FLAC of 16 bit; an empty one is one of silence."""
    pieces = _encoded(blocks, rate_hz, channels, "FLAC", "PCM_16")
    first = bytearray(next(pieces))
    first[FLAC_COUNT] = (int.from_bytes(first[FLAC_COUNT]) | max(frames, 1)).to_bytes(8)
    yield bytes(first)
    yield from pieces


def _encoded(
    blocks: Iterable[Samples], rate_hz: int, channels: int, format: str, subtype: str
) -> Iterator[bytes]:
    outbox, frames = _Outbox(), 0
    with soundfile.SoundFile(outbox, "w", rate_hz, channels, format=format, subtype=subtype) as encoder:
        for block in blocks:
            encoder.write(np.ascontiguousarray(block))
            frames += len(block)
            if data := outbox.take():
                yield data
        if not frames:
            encoder.write(np.zeros((1, channels), np.int16))
    yield outbox.take()
