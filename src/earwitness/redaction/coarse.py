"""What is too long to be looked at word by word: all that may be a number or an address is taken out.

Nobody says so much in one breath; results of tools are so long, and attacks. RE2 alone looks at it, so the
time is linear with a small factor.
"""

import unicodedata
from collections.abc import Iterator

import re2

from earwitness.redaction.found import Found
from earwitness.redaction.lexicon import Lexicon

_NUMBERS = frozenset({"card", "cvv", "iban", "national_id", "phone", "birth_date"})
_BETWEEN = r"\W{0,4}(?:[a-z]{1,6}\W{1,4})?"  # parts of a number: marks, and a word as `and`


class Coarse:
    """Finds three digits in a row, written or spoken, and everything about an `@`."""

    def __init__(self, kinds: frozenset[str], lexicon: Lexicon) -> None:
        said = "|".join(re2.escape(word) for word in sorted(lexicon.counting, key=len, reverse=True))
        digits = rf"(?:\d+|\b(?:{said})\b)"
        at = "|".join(["@", *(rf"\s(?:{name})\s" for name in lexicon.names_of("@"))])
        dot = "|".join([r"\.", *(rf"\s(?:{name})\s" for name in lexicon.names_of("."))])
        patterns = {
            "withheld": rf"(?i){digits}(?:{_BETWEEN}{digits}){{2,}}|\d{{3,}}" if kinds & _NUMBERS else "",
            "email": rf"(?i)[^\s@]+\s?(?:{at})\s?[^\s@]+(?:(?:{dot})[^\s@.]+)+" if "email" in kinds else "",
        }
        self._patterns = [(kind, re2.compile(pattern)) for kind, pattern in patterns.items() if pattern]

    def find(self, part: int, text: str, start: int) -> Iterator[Found]:
        """What is to be masked from `start` on."""
        rest = text[start:].translate(_PLAIN)
        for kind, pattern in self._patterns:
            for match in pattern.finditer(rest):
                yield Found(kind, part, start + match.start(), start + match.end(), 0.3)


class _Plain(dict[int, str]):
    """Every character without its accent, every digit as 0 to 9: one for one, so that places stay."""

    def __missing__(self, code: int) -> str:
        bare = unicodedata.normalize("NFD", chr(code))[0]
        self[code] = bare = str(unicodedata.decimal(bare, bare))
        return bare


_PLAIN = _Plain()
