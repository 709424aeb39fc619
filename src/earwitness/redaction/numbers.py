"""Which runs of digits are cards, security codes, national ids or telephone numbers."""

from collections.abc import Iterator
from itertools import pairwise

from stdnum import luhn

from earwitness.redaction import identities
from earwitness.redaction.cues import NOWHERE
from earwitness.redaction.found import Found
from earwitness.redaction.plans import numbers_of
from earwitness.redaction.runs import Line, Run, covering

# Lengths by first digits: ISO/IEC 7812 ranges that the schemes publish.
_CARD_LENGTHS = (
    (("34", "37"), (15,)),
    (("36", "38", "39", "300", "301", "302", "303", "304", "305"), (14,)),
    (("4",), (16, 13, 19)),
    (("51", "52", "53", "54", "55", "22", "23", "24", "25", "26", "27"), (16,)),
    (("35", "60", "62", "64", "65"), (16, 17, 18, 19)),
    (("50", "56", "57", "58", "63", "67"), (16, 12, 13, 14, 15, 17, 18, 19)),
)
SHORTEST_CARD, LONGEST_CARD = 12, 19
WITH_CARD = 12  # digits that follow a card in the same breath: its expiry and code
LONGEST = 64  # digits: nothing that is longer is looked at piece by piece; all of it is masked
SHORTEST_PHONE, LONGEST_PHONE = 7, 15  # ITU-T E.164, 6.1; the shorter ones are services
SHORTEST_INNER = 9  # of a number that is only known by its country's plan
_NANP = (3, 3, 4)


