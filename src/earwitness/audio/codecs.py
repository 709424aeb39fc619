"""Telephone and plain encodings to 16-bit samples and back.

G.711 as in ITU-T Recommendation G.711 (11/88), tables 1a to 2b. The telephone's 13 and 14 bits stand at
the top of our 16, as everywhere in the field. Decoding is a table of 256 entries, encoding one of 65,536.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from earwitness.errors import InvalidInput

Samples = npt.NDArray[np.int16]

MULAW_BIAS = 33  # in steps of 14 bits; G.711 puts the segments' edges at powers of two less 33
MULAW_CLIP = 8158  # the largest step of 14 bits that table 2a tells apart
ALAW_TOGGLE = 0x55  # G.711 section 3.4.1: even bits are inverted on the line


def _mulaw_decoding() -> Samples:
    code = ~np.arange(256) & 0xFF  # mu-law travels inverted
    step = ((((code & 0x0F) << 1) + MULAW_BIAS) << (code >> 4 & 7)) - MULAW_BIAS
    return (np.where(code & 0x80, -step, step) << 2).astype(np.int16)


def _alaw_decoding() -> Samples:
    code = np.arange(256) ^ ALAW_TOGGLE
    segment = code >> 4 & 7
    step = ((code & 0x0F) << 1) + 1
    step = np.where(segment == 0, step, (step + 32) << np.maximum(segment - 1, 0))
    return (np.where(code & 0x80, step, -step) << 3).astype(np.int16)


def _segment(step: npt.NDArray[np.int64], first_edge: int) -> npt.NDArray[np.int64]:
    """Which of the eight segments a step lies in; each is twice as wide as the one before."""
    edges = first_edge << np.arange(7)
    return np.asarray(np.searchsorted(edges, step, side="right"), np.int64)


def _mulaw_encoding() -> npt.NDArray[np.uint8]:
    value = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64) >> 2
    step = np.minimum(np.abs(value), MULAW_CLIP) + MULAW_BIAS
    segment = _segment(step, 64)
    code = segment << 4 | step >> (segment + 1) & 0x0F | np.where(value < 0, 0x80, 0)
    return np.asarray(~code & 0xFF, np.uint8)


def _alaw_encoding() -> npt.NDArray[np.uint8]:
    value = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64) >> 3
    step = np.where(value < 0, -value - 1, value)
    segment = _segment(step, 32)
    code = segment << 4 | step >> np.maximum(segment, 1) & 0x0F | np.where(value < 0, 0, 0x80)
    return np.asarray(code ^ ALAW_TOGGLE, np.uint8)


_DECODING = {"mulaw": _mulaw_decoding(), "alaw": _alaw_decoding()}
_ENCODING: dict[str, npt.NDArray[np.uint8]] = {}  # made when first needed: recording never encodes
_ENCODING_MAKERS: dict[str, Callable[[], npt.NDArray[np.uint8]]] = {
    "mulaw": _mulaw_encoding,
    "alaw": _alaw_encoding,
}
_FRAME_BYTES = {"pcm_s16le": 2, "mulaw": 1, "alaw": 1}
ENCODINGS = tuple(_FRAME_BYTES)


def frame_bytes(encoding: str) -> int:
    """Bytes of one sample. Raises `InvalidInput` for an encoding that is none of `ENCODINGS`."""
    try:
        return _FRAME_BYTES[encoding]
    except KeyError:
        hint = f"one of {', '.join(ENCODINGS)}"
        raise InvalidInput(f"unknown audio encoding {encoding!r}", hint=hint, encoding=encoding) from None


def decode(encoding: str, data: bytes) -> Samples:
    """Whole samples of mono audio as 16-bit integers; may share memory with `data`, so do not write to it.

    Raises `InvalidInput` for an unknown encoding, or where `data` ends in the middle of a sample.
    """
    if len(data) % frame_bytes(encoding):
        raise InvalidInput(
            "the audio ends in the middle of a sample", encoding=encoding, byte_count=len(data)
        )
    if encoding == "pcm_s16le":
        return np.frombuffer(data, "<i2").astype(np.int16, copy=False)
    return _DECODING[encoding][np.frombuffer(data, np.uint8)]


def encode(encoding: str, samples: Samples) -> bytes:
    """16-bit samples as bytes of `encoding`; what `decode` gave comes back as it was.

    One exception, by the standard: mu-law has two zeros, and the negative one comes back as the positive.
    """
    frame_bytes(encoding)
    if encoding == "pcm_s16le":
        return samples.astype("<i2", copy=False).tobytes()
    if encoding not in _ENCODING:
        _ENCODING[encoding] = _ENCODING_MAKERS[encoding]()
    return _ENCODING[encoding][np.ascontiguousarray(samples).view(np.uint16)].tobytes()
