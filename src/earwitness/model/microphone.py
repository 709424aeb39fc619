"""When the caller's audio was spoken: by the provider's media time, or by counting samples.

A chunk is sent when its last sample is spoken, so its sound ends at the earliest at which it can
arrive. A party that stays silent may send nothing: the hole stays in the track at its true length.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace

from earwitness.model.conversation import AudioFormat, Span
from earwitness.model.events import Evidence, Party
from earwitness.model.lateness import Lateness
from earwitness.model.skew import MediaClock, Pace
from earwitness.model.sound import JITTER_NS, NS_PER_MS, NS_PER_S, Line, Owner, Stretch

PAUSE_NS = 250 * NS_PER_MS  # a chunk later than this was not delayed: the microphone was silent
SILENT_NS = 2 * NS_PER_S  # a hole that is longer says nothing of the pace of the sound around it
CATCH_UP_NS = 100 * NS_PER_MS  # how exactly a burst must fill the hole before it to have been a stall
RESTART_NS = NS_PER_S  # media time that jumps back further has begun anew
SETTLED_NS = 60 * NS_PER_S  # how long luck goes on to show that a stretch began earlier
EARLY_NS = 5 * NS_PER_MS  # sound that came so much before it was spoken, by our count: its clock is fast
MOST_FAST = 1_000  # a clock that gains more than one in so many is none
SPLICE_NS = NS_PER_MS // 2  # of a clock that drifts so much is made up for at a time: no vowel shows the seam


class Microphone(Line):
    """What a party says, placed by media time where `clock` is given, else by arrival."""

    def __init__(self, leg: str, party: Party, opened_ns: int, clock: MediaClock | None = None) -> None:
        super().__init__(leg, party, opened_ns)
        self._clock = clock
        self._media_shift_ns = 0  # media time that began anew goes on from here
        self._hole_ns = 0  # before the last stretch, as it may still turn out to be a stall
        self._arrived_ns = opened_ns
        self._pace = Pace()
        self._run_ns = opened_ns  # since when it has sounded without a hole
        self._pulled_ns = 0  # since then: a sender faster than speech has no end
        self._lateness = Lateness()

    @property
    def clock_version(self) -> int:
        return 0 if self._clock is None else self._clock.version

    @property
    def evidence(self) -> Evidence:
        """What proves when it was said: the platform's media time, or only our count of its samples."""
        return Evidence.MODELLED if self._clock is None else Evidence.PLATFORM_MARK

    @property
    def drift_ppm(self) -> float:
        return self._pace.drift_ppm if self._clock is None else self._clock.drift_ppm

    @property
    def pace(self) -> float | None:
        return self._pace.times

    def to_recorder(self, at_ns: int) -> int:
        return at_ns if self._clock is None else self._clock.to_recorder(at_ns)

    def to_own(self, at_ns: int) -> int:
        return at_ns if self._clock is None else self._clock.to_media(at_ns)

    def heard(self, zero_ns: int) -> list[Span]:
        """As every line's; where the other clock drifts, in pieces so short that none strays inside."""
        if self._clock is None or not self._clock.slope:
            return super().heard(zero_ns)
        step_ns = round(SPLICE_NS / abs(self._clock.slope))
        return list(_apart(_in_pieces(super().heard(zero_ns), step_ns, 1 + self._clock.slope)))

    def arrive(self, at_ns: int, byte_count: int, owner: Owner | None, media_ns: int | None = None) -> None:
        """One chunk came at `at_ns`; its first sample has the media time `media_ns`."""
        whole = self._take(byte_count, owner)
        format = self._format
        if not whole or format is None:
            return
        length_ns = whole // self._frame_bytes * NS_PER_S // format.rate_hz
        if self._clock is None:
            gap_ns = self._gap_by_arrival(at_ns, length_ns) or -self._early_by(at_ns, length_ns)
        elif media_ns is None:
            gap_ns = 0
        else:
            gap_ns = self._gap_by_media(at_ns, length_ns, media_ns)
        if gap_ns < 0:
            whole = self._skip(whole, -gap_ns, format)
        if whole:
            self._extend(whole, max(0, gap_ns), format)
        if self._clock is None:
            is_paced = at_ns - self._arrived_ns >= length_ns * 3 // 4
            self._arrived_ns = at_ns
            self._pace.observe(at_ns, self.length_ns)
            if is_paced and not self._catch_up(at_ns):
                self._pull_back()

    def _gap_by_media(self, at_ns: int, length_ns: int, media_ns: int) -> int:
        assert self._clock is not None
        media_ns += self._media_shift_ns
        if self.stretches and media_ns < self.end_ns - RESTART_NS:
            begun_ns = max(self.end_ns, self._clock.to_media(at_ns) - length_ns)
            self._media_shift_ns += begun_ns - media_ns
            media_ns = begun_ns
        self._clock.observe(at_ns, media_ns + length_ns)
        if not self.stretches:
            self.end_ns = media_ns
        gap_ns = media_ns - self.end_ns
        return gap_ns if abs(gap_ns) > JITTER_NS else 0

    def _gap_by_arrival(self, at_ns: int, length_ns: int) -> int:
        if not self.stretches:
            self.end_ns = max(self.opened_ns, at_ns - length_ns)
            self._begin_run(at_ns)
            self._pace.begin(at_ns, self.length_ns)
        late_ns = at_ns - length_ns - self.end_ns
        if late_ns > PAUSE_NS:
            self._hole_ns = late_ns
            self._begin_run(at_ns)
            if late_ns > SILENT_NS:
                self._pace.begin(at_ns, self.length_ns)
            return late_ns
        for from_byte, lost_ns in self._lateness.observe(at_ns, self._covered, late_ns):
            self._lose(from_byte, lost_ns)
        return 0

    def _lose(self, from_byte: int, lost_ns: int) -> None:
        """Sound is missing before that byte: all from there on was spoken so much later."""
        index = bisect_right(self.stretches, from_byte, key=lambda stretch: stretch.from_byte)
        former = self.stretches[index - 1]
        if from_byte < former.from_byte + former.byte_count:
            self._split(index - 1, from_byte)
        for stretch in self.stretches[index:]:
            stretch.at_ns += lost_ns
            self._changed(stretch)
        self.end_ns += lost_ns
        self._hole_ns = 0
        self._run_ns, self._pulled_ns = self.stretches[-1].at_ns, 0

    def _early_by(self, at_ns: int, length_ns: int) -> int:
        """How much of a chunk is passed over because the clock that sends it is fast."""
        early_ns = self.end_ns + length_ns - at_ns
        age_ns = self.end_ns - self._run_ns
        if early_ns <= EARLY_NS or age_ns <= SETTLED_NS or early_ns > PAUSE_NS:
            return 0
        self._pulled_ns += early_ns
        return early_ns if self._pulled_ns <= PAUSE_NS + age_ns // MOST_FAST else 0

    def _begin_run(self, at_ns: int) -> None:
        self._run_ns, self._pulled_ns = at_ns, 0
        self._lateness.restart()

    def _skip(self, whole: int, overlap_ns: int, format: AudioFormat) -> int:
        """Sound that media time puts where there is sound already is passed over, as a duplicate."""
        skipped = min(whole, overlap_ns * format.rate_hz // NS_PER_S * self._frame_bytes)
        self._covered += skipped
        self.length_ns += skipped // self._frame_bytes * NS_PER_S // format.rate_hz
        return whole - skipped

    def _extend(self, whole: int, gap_ns: int, format: AudioFormat) -> None:
        stretch = self.stretches[-1] if self.stretches else None
        if (
            stretch is None
            or gap_ns
            or stretch.owner != self._owner
            or stretch.format is not format
            or stretch.is_kept is not self.is_kept
            or stretch.from_byte + stretch.byte_count != self._covered
        ):
            if not gap_ns:
                self._hole_ns = 0
            stretch = self._begin(format, self.end_ns + gap_ns)
        self._grow(stretch, whole)
        frames = stretch.heard_bytes // stretch.frame_bytes
        self.end_ns = stretch.at_ns + frames * NS_PER_S // format.rate_hz

    def _catch_up(self, at_ns: int) -> bool:
        """A hole that a burst after it fills was a stall of the line, not silence: close it.

        Known only when chunks come at the pace of speech again.
        """
        if not self._hole_ns or abs(self.end_ns - at_ns - self._hole_ns) > CATCH_UP_NS:
            return False
        last = self._move_back(self._hole_ns)
        self._hole_ns = 0
        if len(self.stretches) > 1:
            self._join(self.stretches[-2], last)
        return True

    def _pull_back(self) -> None:
        """No sound arrives before it was spoken: a stretch whose first chunk was held up began earlier."""
        last = self.stretches[-1]
        former_ns = self.stretches[-2].end_ns if len(self.stretches) > 1 else self.opened_ns
        early_ns = -self._lateness.least_ns
        if not 0 < early_ns <= PAUSE_NS or self.end_ns - self._run_ns > SETTLED_NS:
            return  # what comes early now is passed over where it comes
        early_ns = min(early_ns, PAUSE_NS - self._pulled_ns, last.at_ns - former_ns)
        if early_ns > 0:
            self._pulled_ns += early_ns
            self._hole_ns = max(0, self._hole_ns - early_ns)  # the rest of it may still be filled
            self._move_back(early_ns)

    def _move_back(self, ns: int) -> Stretch:
        last = self.stretches[-1]
        last.at_ns -= ns
        self.end_ns -= ns
        self._lateness.shift(ns)
        self._changed(last)
        return last

    def _join(self, former: Stretch, last: Stretch) -> None:
        is_one = (former.owner, former.is_kept) == (last.owner, last.is_kept)
        is_one = is_one and former.format is last.format
        if is_one and former.from_byte + former.byte_count == last.from_byte and last.owner is None:
            former.byte_count += last.byte_count
            former.heard_bytes += last.heard_bytes
            self.stretches.pop()


def _in_pieces(spans: Iterable[Span], step_ns: int, pace: float) -> Iterator[Span]:
    """The spans in pieces of that length, each `pace` times as far into its span as its samples say."""
    for span in spans:
        step = max(step_ns * span.format.rate_hz // NS_PER_S, 1) * span.format.bytes_per_frame
        for first in range(0, span.byte_count, step):
            frames = first // span.format.bytes_per_frame
            at_ns = span.at_ns + round(frames * NS_PER_S / span.format.rate_hz * pace)
            size = min(step, span.byte_count - first)
            yield replace(span, from_byte=span.from_byte + first, byte_count=size, at_ns=at_ns)


def _apart(spans: Iterator[Span]) -> Iterator[Span]:
    """The spans, each ending where the next begins at the latest."""
    former: Span | None = None
    for span in spans:
        if former is not None:
            over_ns = former.end_ns - span.at_ns
            frames = -(-over_ns * former.format.rate_hz // NS_PER_S) if over_ns > 0 else 0
            size = former.byte_count - frames * former.format.bytes_per_frame
            if size > 0:
                yield replace(former, byte_count=size)
        former = span
    if former is not None:
        yield former
