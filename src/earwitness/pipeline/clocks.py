"""Clocks of legs that were recorded on different hosts: compared, after the call, by the sound they share."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec

from earwitness.audio.align import NOTHING, RATE_HZ, Shift, shift
from earwitness.clock import NS_PER_MS
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Opened
from earwitness.model.conversation import Conversation
from earwitness.model.legs import PHONE_PROVIDERS
from earwitness.pipeline.line import Told, tell
from earwitness.pipeline.sound import Sound
from earwitness.redaction.policies import Untouched
from earwitness.store.rows import LegRow

CERTAIN = 0.6  # the same sound by two ways comes to 0.8 and more, different sounds stay below 0.3

_PARTIES = ("caller", "agent")


class Compared(NamedTuple):
    """By how much a leg's clock is ahead of another leg's, and how sure that is (`audio.align`)."""

    offset_ms: int
    certainty: float
    against: str

    @property
    def is_certain(self) -> bool:
        return self.certainty >= CERTAIN


Clocks = Mapping[str, Compared]  # by leg


def compare(folders: Sequence[Path]) -> dict[str, Compared]:
    """Every leg of a call that is over whose clock is not the first one's, as far as both have sound.

    The first is a telephone's, if there is one: what others heard of the call is laid upon it.
    """
    opened = {folder: beginning for folder in folders if (beginning := _opened(folder))}
    if len({beginning.clock for beginning in opened.values()}) < 2:
        return {}
    by_rank = sorted(opened, key=lambda folder: _rank(opened[folder]))
    legs = [(folder, tell(folder.name, [folder], Untouched())) for folder in by_rank]
    legs = [
        (folder, told) for folder, told in legs if any(t.spans for t in told.conversation.tracks.values())
    ]
    if not legs:
        return {}
    (first, heard), *others = legs
    return {
        folder.name: _compare(heard, told, first.name)
        for folder, told in others
        if opened[folder].clock != opened[first].clock
    }


def known(rows: Sequence[LegRow]) -> dict[str, Compared]:
    """What the catalog has of it."""
    return {
        row.id: Compared(row.clock_offset_ms, row.clock_certainty, row.clock_against)
        for row in rows
        if row.clock_offset_ms is not None and row.clock_certainty is not None and row.clock_against
    }


def ahead_ns(clocks: Clocks) -> dict[str, int]:
    """Of each leg whose clock is to be set, by how much."""
    return {leg: found.offset_ms * NS_PER_MS for leg, found in clocks.items() if found.is_certain}


def with_clocks(conversation: Conversation, clocks: Clocks) -> Conversation:
    """The conversation, with how far the clocks of its legs are off."""
    if not clocks:
        return conversation
    legs = (
        replace(
            leg,
            clock_offset_ms=clocks[leg.id].offset_ms,
            clock_certainty=clocks[leg.id].certainty,
            clock_against=clocks[leg.id].against,
            is_clock_set=clocks[leg.id].is_certain,
        )
        if leg.id in clocks
        else leg
        for leg in conversation.legs
    )
    return replace(conversation, legs=tuple(legs))


def _compare(first: Told, second: Told, against: str) -> Compared:
    """By the party that tells most surely."""
    found = max(_shifts(first, second), key=lambda each: each.certainty, default=NOTHING)
    apart_ms = (second.conversation.began_at_ns - first.conversation.began_at_ns) // NS_PER_MS
    offset_ms = found.offset_ms + apart_ms if found.certainty else 0
    return Compared(offset_ms, round(found.certainty, 3), against)


def _shifts(first: Told, second: Told) -> Iterator[Shift]:
    for party in _PARTIES:
        pair = [Sound(told.conversation, told.sound(), party, RATE_HZ) for told in (first, second)]
        yield shift(pair[0].blocks, pair[1].blocks)


def _rank(opened: Opened) -> tuple[bool, bool, str]:
    return opened.way == "fetched", opened.provider not in PHONE_PROVIDERS, opened.leg


def _opened(folder: Path) -> Opened | None:
    first = next(read_leg(folder), None)
    try:
        return msgspec.json.decode(first.payload, type=Opened) if first else None
    except msgspec.MsgspecError:  # the beginning of the leg is lost
        return None
