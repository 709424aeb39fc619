"""Stretches of sound: which bytes of a party's audio on a leg are heard, and when.

Memory is per stretch, never per chunk: a chunk that continues the last stretch only makes it longer.
"""

from bisect import bisect_left, bisect_right

from earwitness.model.conversation import AudioFormat, Span
from earwitness.model.events import Evidence, Party

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000
JITTER_NS = (
    10 * NS_PER_MS
)  # half of the 20 ms a track may be off; a smaller pause is the network, not silence

PADDING_NS = 300 * NS_PER_MS  # of what comes before speech counts to it: OpenAI's `prefix_padding_ms`

Owner = tuple[str, str]  # leg and item of the message that is being said

_STRENGTH = {evidence: len(Evidence) - i for i, evidence in enumerate(Evidence)}


def stronger(one: Evidence | None, other: Evidence | None) -> Evidence | None:
    """Of two proofs the better one; any is better than none."""
    return max(one, other, key=lambda e: _STRENGTH[e] if e else 0)


class Stretch:
    """Sound without a break. Times are in its line's own clock: see `Line.to_recorder`."""

    __slots__ = (
        "_span",
        "at_ns",
        "before_ns",
        "byte_count",
        "evidence",
        "format",
        "frame_bytes",
        "from_byte",
        "heard_bytes",
        "is_growing",
        "is_kept",
        "owner",
    )

    def __init__(
        self, format: AudioFormat, from_byte: int, at_ns: int, owner: Owner | None, before_ns: int
    ) -> None:
        self.format = format
        self.frame_bytes = format.bytes_per_frame
        self.from_byte = from_byte
        self.at_ns = at_ns
        self.owner = owner
        self.before_ns = before_ns  # length of all that the party sent before it
        self.byte_count = 0  # sent
        self.heard_bytes = 0  # of these, from the start
        self.is_growing = True  # False once cut
        self.is_kept = True  # False: its samples are nowhere, by choice
        self.evidence: Evidence | None = None  # of the cut
        self._span: tuple[int, int, Span] | None = None

    @property
    def sent_ns(self) -> int:
        return self.byte_count // self.frame_bytes * NS_PER_S // self.format.rate_hz

    @property
    def heard_ns(self) -> int:
        return self.heard_bytes // self.frame_bytes * NS_PER_S // self.format.rate_hz

    @property
    def end_ns(self) -> int:
        return self.at_ns + self.heard_ns

    def keep(self, length_ns: int, evidence: Evidence | None) -> None:
        """No more of it than `length_ns` is heard, and it grows no further."""
        frames = max(0, length_ns) * self.format.rate_hz // NS_PER_S
        self.heard_bytes = min(self.heard_bytes, frames * self.frame_bytes)
        self.is_growing = False
        self.evidence = stronger(self.evidence, evidence)

    def split(self, from_byte: int) -> "Stretch":
        """Ends before that byte, all of it heard; what it gives is the rest, at the time it had."""
        frames = (from_byte - self.from_byte) // self.frame_bytes
        before_ns = frames * NS_PER_S // self.format.rate_hz
        rest = Stretch(self.format, from_byte, self.at_ns + before_ns, self.owner, self.before_ns + before_ns)
        rest.byte_count = rest.heard_bytes = self.from_byte + self.byte_count - from_byte
        rest.is_kept, rest.is_growing = self.is_kept, self.is_growing
        self.byte_count = self.heard_bytes = from_byte - self.from_byte
        return rest

    def span(self, leg: str, party: Party, at_ns: int) -> Span:
        """What is heard of it, as beginning at `at_ns`."""
        if self._span is None or self._span[:2] != (at_ns, self.heard_bytes):
            self._span = (at_ns, self.heard_bytes, self._freeze(leg, party, at_ns, self.heard_bytes))
        return self._span[2]

    def sent_span(self, leg: str, party: Party, at_ns: int) -> Span:
        """All of it, heard or not, as if it began at `at_ns`."""
        return self._freeze(leg, party, at_ns, self.byte_count)

    def _freeze(self, leg: str, party: Party, at_ns: int, byte_count: int) -> Span:
        return Span(
            leg=leg,
            party=party,
            format=self.format,
            from_byte=self.from_byte,
            byte_count=byte_count,
            at_ns=at_ns,
            item=self.owner[1] if self.owner else None,
            is_kept=self.is_kept,
        )


class Voice:
    """All stretches of one message on one line."""

    __slots__ = ("stretches", "version")

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self.version = 0  # grows with each change of any of them

    @property
    def sent_ns(self) -> int:
        return sum(stretch.sent_ns for stretch in self.stretches)

    @property
    def heard_ns(self) -> int:
        return sum(stretch.heard_ns for stretch in self.stretches)