class Numbers:
    """Tells what runs of digits are. `kinds`: what is looked for; `regions`: whose numbers are known."""

    def __init__(self, kinds: frozenset[str], regions: tuple[str, ...]) -> None:
        self._kinds = kinds
        self._regions = regions
        self._is_planned = numbers_of(regions).fullmatch

    def find(self, line: Line) -> Iterator[Found]:
        for run in line.runs:
            if len(run.digits) >= 3:
                yield from self._of_run(run, line)
        if "card" in self._kinds:
            for placed in line.tokens:  # part of a word, as in `pan_4111111111111111`
                if placed.token.kind == "opaque" and _is_card(placed.token.text):
                    yield from covering("card", [placed], 0.9)

    def _of_run(self, run: Run, line: Line) -> Iterator[Found]:
        count = len(run.digits)
        if count > LONGEST:
            yield from covering("card", run.pieces, 0.3)
            return
        if count <= 6 and line.next_word(run.last) in line.lexicon.units:
            return
        done = 0
        for first, stop, confidence in self._cards(run, line):
            if done < first:
                yield from self._of_rest(run.part(done, first), line, is_beside_card=True)
            yield from covering("card", run.pieces[first:stop], confidence)
            done = stop
        if done < len(run.pieces):
            rest = run.part(done, len(run.pieces)) if done else run
            yield from self._of_rest(rest, line, is_beside_card=done > 0)

    def _of_rest(self, run: Run, line: Line, *, is_beside_card: bool) -> Iterator[Found]:
        """What is no card."""
        kind, confidence = self._kind(run, line)
        if kind:
            if kind in self._kinds:
                yield from covering(kind, run.pieces, confidence)
        elif "card" in self._kinds and self._may_be_card(run, line, is_beside_card=is_beside_card):
            yield from covering("card", run.pieces, 0.5)
        elif "phone" in self._kinds and len(run.digits) > 10:
            yield from self._inner_phones(run, line)

    def _may_be_card(self, run: Run, line: Line, *, is_beside_card: bool) -> bool:
        """Digits whose bounds are not sure: all in one breath with a card, and many that were spoken."""
        if is_beside_card:
            return True
        is_other = line.told("other", run.first) > line.told("card", run.first)
        return run.is_spoken and SHORTEST_CARD < len(run.digits) <= LONGEST_CARD and not is_other

    # -- cards -----------------------------------------------------------------------------------------

    def _cards(self, run: Run, line: Line) -> Iterator[tuple[int, int, float]]:
        """Pieces [first, stop) that are a card; with it goes what follows in the run: expiry and code."""
        digits, sizes = run.digits, run.sizes
        if "card" not in self._kinds or len(digits) < SHORTEST_CARD:
            return
        starts = [0]
        for size in sizes:
            starts.append(starts[-1] + size)
        piece_at = {start: index for index, start in enumerate(starts)}
        cards = list(_checked(digits, piece_at))
        for (first, stop), (following, _) in pairwise([*cards, (len(sizes), 0)]):
            rest = starts[following] - starts[stop]
            yield first, following if rest <= WITH_CARD else stop, 0.99
        is_alike = not cards and SHORTEST_CARD < len(digits) <= LONGEST_CARD and _lengths(digits, 0)
        if is_alike and line.is_told("card", run.first):
            yield 0, len(sizes), 0.6  # one digit misheard, and the checksum fails

    # -- the rest --------------------------------------------------------------------------------------

    def _kind(self, run: Run, line: Line) -> tuple[str, float]:
        """What the whole run is, and how sure that is; an empty kind: nothing known."""
        count = len(run.digits)
        if count in (3, 4):
            if line.is_told("cvv", run.first) or line.is_told_after("cvv", run.last):
                return "cvv", 0.9
            if line.is_told("last_digits", run.first) and line.is_told("national_id", run.first):
                return "national_id", 0.8
            return "", 0.0
        is_told = line.is_told("national_id", run.first) or line.is_told_after("national_id", run.last)
        confidence = identities.of_digits(run.digits, run.sizes, self._regions, is_told=is_told)
        if confidence:
            return "national_id", confidence
        if SHORTEST_PHONE <= count <= LONGEST_PHONE:
            return ("phone", sure) if (sure := self._phone(run, line)) else ("", 0.0)
        return "", 0.0

    def _phone(self, run: Run, line: Line) -> float:
        """How sure it is that the run is a telephone number; 0: it is none."""
        count = len(run.digits)
        told, other = line.told("phone", run.first), line.told("other", run.first)
        if run.has_plus and count >= 8:
            return 0.95
        if told > other or (other == NOWHERE and line.is_told_after("phone", run.last)):
            return 0.9
        is_planned = self._is_planned(run.digits) is not None
        is_shaped = run.sizes[-3:] == _NANP and count in (10, 11) and not run.is_spoken
        if other != NOWHERE:
            return 0.7 if is_shaped and is_planned else 0.0
        if is_shaped or is_planned:
            return 0.9
        if line.is_told("number", run.first) or (run.is_spoken and count in (7, 10, 11)):
            return 0.6
        return 0.4 if run.sizes == (3, 4) else 0.0

    def _inner_phones(self, run: Run, line: Line) -> Iterator[Found]:
        """Telephone numbers with something before, between or after them in the same breath."""
        if line.told("other", run.first) > line.told("phone", run.first):
            return
        first = 0
        while first < len(run.pieces):
            stop = self._phone_end(run, first)
            if stop:
                yield from covering("phone", run.pieces[first:stop], 0.7)
            first = stop or first + 1

    def _phone_end(self, run: Run, first: int) -> int:
        """Where the longest number ends that begins with this piece; 0: none does."""
        digits, best = "", 0
        for stop in range(first + 1, len(run.pieces) + 1):
            digits += run.pieces[stop - 1].token.text
            if len(digits) > LONGEST_PHONE:
                break
            if len(digits) >= SHORTEST_INNER and self._is_planned(digits):
                best = stop
        return best


def _checked(digits: str, piece_at: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Pieces [first, stop) whose digits have a card's beginning, length and check digit (ISO/IEC 7812-1)."""
    done = 0
    for start, first in piece_at.items():
        for length in _lengths(digits, start) if start >= done else ():
            stop = piece_at.get(start + length)
            if stop and luhn.is_valid(digits[start : start + length]):
                yield first, stop
                done = start + length
                break


def _is_card(digits: str) -> bool:
    return (
        digits.isdecimal()
        and SHORTEST_CARD < len(digits) <= LONGEST_CARD
        and len(digits) in _lengths(digits, 0)
        and luhn.is_valid(digits)
    )


def _lengths(digits: str, start: int) -> tuple[int, ...]:
    for prefixes, lengths in _CARD_LENGTHS:
        if digits.startswith(prefixes, start):
            return lengths
    return ()
