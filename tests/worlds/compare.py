"""A recorder's tracks held against ear and mouth: where utterances lie, what is too much, what lacks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from worlds.script import Uttered

Samples = npt.NDArray[np.int16]
RATE_HZ = 8_000
FRAME = RATE_HZ // 100
REACH_MS = 4_000  # so far off an utterance is looked for
NEAR_MS = (60, 500)  # ... and first of all so far
PART = RATE_HZ // 2  # so much of an utterance is looked for at a time
ALIKE = 0.7  # correlation of the same sound; a splice or a lost packet in it leaves so much
AUDIBLE = 300.0  # root mean square: well above what rounding and resampling leave
MARGIN_MS = 60  # around the truth's edges nothing is counted as too much or lacking


@dataclass(slots=True, kw_only=True)
class Verdict:
    """How one track compares. `offsets_ms`: of each utterance, later is positive; None: it is not there."""

    offsets_ms: list[float | None] = field(default_factory=list)
    extra_ms: int = 0  # audible where the truth is silent
    lacking_ms: int = 0  # silent where the truth is audible
    length_ms: float = 0.0

    @property
    def worst_ms(self) -> float | None:
        """The farthest off; None: an utterance is not there at all."""
        if any(each is None for each in self.offsets_ms):
            return None
        return max((abs(each) for each in self.offsets_ms if each is not None), default=0.0)


def compare(blocks: Iterable[Samples], truth: list[Uttered], end_ms: float) -> Verdict:
    """A mono track at 8 kHz, block by block, against all that was uttered on it."""
    verdict = Verdict()
    spoken = [each for each in truth if each.pieces]
    ours, windows = _walk(blocks, spoken, verdict)
    verdict.offsets_ms = [
        _offset(each, window, begin) for each, (begin, window) in zip(spoken, windows, strict=True)
    ]
    true = np.zeros(int(end_ms / 10) + 1, np.float32)
    for each in spoken:
        for begin_ms, sound in _pieces(each):
            first = int(begin_ms / 10)
            before = round(begin_ms % 10 * RATE_HZ / 1000)
            levels = _levels(np.pad(sound, (before, -(before + len(sound)) % FRAME)))
            true[first : first + len(levels)] = np.maximum(
                true[first : first + len(levels)], levels[: len(true) - first]
            )
    size = min(len(true), len(ours))
    true, ours = true[:size], ours[:size]
    margin = MARGIN_MS // 10
    verdict.extra_ms = 10 * int((ours > AUDIBLE)[~_spread(true > AUDIBLE / 10, margin)].sum())
    verdict.lacking_ms = 10 * int(((true > AUDIBLE) & ~_spread(ours > AUDIBLE / 10, margin)).sum())
    return verdict


def _walk(
    blocks: Iterable[Samples], truth: list[Uttered], verdict: Verdict
) -> tuple[npt.NDArray[np.float32], list[tuple[float, Samples]]]:
    """Levels of the whole track, and a window of it around each utterance."""
    spans = [
        (max(0, int((each.pieces[0][0] - REACH_MS) * 8)), int((_end(each) + REACH_MS) * 8)) for each in truth
    ]
    windows: list[list[Samples]] = [[] for _ in truth]
    levels, rest, at, first = [], np.empty(0, np.int16), 0, 0
    for block in blocks:
        for index in range(first, len(spans)):
            begin, end = spans[index]
            if begin >= at + len(block):
                break
            if end > at:
                windows[index].append(block[max(begin - at, 0) : end - at].copy())
            elif index == first:
                first += 1
        samples = np.concatenate([rest, block])
        whole = len(samples) // FRAME * FRAME
        levels.append(_levels(samples[:whole]))
        rest, at = samples[whole:], at + len(block)
    verdict.length_ms = at * 1000 / RATE_HZ
    found = [np.concatenate([np.empty(0, np.int16), *parts]) for parts in windows]
    return np.concatenate([np.empty(0, np.float32), *levels]), [
        (b / 8, w) for (b, _), w in zip(spans, found, strict=True)
    ]


def _end(each: Uttered) -> float:
    begin_ms, _, count = each.pieces[-1]
    return begin_ms + count * 1000 / each.rate_hz


def _pieces(each: Uttered) -> Iterator[tuple[float, Samples]]:
    """What was heard of it at 8 kHz; pieces that follow each other without a hole are one."""
    whole: tuple[float, int, int] | None = None
    for piece in each.pieces:
        if (
            whole
            and whole[1] + whole[2] == piece[1]
            and piece[0] - (whole[0] + whole[2] * 1000 / each.rate_hz) < 0.5
        ):
            whole = (whole[0], whole[1], whole[2] + piece[2])
            continue
        if whole:
            yield whole[0], _at_8k(each, whole)
        whole = piece
    if whole:
        yield whole[0], _at_8k(each, whole)


def _at_8k(each: Uttered, piece: tuple[float, int, int]) -> Samples:
    _, first, count = piece
    sound = each.sound[first : first + count]
    step = each.rate_hz / RATE_HZ
    if step == 1:
        return sound
    places = np.arange(int(len(sound) / step)) * step
    return np.interp(places, np.arange(len(sound)), sound).astype(np.int16)


def _offset(each: Uttered, window: Samples, begin_ms: float) -> float | None:
    """How much later than the truth its worst placed half second lies; None: none is there."""
    parts = [
        (sound[first : first + PART].astype(np.float32), round((at_ms - begin_ms) * RATE_HZ / 1000) + first)
        for at_ms, sound in _pieces(each)
        for first in range(0, len(sound), PART)
    ]
    parts = [(part, place) for part, place in parts if len(part) >= PART // 4 and _mean(part) > 2 * AUDIBLE]
    for reach_ms in (*NEAR_MS, REACH_MS):
        lags = [lag for part, place in parts if (lag := _lag(part, window, place, reach_ms)) is not None]
        worst_ms = max(lags, key=abs, default=None)
        if worst_ms is not None and (abs(worst_ms) < reach_ms * 0.8 or reach_ms == REACH_MS):
            return worst_ms  # nearer to the edge the best match may lie beyond it
    return None if parts else 0.0


def _mean(sound: npt.NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean(sound**2)))


def _lag(wanted: npt.NDArray[np.float32], window: Samples, place: int, reach_ms: int) -> float | None:
    reach = reach_ms * RATE_HZ // 1000
    first = max(place - reach, 0)
    there = window[first : place + len(wanted) + reach].astype(np.float32)
    if len(there) < len(wanted):
        return None
    size = 1 << len(there).bit_length()  # what wraps around lies beyond the lags that are looked at
    match = np.fft.irfft(np.fft.rfft(there, size) * np.conj(np.fft.rfft(wanted, size)), size)
    energy = np.cumsum(np.concatenate([[0.0], there.astype(np.float64) ** 2]))
    local = np.sqrt(np.maximum(energy[len(wanted) :] - energy[: -len(wanted)], 1.0))
    match = match[: len(there) - len(wanted) + 1] / (local * float(np.sqrt(wanted @ wanted)) + 1e-9)
    if match.max(initial=0) <= ALIKE:
        return None
    return float((int(match.argmax()) + first - place) * 1000 / RATE_HZ)


def _levels(samples: Samples) -> npt.NDArray[np.float32]:
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float32)
    return (
        np.asarray(np.sqrt(np.mean(frames**2, axis=1)), np.float32)
        if len(frames)
        else np.empty(0, np.float32)
    )


def _spread(mask: npt.NDArray[np.bool_], by: int) -> npt.NDArray[np.bool_]:
    """The mask, and `by` places to either side of it."""
    counted = np.cumsum(np.concatenate([[0], mask.astype(np.int64)]))
    places = np.arange(len(mask))
    return counted[np.minimum(places + by + 1, len(mask))] > counted[np.maximum(places - by, 0)]
