"""Texts in, findings out: everything that is to be masked, by kind, place and confidence.

Linear in the length of the texts. Several texts may be one: somebody reads a number in blocks, each of
them a message.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import re2

from earwitness.redaction import addresses, dates
from earwitness.redaction.found import Found, without_overlap
from earwitness.redaction.identities import Codes
from earwitness.redaction.lexicon import Token, lexicon
from earwitness.redaction.numbers import Numbers
from earwitness.redaction.runs import CUE_TOKENS, Line
from earwitness.settings_redaction import Redaction, listed

_CARRIERS = ("number", "opaque", "date")  # without one there is nothing to find
_ANNOUNCED = ("card", "cvv", "iban", "national_id", "phone", "number")
_FEWEST_OPEN, _FEWEST_CLOSED = 3, 6  # digits at the end of a text that may be the beginning of more
_LONGEST_KEPT = 4096  # characters of a text whose tokens are remembered


class Detector:
    """Finds what the policy names. Holds nothing of the texts but a memory of the last ones' tokens."""

    def __init__(self, policy: Redaction) -> None:
        self._kinds = frozenset(listed(policy.kinds))
        self._lexicon = lexicon(listed(policy.languages))
        regions = listed(policy.regions)
        self._numbers = Numbers(self._kinds, regions)
        self._codes = Codes(self._kinds, regions)
        self._own = [*_patterns(policy.patterns), *_word_lists(policy.words)]
        self._remembered = lru_cache(maxsize=1024)(self._lexicon.tokens)

    def find(self, parts: Sequence[str], before: str = "") -> list[Found]:
        """What is to be masked in these texts, in order of place, none overlapping another.

        `parts`: texts that one party said one after the other. `before`: what was said before them by
        anybody; it announces what comes ("your security code?") and is not searched.
        """
        tokens = [self.tokens(part) for part in parts]
        found = [one for part, text in enumerate(parts) for one in self._own_in(part, text)]
        if any(token.kind in _CARRIERS or token.text == "@" for line in tokens for token in line):
            words = [token.text for token in self.tokens(before[-400:]) if token.kind != "mark"]
            found += self._said(Line(tokens, words[-CUE_TOKENS:], self._lexicon), parts)
        return without_overlap(found)

    def pending(self, text: str, before: str, *, is_open: bool) -> Found | None:
        """What the text ends with that may be the beginning of a number. `is_open`: the text grows."""
        tokens = self.tokens(text)
        words = [token for token in tokens[-2:] if token.kind != "mark"]
        if not words or all(token.kind == "word" and token.text != "@" for token in words):
            return None
        line = Line([tokens], before[-400:].split(), self._lexicon)
        run = line.runs[-1] if line.runs else None
        if run is None or run.last < len(tokens) - 2:
            return None
        near = line.words_before(run.first)
        is_told = any(line.lexicon.cues[kind].search(near) for kind in _ANNOUNCED)
        fewest = _FEWEST_OPEN if is_open or is_told else _FEWEST_CLOSED
        if len(run.digits) < fewest:
            return None
        return Found("pending", 0, run.pieces[0].token.start, run.pieces[-1].token.end, 0.3)

    def tokens(self, text: str) -> list[Token]:
        """The tokens of a text, spoken numbers and symbols understood."""
        return self._lexicon.tokens(text) if len(text) > _LONGEST_KEPT else self._remembered(text)

    def _said(self, line: Line, parts: Sequence[str]) -> Iterator[Found]:
        if "email" in self._kinds:
            for part, text in enumerate(parts):
                yield from addresses.written(part, text)
            yield from addresses.spoken(line)
        yield from self._codes.find(line)
        yield from self._numbers.find(line)
        if "birth_date" in self._kinds:
            yield from dates.of_birth(line)

    def _own_in(self, part: int, text: str) -> Iterator[Found]:
        for name, pattern in self._own:
            for match in pattern.finditer(text):
                if match.end() > match.start():
                    yield Found(name, part, match.start(), match.end())


def _patterns(patterns: dict[str, str]) -> Iterator[tuple[str, Any]]:
    """RE2 matches in time linear to the text, whatever the pattern."""
    for name, pattern in patterns.items():
        yield name, re2.compile(pattern)


def _word_lists(lists: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, Any]]:
    for name, words in lists.items():
        ways = "|".join(re2.escape(word) for word in sorted(words, key=len, reverse=True) if word.strip())
        if ways:
            yield name, re2.compile(rf"(?i)\b(?:{ways})\b")
