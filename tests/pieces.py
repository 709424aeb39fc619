"""Pieces of sound laid out by hand, and the places where they are found again."""

from collections.abc import Iterator

import numpy as np

from earwitness.audio.render import Piece, render

RATE_HZ = 16_000
SECOND_NS = 1_000_000_000
MS = 1_000_000


def chirp(rate_hz: int, level: float = 12_000) -> np.ndarray:
    """40 ms that resemble themselves at one place only, and reach no higher than any rate carries."""
    seconds = np.arange(rate_hz * 40 // 1000) / rate_hz
    return (level * np.hanning(seconds.size) * np.sin(2 * np.pi * (500 + 20_000 * seconds) * seconds)).astype(
        np.int16
    )


def place_of(sound: np.ndarray, track: np.ndarray) -> int:
    """The frame where the sound fits best."""
    return int(np.argmax(np.correlate(track.astype(float), sound.astype(float), "valid")))


def packets(data: bytes, size: int = 160) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def whole(pieces: list[Piece], data: bytes, length_ns: int, **options) -> np.ndarray:
    options.setdefault("rate_hz", RATE_HZ)
    return np.concatenate(
        [np.empty(0, np.int16), *render(pieces, packets(data), length_ns=length_ns, **options)]
    )


def piece(
    at_ns: int, *, from_byte: int = 0, byte_count: int, encoding: str = "pcm_s16le", rate_hz: int = RATE_HZ
):
    return Piece(encoding=encoding, rate_hz=rate_hz, from_byte=from_byte, byte_count=byte_count, at_ns=at_ns)
