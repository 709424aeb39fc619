"""Comparing two recordings of the same sound: by how much one lies later, and where there is any."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[Any]


def lag_ms(ours: Samples, theirs: Samples, span_ms: tuple[float, float], rate_hz: int) -> float:
    """How much later than in `theirs` the sound of that span lies in `ours`, up to 200 ms either way."""
    reach = rate_hz // 5
    start, stop = (round(ms * rate_hz / 1000) for ms in span_ms)
    wanted = theirs[start:stop].astype(float)
    around = np.zeros(len(wanted) + 2 * reach)
    first = max(start - reach, 0)
    there = ours[first : start - reach + len(around)]
    around[first - (start - reach) :][: len(there)] = there
    spectrum = np.fft.rfft(around) * np.conj(np.fft.rfft(wanted, len(around)))
    match = np.fft.irfft(spectrum, len(around))[: 2 * reach + 1]
    assert match.max() > 0.8 * (wanted @ wanted), "the sound is not there"
    return float(np.argmax(match) - reach) * 1000 / rate_hz


def loudest_outside(
    samples: Samples, spans_ms: Iterable[tuple[float, float]], rate_hz: int, margin_ms: float
) -> int:
    """The greatest sample farther than `margin_ms` from every span."""
    outside = np.ones(len(samples), bool)
    for start_ms, end_ms in spans_ms:
        first, last = max(start_ms - margin_ms, 0), end_ms + margin_ms
        outside[int(first * rate_hz / 1000) : int(last * rate_hz / 1000) + 1] = False
    return int(np.abs(samples[outside].astype(int)).max(initial=0))