class Line:
    """All audio of one party on one leg, in the order it arrived. How it is placed, the subclass says.

    Bytes that make no whole sample wait for the next chunk; where the next chunk is another message's or
    has another format they belong to nothing and are counted in `odd_bytes`.
    """

    def __init__(self, leg: str, party: Party, opened_ns: int) -> None:
        self.leg = leg
        self.party = party
        self.opened_ns = opened_ns
        self.stretches: list[Stretch] = []
        self.voices: dict[Owner, Voice] = {}
        self.chunk_count = 0
        self.byte_count = 0
        self.length_ns = 0  # of all that was sent
        self.odd_bytes = 0
        self.is_kept = True  # whether the samples of what arrives next are
        self.end_ns = opened_ns  # of the last that is heard, on this line's clock
        self._format: AudioFormat | None = None
        self._frame_bytes = 1
        self._covered = 0  # byte after the last whole sample
        self._owner: Owner | None = None
        self._voice: Voice | None = None

    @property
    def clock_version(self) -> int:
        """Grows with every change of what `to_recorder` gives."""
        return 0

    @property
    def drift_ppm(self) -> float:
        """See `Track.drift_ppm`."""
        return 0.0

    @property
    def pace(self) -> float | None:
        """See `Track.pace`."""
        return None

    def to_recorder(self, at_ns: int) -> int:
        """A time of this line's own clock on the recorder's."""
        return at_ns

    def to_own(self, at_ns: int) -> int:
        """The other way round."""
        return at_ns

    def set_format(self, format: AudioFormat | None) -> None:
        """From the next chunk on. None: not one we can count samples of; its bytes are heard nowhere."""
        if format != self._format:
            self._drop_odd_bytes()
            self._format = format
            self._frame_bytes = format.bytes_per_frame if format else 1

    def end(self) -> None:
        """No more will come: half a sample at the end stays one."""
        self._drop_odd_bytes()

    def _drop_odd_bytes(self) -> None:
        if self._format is not None:
            self.odd_bytes += self.byte_count - self._covered
        self._covered = self.byte_count

    def _take(self, byte_count: int, owner: Owner | None) -> int:
        """Count a chunk in; how many bytes of whole samples there are now, from `_covered` on."""
        if owner != self._owner:
            self._drop_odd_bytes()
            self._owner = owner
            self._voice = self.voices.setdefault(owner, Voice()) if owner else None
        self.chunk_count += 1
        self.byte_count += byte_count
        waiting = self.byte_count - self._covered
        return waiting - waiting % self._frame_bytes

    def _begin(self, format: AudioFormat, at_ns: int) -> Stretch:
        stretch = Stretch(format, self._covered, at_ns, self._owner, self.length_ns)
        stretch.is_kept = self.is_kept
        self.stretches.append(stretch)
        if self._voice is not None:
            self._voice.stretches.append(stretch)
        return stretch

    def _grow(self, stretch: Stretch, whole: int, *, is_heard: bool = True) -> None:
        self._covered += whole
        stretch.byte_count += whole
        if is_heard:
            stretch.heard_bytes += whole
        self.length_ns = stretch.before_ns + stretch.sent_ns
        if self._voice is not None:
            self._voice.version += 1

    def _split(self, index: int, from_byte: int) -> None:
        """That stretch becomes two, the second from that byte on."""
        stretch = self.stretches[index]
        rest = stretch.split(from_byte)
        self.stretches.insert(index + 1, rest)
        if stretch.owner is not None:
            own = self.voices[stretch.owner].stretches
            own.insert(own.index(stretch) + 1, rest)

    def _changed(self, stretch: Stretch) -> None:
        if stretch.owner is not None:
            self.voices[stretch.owner].version += 1

    def time_at(self, position_ns: int, *, is_end: bool = False) -> int | None:
        """When the sample so far into the party's audio is heard, on the recorder's clock.

        Where a hole begins, a position means its far side, or with `is_end` its near side. None: there is no
        such position, for want of audio or because its format was misstated.
        """
        if not self.stretches or not 0 <= position_ns <= self.length_ns + JITTER_NS:
            return None
        find = bisect_left if is_end else bisect_right
        index = find(self.stretches, position_ns, key=lambda stretch: stretch.before_ns) - 1
        stretch = self.stretches[max(0, index)]
        return self.to_recorder(stretch.at_ns + position_ns - stretch.before_ns)

    def at(self, moment_ns: int) -> Stretch | None:
        """What is heard at that moment of the recorder's clock."""
        moment_ns = self.to_own(moment_ns)
        for stretch in reversed(self.stretches):
            if stretch.heard_bytes and stretch.at_ns <= moment_ns:
                return stretch if moment_ns < stretch.end_ns else None
        return None

    def heard(self, zero_ns: int) -> list[Span]:
        """What is heard, in order, times counted from `zero_ns` of the recorder's clock."""
        found = (s for s in self.stretches if s.heard_bytes)
        return [s.span(self.leg, self.party, self.to_recorder(s.at_ns) - zero_ns) for s in found]

    def sent(self, zero_ns: int) -> list[Span]:
        """All that was sent, each stretch where it would lie had nothing been cut."""
        spans: list[Span] = []
        end_ns: int | None = None
        for stretch in self.stretches:
            at_ns = self.to_recorder(stretch.at_ns) - zero_ns
            at_ns = at_ns if end_ns is None else max(at_ns, end_ns)
            spans.append(stretch.sent_span(self.leg, self.party, at_ns))
            end_ns = at_ns + stretch.sent_ns
        return spans
