"""How far two recordings of the same sound lie apart: by their loudness first, then by the wave itself.

In memory: one number for each 10 ms (coarser in very long calls) and a few windows of samples; each recording
is read twice, in blocks.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

RATE_HZ = 8_000  # of the recordings compared: what a telephone carries
STEP = RATE_HZ // 100  # samples for one number of loudness
MOST_STEPS = 1 << 19  # of numbers for one recording; beyond, they stand for longer
CANDIDATES = 3  # lags that loudness suggests and the wave is asked about
APART = 20  # steps between two candidates
WINDOWS, WINDOW = 12, RATE_HZ  # windows of one second, spread over the recording
LEAST_WINDOWS = 2
AUDIBLE = 60.0  # loudness (root mean square of 16 bit) below which a window says nothing
SAME_MS = 10  # windows that lie so close agree

Block = npt.NDArray[np.int16]
Recording = Callable[[], Iterable[Block]]  # mono, RATE_HZ; gives the same each time
_Floats = npt.NDArray[np.float32]


class Shift(NamedTuple):
    """The same sound lies `offset_ms` later in the second recording than in the first.

    `certainty` is the correlation of the windows that agree on it, averaged over all that could: near 1 for
    one sound by two ways, below 0.3 for two different ones.
    """

    offset_ms: int
    certainty: float


NOTHING = Shift(0, 0.0)


def shift(first: Recording, second: Recording) -> Shift:
    """By how much, and how sure that is. Sounds that have nothing in common give no certainty."""
    one, other = _loudness(first()), _loudness(second())
    if not one.any() or not other.any():
        return NOTHING
    steps = -(-max(len(one), len(other)) // MOST_STEPS)
    starts = _windows(one)
    pieces = _cut(first(), [(start, start + WINDOW) for start in starts])
    slack = (2 * steps + 2) * STEP
    found = [
        _look(pieces, second, [start + lag * STEP for start in starts], slack, len(other) * STEP, lag)
        for lag in _lags(one, other, steps)
    ]
    return max(found, key=lambda shift: shift.certainty, default=NOTHING)


def _loudness(blocks: Iterable[Block]) -> _Floats:
    parts: list[_Floats] = []
    held = np.empty(0, np.int16)
    for block in blocks:
        held = np.concatenate((held, block))
        whole = len(held) // STEP * STEP
        squares = held[:whole].astype(np.float32).reshape(-1, STEP) ** 2
        parts.append(np.sqrt(squares.mean(axis=1)))
        held = held[whole:]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _windows(loudness: _Floats) -> list[int]:
    """Where the loudest second of each stretch begins, in samples."""
    hop = WINDOW // STEP
    seconds = loudness[: len(loudness) // hop * hop].reshape(-1, hop).mean(axis=1)
    stretches = np.array_split(np.arange(len(seconds)), min(WINDOWS, max(1, len(seconds))))
    loudest = [int(part[np.argmax(seconds[part])]) for part in stretches if len(part)]
    return [second * WINDOW for second in loudest if seconds[second] >= AUDIBLE]


def _lags(one: _Floats, other: _Floats, steps: int) -> Iterator[int]:
    """The lags at which the loudness goes together best, in numbers of `STEP`."""
    a, b = (_even(part, steps) for part in (one, other))
    size = 1 << (len(a) + len(b) - 1).bit_length()
    together = np.fft.irfft(np.conj(np.fft.rfft(a, size)) * np.fft.rfft(b, size), size)
    for _ in range(CANDIDATES):
        best = int(np.argmax(together))
        yield (best - size if best >= len(b) else best) * steps
        near = np.arange(best - APART, best + APART + 1) % size
        together[near] = -np.inf


def _even(loudness: _Floats, steps: int) -> _Floats:
    """On a scale as ears have it, around zero; `steps` numbers made one."""
    padded = np.pad(loudness, (0, -len(loudness) % steps)).reshape(-1, steps).mean(axis=1)
    scaled = np.log1p(padded)
    return np.asarray(scaled - scaled.mean(), np.float32)


def _look(
    pieces: Sequence[_Floats], second: Recording, starts: list[int], slack: int, length: int, lag: int
) -> Shift:
    """What the windows say, each within the slack of where it is expected."""
    inside = [
        (piece, start - slack)
        for piece, start in zip(pieces, starts, strict=True)
        if start - slack >= 0 and start + WINDOW + slack <= length
    ]
    if len(inside) < LEAST_WINDOWS:
        return NOTHING
    there = _cut(second(), [(start, start + WINDOW + 2 * slack) for _, start in inside])
    said = [_best(piece, place) for (piece, _), place in zip(inside, there, strict=True)]
    middle = float(np.median([at for at, _ in said]))
    same = [at for at, _ in said if abs(at - middle) <= SAME_MS * RATE_HZ / 1000]
    sure = [match for at, match in said if abs(at - middle) <= SAME_MS * RATE_HZ / 1000]
    offset = lag * STEP + (float(np.mean(same)) if same else middle) - slack
    return Shift(round(offset * 1000 / RATE_HZ), max(0.0, sum(sure) / len(said)))


def _best(piece: _Floats, place: _Floats) -> tuple[int, float]:
    """Where in the place the piece lies best, and how well: their normalised correlation there."""
    size = 1 << (len(place) + len(piece) - 1).bit_length()
    product = np.fft.irfft(np.conj(np.fft.rfft(piece, size)) * np.fft.rfft(place, size), size)
    sums = np.concatenate(([0.0], np.cumsum(place.astype(np.float64) ** 2)))
    energy = sums[len(piece) :] - sums[: -len(piece)]
    own = float(np.sqrt(np.sum(piece.astype(np.float64) ** 2)))
    loud = np.sqrt(np.maximum(energy, 1.0)) * max(own, 1.0)
    matches = product[: len(energy)] / loud
    at = int(np.argmax(matches))
    return at, float(matches[at])


def _cut(blocks: Iterable[Block], ranges: Sequence[tuple[int, int]]) -> list[_Floats]:
    """The samples of these ranges; what lies beyond the end is silence."""
    pieces = [np.zeros(stop - start, np.float32) for start, stop in ranges]
    at = 0
    for block in blocks:
        for piece, (start, stop) in zip(pieces, ranges, strict=True):
            low, high = max(start, at), min(stop, at + len(block))
            if low < high:
                piece[low - start : high - start] = block[low - at : high - at]
        at += len(block)
    return pieces
