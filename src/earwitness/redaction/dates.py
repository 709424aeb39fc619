"""Dates of birth: dates near words that announce one."""

from collections.abc import Iterator

from earwitness.redaction.found import Found
from earwitness.redaction.languages.table import words
from earwitness.redaction.runs import Line, Placed, covering

_AFTER, _BEFORE = 16, 12  # tokens in which the date is looked for
_JOINTS = words("of the de del el le la der den im in and y e on am a")
_MARKS = frozenset(",./-")


def of_birth(line: Line) -> Iterator[Found]:
    """Dates that are said to be somebody's birth."""
    cue = line.lexicon.cues["birth_date"]
    places, said = [], ""
    ends: list[int] = []  # of each word in `said`
    for place, placed in enumerate(line.tokens):
        if placed.token.kind != "mark":
            said += placed.token.text + " "
            places.append(place)
            ends.append(len(said) - 1)
    wanted = [(0, _AFTER)] if cue.search(" ".join(line.before)) else []
    index = 0
    for match in cue.finditer(said):
        while index < len(ends) - 1 and ends[index] < match.end():
            index += 1
        wanted += [(places[index], places[index] + _AFTER), (max(0, places[index] - _BEFORE), places[index])]
    for start, stop in wanted:
        for sequence in _sequences(line, start, stop):
            if _is_date(sequence):
                yield from covering("birth_date", sequence, 0.8)
                break


def _sequences(line: Line, start: int, stop: int) -> Iterator[list[Placed]]:
    """Tokens in a row of which a date may be made, without joints at their ends."""
    run: list[Placed] = []
    for place, placed in enumerate([*line.tokens[start:], None]):
        if placed is not None and _fits(line, placed):
            run.append(placed)
            continue
        while run and not _carries(line, run[-1]):
            run.pop()
        while run and not _carries(line, run[0]):
            run.pop(0)
        if run:
            yield run
        run = []
        if start + place >= stop:
            return


def _fits(line: Line, placed: Placed) -> bool:
    token = placed.token
    return _carries(line, placed) or token.text in (_MARKS if token.kind in ("mark", "symbol") else _JOINTS)


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
