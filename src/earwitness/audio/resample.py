"""From one sample rate to another, to the sample, however the audio was cut into blocks.

soxr at its high quality, in 32-bit float: with integers it adds dither, which turns silence into noise
and makes the result depend on the block sizes.
"""

from math import gcd

import numpy as np
import soxr

from earwitness.audio.codecs import Samples
from earwitness.errors import InvalidInput

LOWEST_HZ, HIGHEST_HZ = 1_000, 384_000  # what a telephone and a studio stay within
WARM_UP_MS = 100  # more than the filter's reach at any rate we meet


def check_rate(rate_hz: int) -> None:
    """Raises `InvalidInput` for a rate that no audio has; a wire may say anything."""
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise InvalidInput(f"no audio has {rate_hz} samples per second", rate_hz=rate_hz)


def resampled_count(count: int, from_hz: int, to_hz: int) -> int:
    """How many samples `count` become: the nearest whole number, halves upwards."""
    return (2 * count * to_hz + from_hz) // (2 * from_hz)


def aligned_count(from_hz: int, to_hz: int) -> int:
    """The smallest number of samples that become a whole number of samples exactly."""
    return from_hz // gcd(from_hz, to_hz)


class Resampler:
    """One continuous stretch of mono audio on its way from `from_hz` to `to_hz`.

    Sample 0 of what comes out stands at the instant of sample 0 of what went in; the filter's delay is
    made up for. What comes out in all is `resampled_count` of what went in, once `finish` was called.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        check_rate(from_hz)
        check_rate(to_hz)
        self._from_hz, self._to_hz = from_hz, to_hz
        self._taken = self._given = 0
        self._stream = None if from_hz == to_hz else soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")

    def push(self, samples: Samples) -> Samples:
        """Takes the next samples, gives what is ready by now: some milliseconds less than was taken."""
        self._taken += samples.size
        if self._stream is None:
            return samples
        return self._ready(self._stream.resample_chunk(samples.astype(np.float32)))

    def finish(self) -> Samples:
        """Gives the rest. Nothing may be pushed after it."""
        if self._stream is None:
            return np.empty(0, np.int16)
        rest = self._ready(self._stream.resample_chunk(np.empty(0, np.float32), last=True))
        due = resampled_count(self._taken, self._from_hz, self._to_hz) - self._given
        if due > 0:  # soxr rounds by its own rule; the difference is one sample at most
            rest = np.concatenate([rest, np.zeros(due, np.int16)])
        elif due < 0:
            rest = rest[:due]
        self._given += due
        return rest

    def _ready(self, samples: np.ndarray[tuple[int], np.dtype[np.float32]]) -> Samples:
        self._given += samples.size
        np.rint(samples, out=samples)
        np.clip(samples, -32768, 32767, out=samples)
        return samples.astype(np.int16)
