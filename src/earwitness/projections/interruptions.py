"""Who took the floor while the other spoke, heard in the sound, with the cuts that the record has.

All times are milliseconds on the conversation's clock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation
from earwitness.model.events import Party

TALK_OVER_MS = 150  # less is the edge of a detector, or the start both made at once
CUT_MS = 100  # how exactly the end of a sound and the record of its cut agree
PAUSE_MS = 500  # so long an answer pauses between its sentences
BACKCHANNEL_MS = 700  # "yes", "mhm": the other was not stopped, and was not meant to be
SAME_MS = 1_500  # signs of one interruption, in events and in the sound, come within this

Speech = Sequence[tuple[int, int]]


class TalkedOver(msgspec.Struct, frozen=True, kw_only=True):
    """`by` began at `at_ms` while the other spoke, and both spoke for `overlap_ms`.

    `recovery_ms`: from the end of what the interrupter said until the other spoke again; None: it never did.
    """

    by: Party
    at_ms: int
    overlap_ms: int
    recovery_ms: int | None = None


class Cut(NamedTuple):
    """An answer was cut at `at_ms`, heard since `since_ms`; None: no words are told, nor where it began."""

    since_ms: int | None
    at_ms: int

    def is_by(self, begin: int, over: tuple[int, int], after: tuple[int, int] | None) -> bool:
        """Whether who began to speak then, after the other's stretch `over` had begun, made that cut."""
        if abs(self.at_ms - over[1]) <= CUT_MS and begin < over[1] + CUT_MS:
            return True
        if not begin - CUT_MS <= self.at_ms <= begin + SAME_MS:
            return False
        if self.since_ms is not None:  # an answer may pause where it is cut
            return self.since_ms <= min(begin, over[1])
        return begin < over[1] + PAUSE_MS or (after is not None and after[0] <= self.at_ms)


def talked_over(by: Party, own: Speech, other: Speech, cuts: Sequence[Cut] = ()) -> Iterator[TalkedOver]:
    """Each time a party began while the other spoke, once for each time it took the floor.

    Where the record shows that the other was cut short, it may have fallen silent at once, or just before.
    `cuts` are in order.
    """
    before_end, over_until = -1, -1
    for begin, end in own:
        place = bisect_left(other, (begin,))
        over = other[place - 1] if place else None
        after = other[place] if place < len(other) else None
        is_cut = over is not None and any(cut.is_by(begin, over, after) for cut in _near(cuts, begin, over))
        if over is not None and not is_cut and begin >= over[1] + CUT_MS:
            over = None
        is_same = over is not None and before_end > over[0] and begin < over_until
        before_end = end
        if over is None or is_same:
            continue
        over_until = over[1] + SAME_MS
        overlap_ms = max(min(end, over[1]) - begin, 0)
        is_backchannel = end - begin < BACKCHANNEL_MS and over[1] > end + TALK_OVER_MS
        if is_cut or (overlap_ms >= TALK_OVER_MS and not is_backchannel):
            again = next((b for b, _ in other if b >= end), None)
            recovery_ms = None if again is None else again - end
            yield TalkedOver(by=by, at_ms=begin, overlap_ms=overlap_ms, recovery_ms=recovery_ms)


def _near(cuts: Sequence[Cut], begin: int, over: tuple[int, int]) -> Sequence[Cut]:
    """Those that who began then can have made."""
    latest = max(begin + SAME_MS, over[1] + CUT_MS)
    first = bisect_left(cuts, begin - 2 * CUT_MS, key=_at_ms)
    return cuts[first : bisect_right(cuts, latest, key=_at_ms)]


def _at_ms(cut: Cut) -> int:
    return cut.at_ms


def cuts(conversation: Conversation) -> list[Cut]:
    """When the caller cut answers short, as the record has it, in order."""
    found = [
        *(
            Cut(m.started_ns // NS_PER_MS, m.ended_ns // NS_PER_MS)
            for m in conversation.messages
            if m.party is Party.AGENT and m.status == "interrupted" and m.ended_ns is not None
        ),
        *(
            Cut(None, each.at_ns // NS_PER_MS)
            for each in conversation.interruptions
            if each.by is Party.CALLER and each.did_cut and each.message is None
        ),
    ]
    return sorted(found, key=_at_ms)
