"""Where somebody speaks in a track, how loud, and what is wrong with the sound: measured on the samples.

Voice activity is Silero's (`silero`: windows of 32 ms at 16 kHz, probability of speech); where exactly it
begins and ends is read from the energy around it, in frames of 10 ms. The model is not asked about windows
that are silence by their energy alone, which on a telephone is half of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, inf, sqrt

import numpy as np
import numpy.typing as npt

from earwitness.audio.codecs import Samples
from earwitness.audio.resample import Resampler
from earwitness.audio.silero import HZ, WINDOW, Silero

WINDOW_MS = WINDOW * 1000 / HZ
BEGINS_AT, ENDS_AT = 0.5, 0.35  # probabilities, as Silero's own examples have them
LEAST_SPEECH_MS = 90  # three windows; a shorter burst is a click, or half a cough
LEAST_PAUSE_MS = 200  # between two stretches of speech; a shorter one is the closure of a consonant
REACH_MS = 250  # how far from the model's edges the energy's may lie
BREATH_MS = 100  # the closure before the last consonant of a word
SETTLED_MS = 1_000  # nothing that comes after such a silence changes the edges of what came before
KEPT_MS = 500  # of it are kept: what is said next may begin before the model says so
FAINTEST = 0.015  # an s over the telephone, beside the loud parts of its word: 36 dB less
FRAMES_PER_S = 100
FULL_SCALE = 32_768
SILENCE = 33.0  # -60 dB: what codecs and comfort noise make of nothing
GATE_AT_MOST = 200.0  # -44 dB: whatever the noise, speech louder than this is never passed over
CLIPPED_AT = 32_000  # the loudest step of mu-law is 32,124, of A-law 32,256
CLIPPED_RUN = 3  # so many such samples in a row have lost their top

Levels = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one channel holds. `speech`: (begin, end) in ms, in order, apart by `LEAST_PAUSE_MS` at least.

    Levels are in dB of full scale (root mean square, dBov of ITU-T G.100.1): `speech_db` while somebody
    speaks, as the active level of ITU-T P.56; `noise_db` otherwise, digital silence not counted; `peak_db`
    of the greatest sample. None: there is none of it.
    """

    speech: tuple[tuple[int, int], ...] = ()
    speech_db: float | None = None
    noise_db: float | None = None
    peak_db: float | None = None
    clipped_ms: int = 0
    sounding_ms: int = 0  # above silence, speech or not

    @property
    def speech_ms(self) -> int:
        return sum(end - begin for begin, end in self.speech)


class _Held:
    """Numbers in a row, of which the first are let go of as time goes on."""

    def __init__(self) -> None:
        self._parts: list[Levels] = [np.empty(0, np.float32)]
        self.gone = self.end = 0  # how many were let go of; how many there were in all

    def add(self, part: Levels) -> None:
        self._parts.append(part)
        self.end += len(part)

    def let_go(self, until: float) -> Levels:
        """All before that place."""
        held = np.concatenate(self._parts)
        count = max(int(min(until, self.end)) - self.gone, 0)
        self._parts = [held[count:].copy()]
        self.gone += count
        return held[:count]


class _Power:
    """The mean of frames that are not kept."""

    def __init__(self) -> None:
        self._frames = self._sounding = 0
        self._squares = 0.0

    def add(self, levels: Levels) -> None:
        self._frames += len(levels)
        self._sounding += int(np.count_nonzero(levels))
        self._squares += float(np.square(levels, dtype=np.float64).sum())

    @property
    def mean_db(self) -> float | None:
        return _decibels(sqrt(self._squares / max(self._frames, 1)))

    @property
    def sounding_db(self) -> float | None:
        """Of those alone that are no digital silence."""
        return _decibels(sqrt(self._squares / max(self._sounding, 1)))


