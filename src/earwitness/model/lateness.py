"""How late counted sound comes, and what of it was lost on the way rather than delayed.

Nothing arrives before it was spoken, and time that was lost never comes back. So at any chunk no more is
lost than the least lateness of all chunks since: the greatest function below all that is seen which never
falls. Whether such a rise is a loss or only delay, the line itself has shown: it must last some times
longer than any that went away.
"""

from collections import deque
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from earwitness.model.sound import JITTER_NS, NS_PER_MS, NS_PER_S

LATE_NS = 15 * NS_PER_MS  # less is left alone: nobody hears it
HOLD_NS = NS_PER_S // 2  # a shorter rise is none
HOLD_CHUNKS = 8
NOISY_HOLD_NS = 10 * NS_PER_S  # ... where it is no higher than what comes and goes
SWING_WINDOW_NS = NS_PER_S // 2
SWING_WINDOWS = 6
TIMES = 3  # so much longer than a delay a loss lasts
GRAIN_NS = NS_PER_MS  # rises by less are one
JUDGE_NS = 100 * NS_PER_MS
LEVEL_NS = 10 * NS_PER_MS
LEVELS = 32  # what comes later than by so many is no delay to anybody


Loss = tuple[int, int]  # before which byte, how many nanoseconds


class _Rise(NamedTuple):
    from_byte: int
    since_ns: int
    chunk: int  # its number
    least_ns: int  # of itself and all chunks since


class Lateness:
    """Of one party's sound, against where it is placed now."""

    def __init__(self) -> None:
        self._rises: list[_Rise] = []  # each later and higher than the one before
        self._longest = [0] * LEVELS  # time it was ever later than a level, and came back below
        self._chunks = 0
        self._judged_ns = 0
        self._window = (0, 0, 0)  # its begin, the least and the most lateness in it
        self._swings: deque[int] = deque(maxlen=SWING_WINDOWS)  # between these two, of the last windows

    @property
    def least_ns(self) -> int:
        """Of all chunks since the last restart; 0 where there was none."""
        return self._rises[0].least_ns if self._rises else 0

    def restart(self) -> None:
        """What comes next says nothing of what came before; the line is still the same."""
        self._rises.clear()
        self._window = (0, 0, 0)

    def shift(self, ns: int) -> None:
        """All was placed earlier by so much."""
        self._rises[:] = [rise._replace(least_ns=rise.least_ns + ns) for rise in self._rises]
        begun_ns, least_ns, most_ns = self._window
        self._window = (begun_ns, least_ns + ns, most_ns + ns)  # placing it anew is no swing of the line

    def observe(self, at_ns: int, from_byte: int, late_ns: int) -> Sequence[Loss]:
        """A chunk came so late. Gives what is lost for sure: from which byte on, and how much there.

        Whoever asks places the sound later by that.
        """
        self._chunks += 1
        self._sway(at_ns, late_ns)
        rises = self._rises
        if not rises or not 0 <= late_ns - rises[-1].least_ns < GRAIN_NS:
            self._raise_to(_Rise(from_byte, at_ns, self._chunks, late_ns))
        if rises[-1].least_ns <= LATE_NS or at_ns - self._judged_ns < JUDGE_NS:
            return ()
        self._judged_ns = at_ns
        return self._lost(at_ns) if len(self._swings) == SWING_WINDOWS else ()

    def _raise_to(self, rise: _Rise) -> None:
        """All that was later before it, and is now no more, was only held up."""
        rises, at_ns, late_ns = self._rises, rise.since_ns, rise.least_ns
        while rises and rises[-1].least_ns > late_ns:
            gone = rises.pop()
            self._learn(gone, at_ns, late_ns)
            rise = gone._replace(least_ns=late_ns)
        if not rises or rises[-1].least_ns + GRAIN_NS <= late_ns:
            rises.append(rise)

    def _sway(self, at_ns: int, late_ns: int) -> None:
        begun_ns, least_ns, most_ns = self._window
        if not begun_ns:
            self._window = (at_ns, late_ns, late_ns)
        elif at_ns - begun_ns <= SWING_WINDOW_NS:
            self._window = (begun_ns, min(least_ns, late_ns), max(most_ns, late_ns))
        else:
            self._swings.append(most_ns - least_ns)
            self._window = (at_ns, late_ns, late_ns)

    def _learn(self, gone: _Rise, at_ns: int, late_ns: int) -> None:
        lasted_ns = at_ns - gone.since_ns
        for level in range(max(late_ns // LEVEL_NS + 1, 0), min(gone.least_ns // LEVEL_NS + 1, LEVELS)):
            self._longest[level] = max(self._longest[level], lasted_ns)

    def _lost(self, at_ns: int) -> list[Loss]:
        sure = next((i for i in range(len(self._rises) - 1, -1, -1) if self._is_loss(i, at_ns)), None)
        if sure is None:
            return []
        found, lost_ns = [], 0
        for rise in self._rises[: sure + 1]:
            if rise.least_ns - lost_ns >= JITTER_NS:
                found.append((rise.from_byte, rise.least_ns - lost_ns))
                lost_ns = rise.least_ns
        del self._rises[:sure]
        self.shift(-lost_ns)
        return found

    def _is_loss(self, index: int, at_ns: int) -> bool:
        rise = self._rises[index]
        lasted_ns = at_ns - rise.since_ns
        level = min(rise.least_ns // LEVEL_NS, LEVELS - 1)
        if rise.least_ns <= LATE_NS or self._chunks - rise.chunk < HOLD_CHUNKS:
            return False
        hold_ns = HOLD_NS if rise.least_ns > median(self._swings) else NOISY_HOLD_NS
        return lasted_ns >= max(hold_ns, TIMES * self._longest[level])
