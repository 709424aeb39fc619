"""National ids and bank accounts: what their shape and checksum tell, by country."""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.de import idnr
from stdnum.es import dni, nie
from stdnum.fr import nir
from stdnum.it import codicefiscale
from stdnum.mx import curp
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.pt import nif

from earwitness.redaction.found import Found
from earwitness.redaction.runs import Line, Placed, covering


class _Identity(NamedTuple):
    """`is_strong`: checksum and length alone prove it; else somebody must have spoken of it."""

    length: int
    is_valid: Callable[[str], bool]
    is_strong: bool = False


# Digits only, by country.
_OF_DIGITS = {
    "BR": _Identity(11, cpf.is_valid),
    "CA": _Identity(9, sin.is_valid),
    "DE": _Identity(11, idnr.is_valid),
    "FR": _Identity(15, nir.is_valid, is_strong=True),
    "NL": _Identity(9, bsn.is_valid),
    "PL": _Identity(11, pesel.is_valid),
    "PT": _Identity(9, nif.is_valid),
}
# With letters, by country: shape of the whole, written together.
_WITH_LETTERS: dict[str, tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...]] = {
    "ES": ((re.compile(r"\d{8}[A-Z]"), dni.is_valid), (re.compile(r"[XYZ]\d{7}[A-Z]"), nie.is_valid)),
    # National Insurance number: HMRC NIM39110; it has no checksum
    "GB": ((re.compile(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]"), bool),),
    "IT": ((re.compile(r"[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]"), codicefiscale.is_valid),),
    "MX": ((re.compile(r"[A-Z]{4}\d{6}[A-Z]{6}[A-Z0-9]\d"), curp.is_valid),),
}
_IBAN_HEAD = re.compile(r"[A-Z]{2}\d{2}")
_BBAN = re.compile(r"[A-Z0-9]{11,30}")
# Characters of an IBAN by country: the registry of ISO 13616.
_IBAN_LENGTHS = {
    land: int(length)
    for length, lands in re.findall(
        r"(\d+) ([A-Z ]+)",
        "15 NO 16 BE 18 DK FI FO GL NL SD 19 FK MK SI 20 AT BA EE KZ LT LU MN XK 21 CH HR LI LV SO "
        "22 BG BH CR DE GB GE IE ME RS VA 23 AE GI IL IQ OM TL 24 AD CZ ES MD PK RO SA SE SK TN VG "
        "25 LY PT ST 26 IS TR 27 BI DJ FR GR IT MC MR SM 28 AL AZ BY CY DO GT HN HU LB NI PL SV "
        "29 BR EG PS QA UA 30 JO KW MU YE 31 MT SC 32 LC 33 RU",
    )
    for land in lands.split()
}
_SSN = (3, 2, 4)  # Social Security Administration, POMS RM 10201.030
LONGEST_CODE = 34  # ISO 13616: an IBAN has no more
_MOST_LETTERS = 6  # of a word that may be part of a code: a codice fiscale begins with so many


def of_digits(digits: str, sizes: tuple[int, ...], regions: tuple[str, ...], *, is_told: bool) -> float:
    """How sure it is that the digits are a national id; 0: they are none. `is_told`: one was spoken of."""
    if "US" in regions and len(digits) == 9 and (sizes == _SSN or is_told):
        return 0.95 if sizes == _SSN else 0.85
    for region in regions:
        known = _OF_DIGITS.get(region)
        if known and len(digits) == known.length and known.is_valid(digits) and (known.is_strong or is_told):
            return 0.9
    return 0.6 if is_told and 8 <= len(digits) <= 12 else 0.0


class Codes:
    """Finds accounts and ids that have letters in them, written or spelled out."""

    def __init__(self, kinds: frozenset[str], regions: tuple[str, ...]) -> None:
        self._has_iban = "iban" in kinds
        self._shapes = [shape for region in regions for shape in _WITH_LETTERS.get(region, ())]
        if "national_id" not in kinds:
            self._shapes = []

    def find(self, line: Line) -> Iterator[Found]:
        for place, sequence in _sequences(line):
            code = _Spelled(sequence)
            start = 0
            while start < len(sequence):
                stop, kind, confidence = self._match(code, start, line, place)
                if stop:
                    yield from covering(kind, sequence[start:stop], confidence)
                start = stop or start + 1

    def _match(self, code: "_Spelled", start: int, line: Line, place: int) -> tuple[int, str, float]:
        """The end of the code that begins at this token, what it is, and how sure that is; 0: none does."""
        at = code.starts[start]
        if self._has_iban and _IBAN_HEAD.match(code.text, at):
            length = _IBAN_LENGTHS.get(code.text[at : at + 2], 0)
            stop = code.ends.get(at + length, 0)
            if stop and _is_account(code.text[at : at + length]):
                return stop, "iban", 0.99
            if line.is_told("iban", place + start):
                stop = code.longest(start, length or LONGEST_CODE)
                if _BBAN.fullmatch(code.text, at + 4, code.starts[stop]):
                    return stop, "iban", 0.6
        for shape, is_valid in self._shapes:
            match = shape.match(code.text, at)
            stop = code.ends.get(match.end(), 0) if match else 0
            if match and stop and code.is_apart(start, stop) and is_valid(match[0]):
                return stop, "national_id", 0.95
        return 0, "", 0.0


class _Spelled:
    """Tokens in a row as one text. `starts`: where each begins in it; `ends`: place -> tokens up to there."""

    def __init__(self, tokens: list[Placed]) -> None:
        self._tokens = tokens
        pieces = [placed.token.text.upper() for placed in tokens]
        self.text = "".join(pieces)
        self.starts = [0, *accumulate(map(len, pieces))]
        self.ends = {end: stop for stop, end in enumerate(self.starts) if stop}

    def is_apart(self, start: int, stop: int) -> bool:
        """Whether these are written as a word of their own, and not within a longer one."""
        return not self._is_touching(start) and not self._is_touching(stop)

    def _is_touching(self, place: int) -> bool:
        """Whether nothing is written between the token at this place and the one before it."""
        if not 0 < place < len(self._tokens):
            return False
        one, other = self._tokens[place - 1], self._tokens[place]
        return one.part == other.part and one.token.end == other.token.start

    def longest(self, start: int, length: int) -> int:
        """The last token before which so many characters are full, and that has a digit."""
        stop = start + 1
        while stop < len(self._tokens) and self.starts[stop + 1] - self.starts[start] <= length:
            stop += 1
        while stop > start + 1 and self._tokens[stop - 1].token.kind == "word":
            stop -= 1
        return stop


def _is_account(text: str) -> bool:
    """ISO 13616: the remainder of its number by 97 is 1. What a country checks besides may be misheard."""
    is_plain = text.isascii() and text.isalnum()
    return is_plain and int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _sequences(line: Line) -> Iterator[tuple[int, list[Placed]]]:
    """Tokens in a row that may be one code, with the place of the first; all have digits and letters."""
    run: list[Placed] = []
    for place, placed in enumerate([*line.tokens, None]):
        if placed is not None and _may_be_part(placed.token.kind, placed.token.text):
            run.append(placed)
        elif placed is None or placed.token.text not in ("-", ".", ",") or placed.token.kind == "symbol":
            kinds = {each.token.kind for each in run}
            if "word" in kinds and len(kinds) > 1:
                yield place - len(run), run
            run = []


def _may_be_part(kind: str, text: str) -> bool:
    if kind == "word":
        return len(text) <= _MOST_LETTERS and text.isascii()
    return kind == "number" or (kind in ("opaque", "ordinal") and text.isdigit())
