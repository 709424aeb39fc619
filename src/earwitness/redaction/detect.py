"""Texts in, findings out: everything that is to be masked, by kind, place and confidence.

Linear in the length of the texts. Several texts may be one: somebody reads a number in blocks, each of
them a message.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import re2

from earwitness.redaction import addresses, dates
from earwitness.redaction.coarse import Coarse
from earwitness.redaction.found import Found, without_overlap
from earwitness.redaction.identities import Codes
from earwitness.redaction.lexicon import Token, lexicon
from earwitness.redaction.numbers import Numbers
from earwitness.redaction.runs import CUE_TOKENS, Line
from earwitness.settings.lists import listed
from earwitness.settings.redaction import Redaction

_CARRIERS = ("number", "opaque", "date")  # without one there is nothing to find
_ANNOUNCED = ("card", "cvv", "iban", "national_id", "phone", "number")
_SHORT = ("cvv", "national_id", "birth_date")
_FEWEST_OPEN, _FEWEST_CLOSED = 3, 6  # digits at the end of a text that may be the beginning of more
_LONGEST_KEPT = 4096  # characters of a text whose tokens are remembered
_ENDS = 400  # characters, more than any number takes
LONGEST_READ = 32_768  # characters that are looked at word by word: half an hour of speech


class Detector:
    """Finds what the policy names. Holds nothing of the texts but a memory of the last ones' tokens."""

    def __init__(self, policy: Redaction) -> None:
        self._kinds = frozenset(listed(policy.kinds))
        self._lexicon = lexicon(listed(policy.languages))
        regions = listed(policy.regions)
        self._numbers = Numbers(self._kinds, regions)
        self._codes = Codes(self._kinds, regions)
        self._coarse = Coarse(self._kinds, self._lexicon)
        self._patterns = list(_patterns(policy.patterns))
        self._words = list(_word_lists(policy.words))
        self._remembered = lru_cache(maxsize=1024)(self._lexicon.tokens)
        self.is_short_announced = lru_cache(maxsize=1024)(self._announces_short)

    def find(self, parts: Sequence[str], before: str = "", most: int = LONGEST_READ) -> list[Found]:
        """What is to be masked in these texts, in order of place, none overlapping another.

        `parts`: texts that one party said one after the other. `before`: what was said before them by
        anybody; it announces what comes ("your security code?") and is not searched. `most`: so many
        characters are looked at word by word; of the rest all that may be a number or an address goes.
        """
        tokens = []
        found = [one for part, text in enumerate(parts) for one in self._own_in(part, text)]
        for part, text in enumerate(parts):
            tokens.append(self.tokens(text[:most]) if most else [])
            if len(text) > most:
                found += self._coarse.find(part, text, max(0, most - _ENDS))
            most = max(0, most - len(text))
        if any(token.kind in _CARRIERS or token.text == "@" for line in tokens for token in line):
            words = [token.text for token in self.tokens(before[-_ENDS:]) if token.kind != "mark"]
            found += self._said(Line(tokens, words[-CUE_TOKENS:], self._lexicon))
            found += self._written(parts)
        return without_overlap(found)

    def pending(self, text: str, before: str, *, is_open: bool) -> Found | None:
        """What the text ends with that may be the beginning of a number. `is_open`: the text grows."""
        start = max(0, len(text) - _ENDS)
        tokens = self.tokens(text[start:])
        words = [token for token in tokens[-2:] if token.kind != "mark"]
        if not words or all(token.kind == "word" and token.text != "@" for token in words):
            return None
        line = Line([tokens], before[-_ENDS:].split(), self._lexicon)
        run = line.runs[-1] if line.runs else None
        if run is None or run.last < len(tokens) - 2:
            return None
        is_told = any(line.is_told(kind, run.first) for kind in _ANNOUNCED)
        fewest = _FEWEST_OPEN if is_open or is_told else _FEWEST_CLOSED
        if len(run.digits) < fewest:
            return None
        first, last = run.pieces[0].token, run.pieces[-1].token
        return Found("pending", 0, start + first.start, start + last.end, 0.3)

    def _announces_short(self, words: str) -> bool:
        """Whether after these words a number of three or four digits may be what is looked for."""
        said = [token.text for token in self.tokens(words[-_ENDS:]) if token.kind != "mark"]
        return not self._lexicon.cues.heard(said).keys().isdisjoint(_SHORT)

    def ends(self, text: str) -> list[Token]:
        """The tokens with which a text begins and ends; their places are of no use."""
        if len(text) <= _LONGEST_KEPT:
            return self.tokens(text)
        return [*self.tokens(text[:_ENDS]), *self.tokens(text[-_ENDS:])]

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text, spoken numbers and symbols understood."""
        return self._lexicon.tokens(text) if len(text) > _LONGEST_KEPT else self._remembered(text)

    def _said(self, line: Line) -> Iterator[Found]:
        if "email" in self._kinds:
            yield from addresses.spoken(line)
        yield from self._codes.find(line)
        yield from self._numbers.find(line)
        if "birth_date" in self._kinds:
            yield from dates.of_birth(line)

    def _written(self, parts: Sequence[str]) -> Iterator[Found]:
        if "email" in self._kinds:
            for part, text in enumerate(parts):
                yield from addresses.written(part, text[:LONGEST_READ])

    def _own_in(self, part: int, text: str) -> Iterator[Found]:
        for name, pattern in self._patterns:
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    yield Found(name, part, match.start(), match.end())
        for name, pattern in self._words:
            for match in pattern.finditer(text):
                start, end = match.span()
                if not (text[start - 1 : start].isalnum() or text[end : end + 1].isalnum()):
                    yield Found(name, part, start, end)


def _patterns(patterns: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """RE2 matches in time linear to the text, whatever the pattern."""
    for name, pattern in patterns.items():
        yield name, re2.compile(pattern)


def _word_lists(lists: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
    """Whole words, whatever their case and the spaces between; RE2 knows no bounds of words but of ASCII."""
    for name, words in lists.items():
        longest_first = sorted((word.split() for word in words), key=lambda parts: -len(" ".join(parts)))
        ways = [r"\s+".join(map(re2.escape, parts)) for parts in longest_first if parts]
        if ways:
            yield name, re2.compile(f"(?i){'|'.join(ways)}")
