"""Who holds the floor, and who took it from whom."""

from collections.abc import Iterable, Iterator

from earwitness.model.conversation import Interruption
from earwitness.model.events import Party
from earwitness.model.legs import Speech
from earwitness.model.sound import NS_PER_MS, NS_PER_S, PADDING_NS, Line, Owner, Stretch

SAME_NS = NS_PER_S  # signs of one barge-in come within this: speech, clear, truncate, cancel
ANSWER_NS = 5 * NS_PER_S  # a cut later than this after the caller began had another reason
PAUSE_NS = 200 * NS_PER_MS  # between utterances that carry no item
OVERLAP_NS = 100 * NS_PER_MS  # less is the edge of a detector, not talking over each other


class _BargeIn:
    __slots__ = ("at_ns", "cut_ns", "is_told", "owner", "seen_ns")

    def __init__(self, at_ns: int, seen_ns: int, owner: Owner | None) -> None:
        self.at_ns = at_ns
        self.seen_ns = seen_ns
        self.owner = owner
        self.cut_ns: int | None = None
        self.is_told = False  # the provider heard the caller; else only the cut shows it


class Floor:
    """Interruptions, one for each time it happened, however many signs of it went by."""

    def __init__(self) -> None:
        self._speeches: list[Speech] = []
        self._barge_ins: list[_BargeIn] = []

    def start(self, speech: Speech, owner: Owner | None, *, is_over_agent: bool) -> None:
        """The caller began to speak, over the agent's `owner` or over nothing."""
        self._speeches.append(speech)
        last = self._barge_ins[-1] if self._barge_ins else None
        if last is not None:
            # Some providers tell with the words, seconds later, when the speech began that made the cut.
            since_cut_ns = min(speech.seen_ns - last.seen_ns, abs(speech.began_ns - last.at_ns))
            is_shown_by_cut = not last.is_told and since_cut_ns <= SAME_NS
            if is_shown_by_cut or last.at_ns == speech.began_ns:
                last.at_ns = min(last.at_ns, speech.began_ns)
                last.is_told = True
                return
        if is_over_agent:
            barge_in = _BargeIn(speech.began_ns, speech.seen_ns, owner)
            barge_in.is_told = True
            self._barge_ins.append(barge_in)

    def cut(self, at_ns: int, owner: Owner | None, *, is_over_agent: bool) -> None:
        """The agent was cut short; while it was heard, that alone shows an interruption."""
        last = self._barge_ins[-1] if self._barge_ins else None
        if last is not None and at_ns - last.seen_ns <= ANSWER_NS:
            if last.cut_ns is None:
                last.cut_ns = at_ns
            if at_ns - last.cut_ns <= SAME_NS:
                return
        if is_over_agent:
            barge_in = _BargeIn(at_ns, at_ns, owner)
            barge_in.cut_ns = at_ns
            self._barge_ins.append(barge_in)

    def freeze(self, zero_ns: int, agent: Iterable[Line]) -> tuple[Interruption, ...]:
        """All interruptions in order; the agent's are found by laying its sound over the caller's speech."""
        found = [
            Interruption(
                by=Party.CALLER, at_ns=b.at_ns - zero_ns, message=_key(b.owner), did_cut=b.cut_ns is not None
            )
            for b in self._barge_ins
        ]
        talks = sorted((s.began_ns, s.until_ns) for s in self._speeches if s.until_ns is not None)
        index, latest_ns = 0, 0
        for at_ns, owner in sorted(_utterances(agent), key=lambda u: u[0]):
            while index < len(talks) and talks[index][0] + PADDING_NS < at_ns:
                latest_ns = max(latest_ns, talks[index][1])
                index += 1
            if at_ns + OVERLAP_NS < latest_ns:
                found.append(Interruption(by=Party.AGENT, at_ns=at_ns - zero_ns, message=_key(owner)))
        return tuple(sorted(found, key=lambda interruption: interruption.at_ns))


def _utterances(lines: Iterable[Line]) -> Iterator[tuple[int, Owner | None]]:
    for line in lines:
        former: Stretch | None = None
        for stretch in line.stretches:
            if not stretch.heard_bytes:
                continue
            is_new = former is None or stretch.owner != former.owner
            if is_new or (former and stretch.owner is None and stretch.at_ns - former.end_ns > PAUSE_NS):
                yield line.to_recorder(stretch.at_ns), stretch.owner
            former = stretch


def _key(owner: Owner | None) -> str | None:
    return f"{owner[0]}:{owner[1]}" if owner else None
