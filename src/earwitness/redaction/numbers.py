"""Which runs of digits are cards, security codes, national ids or telephone numbers."""

from collections.abc import Iterator
from functools import lru_cache

import phonenumbers
from stdnum import luhn

from earwitness.redaction import identities
from earwitness.redaction.found import Found
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
LONGEST = 64  # digits: nothing that is longer is looked at piece by piece; all of it is masked
SHORTEST_PHONE, LONGEST_PHONE = 7, 15  # ITU-T E.164, 6.1; the shorter ones are services
SHORTEST_INNER = 9  # of a number that is only known by its country's plan
_NANP = (3, 3, 4)


class Numbers:
    """Tells what runs of digits are. `kinds`: what is looked for; `regions`: whose numbers are known."""

    def __init__(self, kinds: frozenset[str], regions: tuple[str, ...]) -> None:
        self._kinds = kinds
        self._regions = regions

    def find(self, line: Line) -> Iterator[Found]:
        for run in line.runs:
            yield from self._of_run(run, line)

    def _of_run(self, run: Run, line: Line) -> Iterator[Found]:
        count = len(run.digits)
        if count < 3:
            return
        if count > LONGEST:
            yield from covering("card", run.pieces, 0.3)
            return
        if count <= 6 and line.next_word(run.last) in line.lexicon.units:
            return
        cards = list(self._cards(run, line)) if count >= 12 else []
        if cards:
            for first, stop, confidence in cards:
                yield from covering("card", run.pieces[first:stop], confidence)
            return
        kind, confidence = self._kind(run, line)
        if kind in self._kinds:
            yield from covering(kind, run.pieces, confidence)
        elif not kind and "phone" in self._kinds and count > 10:
            yield from self._inner_phones(run)

    # -- cards -----------------------------------------------------------------------------------------

    def _cards(self, run: Run, line: Line) -> Iterator[tuple[int, int, float]]:
        """Pieces [first, stop) that are a card; with it goes what follows in the run: expiry and code."""
        if "card" not in self._kinds:
            return
        sizes, digits = run.sizes, run.digits
        starts = [sum(sizes[:index]) for index in range(len(sizes) + 1)]
        for index, start in enumerate(starts[:-1]):
            for length in _lengths(digits, start):
                if start + length in starts and luhn.is_valid(digits[start : start + length]):
                    rest = starts[-1] - start - length
                    stop = len(sizes) if rest <= 12 else starts.index(start + length)
                    yield index, stop, 0.99
                    return
        is_told = line.lexicon.cues["card"].search(line.words_before(run.first))
        if is_told and 13 <= len(digits) <= 19 and _lengths(digits, 0):
            yield 0, len(sizes), 0.6  # one digit misheard, and the checksum fails

    # -- the rest --------------------------------------------------------------------------------------

    def _kind(self, run: Run, line: Line) -> tuple[str, float]:
        """What the whole run is, and how sure that is; an empty kind: nothing known."""
        before, after = line.words_before(run.first), line.words_after(run.last)
        count, cues = len(run.digits), line.lexicon.cues
        if count in (3, 4):
            if cues["cvv"].search(before):
                return "cvv", 0.9
            if "last four" in before and cues["national_id"].search(before):
                return "national_id", 0.8
            return "", 0.0
        near = f"{before} {after}"
        confidence = identities.of_digits(
            run.digits, run.sizes, self._regions, is_told=bool(cues["national_id"].search(near))
        )
        if confidence:
            return "national_id", confidence
        if SHORTEST_PHONE <= count <= LONGEST_PHONE:
            return ("phone", sure) if (sure := self._phone(run, line, before, after)) else ("", 0.0)
        return "", 0.0

    def _phone(self, run: Run, line: Line, before: str, after: str) -> float:
        """How sure it is that the run is a telephone number; 0: it is none."""
        digits, count = run.digits, len(run.digits)
        told = _last(line.lexicon.cues["phone"].finditer(before))
        other = _last(line.lexicon.not_a_phone.finditer(before))
        if run.has_plus and count >= 8:
            return 0.95
        if told > other or (other < 0 and line.lexicon.cues["phone"].search(after)):
            return 0.9
        is_shaped = run.sizes[-3:] == _NANP and count in (10, 11) and not run.is_spoken
        if other >= 0:
            return 0.7 if is_shaped and _is_valid(digits, self._regions) else 0.0
        if is_shaped or _is_valid(digits, self._regions):
            return 0.9
        is_asked = line.lexicon.cues["number"].search(before)
        if is_asked or (run.is_spoken and count in (7, 10, 11)):
            return 0.6
        return 0.4 if run.sizes == (3, 4) else 0.0

    def _inner_phones(self, run: Run) -> Iterator[Found]:
        """Telephone numbers with something before, between or after them in the same breath."""
        sizes, first = run.sizes, 0
        while first < len(sizes):
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
            if len(digits) >= SHORTEST_INNER and _is_valid(digits, self._regions):
                best = stop
        return best


def _lengths(digits: str, start: int) -> tuple[int, ...]:
    for prefixes, lengths in _CARD_LENGTHS:
        if digits.startswith(prefixes, start):
            return lengths
    return ()


def _last(matches: Iterator[object]) -> int:
    end = -1
    for match in matches:
        end = match.end()  # type: ignore[attr-defined]
    return end


@lru_cache(maxsize=4096)
def _is_valid(digits: str, regions: tuple[str, ...]) -> bool:
    """Whether it is a number of one of the regions, as their plans are known (ITU-T E.129)."""
    for region in regions:
        try:
            number = phonenumbers.parse(digits, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return True
    return False
