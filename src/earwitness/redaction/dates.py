"""Dates of birth: dates near words that announce one."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import chain

from earwitness.redaction.found import Found
from earwitness.redaction.languages.table import words
from earwitness.redaction.runs import Line, Placed, covering

_AFTER, _BEFORE = 16, 12  # tokens in which the date is looked for
_JOINTS = words("of the de del el le la der den im in and y e on am a")
_MARKS = frozenset(",./-")


def of_birth(line: Line) -> Iterator[Found]:
    """Dates that are said to be somebody's birth: the next one after the words, or the last one before."""
    cues = line.cues.get("birth_date", ())
    dates = [one for one in _sequences(line) if _is_date(one[1])] if cues else []
    begins = [place for place, _ in dates]
    meant: set[int] = set()
    for cue in cues:
        index = bisect_left(begins, max(cue, 0))
        if index < len(dates) and begins[index] < max(cue, 0) + _AFTER:
            meant.add(index)
        if index and begins[index - 1] >= cue - _BEFORE:
            meant.add(index - 1)
    for index in sorted(meant):
        yield from covering("birth_date", dates[index][1], 0.8)


def _sequences(line: Line) -> Iterator[tuple[int, list[Placed]]]:
    """Tokens in a row of which a date may be made, without joints at their ends; with the first's place."""
    run: list[Placed] = []
    first = carried = 0  # the place of the first, and how many there are up to the last that is no joint
    for place, placed in enumerate(chain(line.tokens, [None])):
        carries = placed is not None and _carries(line, placed)
        if placed is not None and (carries or (run and _joins(placed))):
            first = first if run else place
            run.append(placed)
            carried = len(run) if carries else carried
        elif run:
            yield first, run[:carried]
            run, carried = [], 0


def _joins(placed: Placed) -> bool:
    token = placed.token
    return token.text in (_MARKS if token.kind in ("mark", "symbol") else _JOINTS)


def _carries(line: Line, placed: Placed) -> bool:
    token = placed.token
    if token.kind == "number":
        return len(token.text) <= 4
    return token.kind in ("date", "ordinal") or (token.kind == "word" and token.text in line.lexicon.months)


def _is_date(sequence: list[Placed]) -> bool:
    kinds = [placed.token.kind for placed in sequence if placed.token.kind not in ("mark", "symbol")]
    if "date" in kinds:
        return True
    digits = sum(len(p.token.text) for p in sequence if p.token.kind == "number")
    counted = kinds.count("number") + kinds.count("ordinal")
    has_month = any(p.token.kind == "word" and p.token.text not in _JOINTS for p in sequence)
    return (has_month and counted >= 1) or (counted >= 3 and 4 <= digits <= 8)
