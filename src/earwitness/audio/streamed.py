"""A track as Ogg/Opus on its way to somebody, encoded while it is sent, a block at a time.

Ogg is written forwards only (RFC 3533), so nothing that was sent is ever touched again. How long it will be
is not known before its end: it has no ranges.
"""

import io
from collections.abc import Iterable, Iterator

import numpy as np
import soundfile

from earwitness.audio.codecs import Samples
from earwitness.audio.files import OPUS_RATES_HZ
from earwitness.errors import InvalidInput


class _Outbox(io.RawIOBase):
    """A file that gives away what was written to it."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._given = 0

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._given + len(self._held)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.tell()  # the encoder asks where it is, and is always at the end

    def write(self, data: bytes) -> int:  # type: ignore[override]
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
    return _encoded(blocks, rate_hz, channels)


def _encoded(blocks: Iterable[Samples], rate_hz: int, channels: int) -> Iterator[bytes]:
    outbox, frames = _Outbox(), 0
    with soundfile.SoundFile(outbox, "w", rate_hz, channels, format="OGG", subtype="OPUS") as encoder:
        for block in blocks:
            encoder.write(np.ascontiguousarray(block))
            frames += len(block)
            if data := outbox.take():
                yield data
        if not frames:
            encoder.write(np.zeros((1, channels), np.int16))
    yield outbox.take()