class VoiceMeter:
    """Listens to one channel as its blocks pass.

    It holds some bytes for each 10 ms since the last silence of `SETTLED_MS`: what was said before stands.
    """

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._frame = max(rate_hz // FRAMES_PER_S, 1)
        self._frame_ms = self._frame * 1000 / rate_hz
        self._frame_rest = np.empty(0, np.int16)
        self._window_rest = np.empty(0, np.int16)
        self._resampler = Resampler(rate_hz, HZ)
        self._silero = Silero()
        self._levels = _Held()
        self._chances = _Held()
        self._quiet = 0  # windows since the last that may be speech
        self._speech: list[tuple[int, int]] = []
        self._within, self._around = _Power(), _Power()  # speech
        self._peak = self._clipped = self._run = self._sounding = 0

    def add(self, block: Samples) -> None:
        """The next samples, mono."""
        self._measure(block)
        self._listen(self._resampler.push(block))
        if self._quiet * WINDOW_MS >= SETTLED_MS:
            heard_ms = min(self._levels.end * self._frame_ms, self._chances.end * WINDOW_MS)
            self._settle(heard_ms - KEPT_MS)

    def voice(self) -> Voice:
        """All that was added. Nothing may be added afterwards."""
        self._listen(self._resampler.finish())
        self._settle()
        return Voice(
            speech=tuple(self._speech),
            speech_db=self._within.mean_db,
            noise_db=self._around.sounding_db,
            peak_db=_decibels(self._peak),
            clipped_ms=round(self._clipped * 1000 / self._rate_hz),
            sounding_ms=round(self._sounding * self._frame_ms),
        )

    def _settle(self, until_ms: float = inf) -> None:
        """Find the speech before that moment, when nobody speaks, and let go of what it is found in."""
        windows_gone, frames_gone = self._chances.gone, self._levels.gone
        chances = self._chances.let_go(until_ms / WINDOW_MS)
        levels = self._levels.let_go(until_ms / self._frame_ms)
        speech = _refined(_spoken(chances, windows_gone), levels, self._frame_ms, frames_gone)
        is_speech = np.zeros(len(levels), bool)
        for begin, end in speech:
            is_speech[
                int(begin / self._frame_ms) - frames_gone : ceil(end / self._frame_ms) - frames_gone
            ] = True
        self._speech += speech
        self._within.add(levels[is_speech])
        self._around.add(levels[~is_speech])

    def _measure(self, block: Samples) -> None:
        samples = np.concatenate([self._frame_rest, block]) if len(self._frame_rest) else block
        whole = len(samples) // self._frame * self._frame
        levels = _levels(samples[:whole], self._frame)
        self._levels.add(levels)
        self._sounding += int((levels > SILENCE).sum())
        self._frame_rest = samples[whole:].copy()
        if len(block):
            self._peak = max(self._peak, -int(block.min()), int(block.max()))
            self._find_clipped(block)

    def _find_clipped(self, block: Samples) -> None:
        is_high = (block >= CLIPPED_AT) | (block <= -CLIPPED_AT)
        if not is_high.any():
            self._run = 0
            return
        edges = np.flatnonzero(np.diff(np.concatenate([[False], is_high, [False]]).astype(np.int8)))
        for begin, end in edges.reshape(-1, 2):
            length = int(end - begin) + (self._run if begin == 0 else 0)
            if length >= CLIPPED_RUN:
                self._clipped += int(end - begin)
        self._run = int(edges[-1] - edges[-2]) if is_high[-1] else 0

    def _listen(self, samples: Samples) -> None:
        samples = np.concatenate([self._window_rest, samples])
        whole = len(samples) // WINDOW * WINDOW
        self._window_rest = samples[whole:].copy()
        windows = samples[:whole].reshape(-1, WINDOW)
        levels = _levels(windows, WINDOW)
        chances = np.zeros(len(levels), np.float32)
        is_loud = levels > _gate(levels)
        chances[is_loud] = self._silero.chances(windows[is_loud])
        self._chances.add(chances)
        heard = np.flatnonzero(chances >= ENDS_AT)
        self._quiet = len(chances) - 1 - int(heard[-1]) if len(heard) else self._quiet + len(chances)


def voices(blocks: Iterable[Samples], *, rate_hz: int, channels: int) -> tuple[Voice, ...]:
    """What each channel of a track holds: blocks of shape (n, channels), or (n,) for one."""
    meters = [VoiceMeter(rate_hz) for _ in range(channels)]
    for block in blocks:
        sides = block.reshape(-1, channels)
        for channel, meter in enumerate(meters):
            meter.add(np.ascontiguousarray(sides[:, channel]))
    return tuple(meter.voice() for meter in meters)


def _levels(samples: Samples, frame: int) -> Levels:
    """Root mean square of each frame."""
    frames = samples.reshape(-1, frame).astype(np.float32)
    power = np.einsum("ij,ij->i", frames, frames) / np.float32(frame)
    return np.asarray(np.sqrt(power), np.float32)


def _gate(levels: Levels) -> float:
    """Below this a window is silence whatever is in it: half as loud again as the quietest tenth."""
    sounding = levels[levels > SILENCE]
    floor = float(np.percentile(sounding, 10)) * 1.5 if len(sounding) else 0.0
    return min(max(SILENCE, floor), GATE_AT_MOST)


def _spoken(chances: Levels, windows_gone: int) -> list[tuple[float, float]]:
    """Stretches of speech in ms, by the model alone: from `BEGINS_AT` until below `ENDS_AT`."""
    found: list[tuple[float, float]] = []
    begun: int | None = None
    for index, chance in enumerate(chances.tolist(), windows_gone):
        if begun is None and chance >= BEGINS_AT:
            begun = index
        elif begun is not None and chance < ENDS_AT:
            found.append((begun * WINDOW_MS, index * WINDOW_MS))
            begun = None
    if begun is not None:
        found.append((begun * WINDOW_MS, (windows_gone + len(chances)) * WINDOW_MS))
    return found


def _refined(
    found: list[tuple[float, float]], levels: Levels, frame_ms: float, frames_gone: int
) -> list[tuple[int, int]]:
    """The same with their edges where the energy rises and falls; what lies close together is one.

    Where in its frame an edge lies is not known: the middle of it is never off by more than half.
    """
    edges: list[tuple[int, int]] = []
    for begin_ms, end_ms in _joined(found):
        begin, end = (int(edge_ms / frame_ms) - frames_gone for edge_ms in (begin_ms, end_ms))
        first, last = (frames_gone + place for place in _energy_edges(levels, begin, end, frame_ms))
        if (last - first) * frame_ms >= LEAST_SPEECH_MS:
            edges.append((round((first + 0.5) * frame_ms), round((last - 0.5) * frame_ms)))
    return [(round(begin), round(end)) for begin, end in _joined(edges)]


def _joined(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for begin, end in spans:
        if joined and begin - joined[-1][1] < LEAST_PAUSE_MS:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _energy_edges(levels: Levels, first: int, last: int, frame_ms: float) -> tuple[int, int]:
    """Frames between which the sound of that stretch lies: where it is far below its loud parts it is over.

    The noise around it, where there is any, is not taken for sound.
    """
    reach, breath = round(REACH_MS / frame_ms), round(BREATH_MS / frame_ms)
    within, before, after = levels[first:last], levels[max(first - reach, 0) : first], levels[last:][:reach]
    if not len(within):
        return first, first
    loud = float(np.percentile(within, 95))
    around = np.concatenate([before, after])
    noise = float(np.percentile(around, 20)) if len(around) else 0.0
    is_loud = levels > max(loud * FAINTEST, min(noise * 2, loud / 10), SILENCE)
    inside = np.flatnonzero(is_loud[first:last])
    if not len(inside):
        return first, first
    begin, end = first + int(inside[0]), first + int(inside[-1])
    begin -= _run_on(is_loud[max(begin - reach, 0) : begin][::-1], breath)
    end += _run_on(is_loud[end + 1 : end + 1 + reach], breath)
    return begin, end + 1


def _run_on(is_loud: npt.NDArray[np.bool_], breath: int) -> int:
    """How far the sound goes on, over holes of less than a breath."""
    length = 0
    for index in np.flatnonzero(is_loud).tolist():
        if index + 1 - length > breath:
            break
        length = index + 1
    return length


def _decibels(level: float) -> float | None:
    return round(20 * float(np.log10(level / FULL_SCALE)), 1) if level else None
