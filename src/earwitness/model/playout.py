"""When the agent's audio is heard, modelled from its arrival.

Audio arrives faster than it is spoken. A chunk is heard from its arrival, or from the end of what is
queued, whichever is later; until it ends, or is cut.
"""

from collections.abc import Iterable

from earwitness.model.events import Evidence, Party
from earwitness.model.sound import JITTER_NS, NS_PER_MS, NS_PER_S, Line, Owner, Stretch


class Playout(Line):
    """The queue in front of an ear."""

    def __init__(self, leg: str, party: Party, opened_ns: int) -> None:
        super().__init__(leg, party, opened_ns)
        self._gone: set[Owner] = set()  # messages that were cut: more of their audio is never heard
        self._marks: dict[str, list[int]] = {}  # name -> positions whose end it shall tell
        self._proven_bytes = 0  # a mark came back for all before this

    def arrive(self, at_ns: int, byte_count: int, owner: Owner | None) -> None:
        """One chunk came at `at_ns`."""
        whole = self._take(byte_count, owner)
        format = self._format
        if not whole or format is None:
            return
        is_heard = owner not in self._gone
        stretch = self.stretches[-1] if self.stretches else None
        if (
            stretch is None
            or not stretch.is_growing
            or stretch.owner != owner
            or stretch.format is not format
            or stretch.is_kept is not self.is_kept
            or at_ns - self.end_ns > JITTER_NS
            or bool(stretch.heard_bytes) is not is_heard
        ):
            late_ns = at_ns - self.end_ns
            is_next = self.stretches and late_ns <= JITTER_NS
            stretch = self._begin(format, self.end_ns if is_next else max(at_ns, self.end_ns))
        self._grow(stretch, whole, is_heard=is_heard)
        if is_heard:
            frames = stretch.heard_bytes // stretch.frame_bytes
            self.end_ns = stretch.at_ns + frames * NS_PER_S // format.rate_hz

    def cut(self, at_ns: int, evidence: Evidence | None, owners: Iterable[Owner] = ()) -> None:
        """What is not heard by `at_ns` never will be; nor what still comes of the messages `owners`."""
        self._gone.update(owners)
        self._marks.clear()  # they all come back now, and prove nothing
        self._drop_after(at_ns, evidence)

    def cut_message(self, at_ns: int, evidence: Evidence, owner: Owner, played_ms: int) -> None:
        """Of that message no more than `played_ms` was heard, and nothing that still waited behind it.

        A message that was cut before is only made shorter: what was queued since stays.
        """
        is_first = owner not in self._gone
        self._gone.add(owner)
        left_ns = played_ms * NS_PER_MS
        for stretch in self.voices[owner].stretches if owner in self.voices else ():
            stretch.keep(left_ns, evidence)
            left_ns -= stretch.sent_ns
            self._changed(stretch)
        if is_first:
            self._drop_after(at_ns, None)
        self._find_end(at_ns)

    def _drop_after(self, at_ns: int, evidence: Evidence | None) -> None:
        for stretch in reversed(self.stretches):
            if stretch.heard_bytes and stretch.end_ns <= at_ns:
                break
            if stretch.heard_bytes:
                stretch.keep(at_ns - stretch.at_ns, evidence)
                self._changed(stretch)
        self._find_end(at_ns)

    def _find_end(self, at_ns: int) -> None:
        last = next((s for s in reversed(self.stretches) if s.heard_bytes), None)
        self.end_ns = min(self.end_ns, at_ns if last is None else last.end_ns)

    def set_mark(self, name: str) -> None:
        """The far end was asked to tell when all that was sent so far is played."""
        self._marks.setdefault(name, []).append(self.byte_count)

    def reach_mark(self, name: str) -> None:
        """It told. Marks that a cut flushed are no proof and are passed over."""
        positions = self._marks.get(name)
        if not positions:
            return
        before, self._proven_bytes = self._proven_bytes, max(self._proven_bytes, positions.pop(0))
        if not positions:
            del self._marks[name]
        for stretch in reversed(self.stretches):
            if stretch.from_byte + stretch.byte_count <= before:
                break
            self._changed(stretch)

    def evidence(self, owner: Owner) -> Evidence | None:
        """What was said of how far the message was heard, beyond our own reckoning."""
        voice = self.voices.get(owner)
        if voice is None or not voice.stretches:
            return None
        return next(
            (s.evidence for s in reversed(voice.stretches) if s.evidence),
            self._mark_evidence(voice.stretches[0]),
        )

    def _mark_evidence(self, first: Stretch) -> Evidence | None:
        return Evidence.PLATFORM_MARK if first.from_byte < self._proven_bytes else None
