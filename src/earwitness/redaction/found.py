"""What a detector answers with."""

from typing import NamedTuple


class Found(NamedTuple):
    """Something that must not be shown: `[start, end)` of one of the texts that were looked at.

    `confidence`: 0 to 1; what a checksum or a shape proves is near 1, what only its surroundings suggest is
    about half.
    """

    kind: str
    part: int  # which of the texts
    start: int
    end: int
    confidence: float = 1.0


def without_overlap(found: list[Found]) -> list[Found]:
    """In order of place. Of those that overlap the longest stays, and covers what all of them did."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda each: (each.part, each.start, -each.end)):
        last = kept[-1] if kept else None
        if last is None or last.part != one.part or one.start >= last.end:
            kept.append(one)
        elif one.end > last.end:
            longer = one if one.end - one.start > last.end - last.start else last
            kept[-1] = longer._replace(start=last.start, end=one.end)
    return kept
