"""When the caller's audio was spoken: by the provider's media time, or by counting samples.

A chunk is sent when its last sample is spoken, so its sound ends at the earliest at which it can
arrive. A party that stays silent may send nothing: the hole stays in the track at its true length.
"""

from earwitness.model.conversation import AudioFormat
from earwitness.model.events import Party
from earwitness.model.sound import JITTER_NS, NS_PER_MS, NS_PER_S, Line, Owner, Stretch

PAUSE_NS = 250 * NS_PER_MS  # a chunk later than this was not delayed: the microphone was silent
CATCH_UP_NS = 100 * NS_PER_MS  # how exactly a burst must fill the hole before it to have been a stall
RESTART_NS = NS_PER_S  # media time that jumps back further has begun anew
LATE_NS = 20 * NS_PER_MS  # all chunks of a window later than this: time was lost, not delayed
WINDOW_NS = 5 * NS_PER_S


class MediaClock:
    """Media time of one leg against the recorder's clock: the least delay seen is taken for none."""

    def __init__(self) -> None:
        self.offset_ns: int | None = None

    def observe(self, at_ns: int, media_end_ns: int) -> None:
        """A chunk whose sound ended at `media_end_ns` arrived at `at_ns`."""
        offset_ns = at_ns - media_end_ns
        if self.offset_ns is None or offset_ns < self.offset_ns:
            self.offset_ns = offset_ns


class Microphone(Line):
    """What a party says, placed by media time where `clock` is given, else by arrival."""

    def __init__(self, leg: str, party: Party, opened_ns: int, clock: MediaClock | None = None) -> None:
        super().__init__(leg, party, opened_ns)
        self._clock = clock
        self._media_shift_ns = 0  # media time that began anew goes on from here
        self._hole_ns = 0  # before the last stretch, as it may still turn out to be a stall
        self._arrived_ns = opened_ns
        self._pulled = (0, 0)  # which stretch, and how far by now: a sender faster than speech has no end
        self._window_ns = opened_ns
        self._least_late_ns: int | None = None

    @property
    def offset_ns(self) -> int:
        return 0 if self._clock is None else self._clock.offset_ns or 0

    def arrive(self, at_ns: int, byte_count: int, owner: Owner | None, media_ns: int | None = None) -> None:
        """One chunk came at `at_ns`; its first sample has the media time `media_ns`."""
        whole = self._take(byte_count, owner)
        format = self._format
        if not whole or format is None:
            return
        length_ns = whole // self._frame_bytes * NS_PER_S // format.rate_hz
        if self._clock is None:
            gap_ns = self._gap_by_arrival(at_ns, length_ns)
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
            if is_paced and not self._catch_up(at_ns):
                self._pull_back(at_ns)

    def _gap_by_media(self, at_ns: int, length_ns: int, media_ns: int) -> int:
        assert self._clock is not None
        media_ns += self._media_shift_ns
        if self.stretches and media_ns < self.end_ns - RESTART_NS:
            begun_ns = max(self.end_ns, at_ns - length_ns - self.offset_ns)
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
            self._window_ns = at_ns
        late_ns = at_ns - length_ns - self.end_ns
        if late_ns > PAUSE_NS:
            self._hole_ns = late_ns
            self._start_window(at_ns)
            return late_ns
        lost_ns = 0
        if at_ns - self._window_ns > WINDOW_NS:
            if self._least_late_ns is not None and self._least_late_ns > LATE_NS:
                lost_ns = max(0, min(late_ns, self._least_late_ns))
            self._start_window(at_ns)
        late_ns -= lost_ns
        if self._least_late_ns is None or late_ns < self._least_late_ns:
            self._least_late_ns = late_ns
        return lost_ns

    def _start_window(self, at_ns: int) -> None:
        self._window_ns = at_ns
        self._least_late_ns = None

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
        last = self._move_back(self._hole_ns, at_ns)
        self._hole_ns = 0
        if len(self.stretches) > 1:
            self._join(self.stretches[-2], last)
        return True

    def _pull_back(self, at_ns: int) -> None:
        """No sound arrives before it was spoken: a stretch whose first chunk was held up began earlier."""
        last, begun = self.stretches[-1], len(self.stretches) - 1
        if begun != self._pulled[0]:
            self._pulled = (begun, 0)
        former_ns = self.stretches[-2].end_ns if begun else self.opened_ns
        pulled_ns = self._pulled[1]
        early_ns = min(self.end_ns - at_ns, PAUSE_NS - pulled_ns, last.at_ns - former_ns)
        if early_ns > 0 and self.end_ns - at_ns <= PAUSE_NS:
            self._pulled = (begun, pulled_ns + early_ns)
            self._hole_ns = max(0, self._hole_ns - early_ns)  # the rest of it may still be filled
            self._move_back(early_ns, at_ns)

    def _move_back(self, ns: int, at_ns: int) -> Stretch:
        last = self.stretches[-1]
        last.at_ns -= ns
        self.end_ns -= ns
        self._start_window(at_ns)
        self._changed(last)
        return last

    def _join(self, former: Stretch, last: Stretch) -> None:
        is_one = (former.owner, former.is_kept) == (last.owner, last.is_kept)
        is_one = is_one and former.format is last.format
        if is_one and former.from_byte + former.byte_count == last.from_byte and last.owner is None:
            former.byte_count += last.byte_count
            former.heard_bytes += last.heard_bytes
            self.stretches.pop()
