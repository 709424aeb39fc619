"""A text as tokens in which spoken numbers and symbols are what they mean, each with its place in the text.

`four oh double seven` becomes the digits 4, 0 and 77; `dot` becomes a dot. Linear in the text's length.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from earwitness.redaction.cues import Cues
from earwitness.redaction.languages import LANGUAGES
from earwitness.redaction.languages.table import plain

_TOKEN = re.compile(
    r"""(?P<opaque>
        [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])  # UUID
      | (?<![\d.])\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?![.\d])  # address of a machine
      | (?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)  # time of day
      | [$€£¥]\s?\d[\d,.]*
      | (?<![\d,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])(?=\s|$|[^\w,-])  # 1,500.00
      | (?<![\d.])\d{1,6}\.\d{1,2}(?![\d.])(?!\.\d)  # 12.50
      | \d+(?:\.\d+)?\s?[%€]
      | https?://\S+ )
    | (?P<date>
        (?<!\d)(?:19|20)\d{2}-\d{2}-\d{2}
          (?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![\d-])
      | (?<![\d./-])\d{1,2}(?P<by>[./-])\d{1,2}(?P=by)(?:19|20)?\d{2}(?![\d./-]\d|\d) )
    | (?P<ordinal>(?<!\w)\d{1,2}(?:st|nd|rd|th)(?!\w))
    | (?P<number>\d+)
    | (?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)
    | (?P<mark>[^\w\s]|_)""",
    re.VERBOSE | re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s-]*")  # the words of one spoken number


class Token(NamedTuple):
    """`kind`: number, ordinal, word, symbol (spoken), mark, date, opaque. `text`: digits, word, symbol."""

    kind: str
    text: str
    start: int
    end: int
    is_spoken: bool = False


class _Phrase(NamedTuple):
    words: tuple[str, ...]
    kind: str  # number, ordinal, symbol, repeat, power
    text: str


class Lexicon:
    """The tables of several languages as one."""

    def __init__(self, names: Sequence[str]) -> None:
        tables = [LANGUAGES[name] for name in names]
        self.fillers = frozenset[str]().union(*(each.fillers for each in tables))
        self.units = frozenset[str]().union(*(each.units for each in tables))
        self.months = frozenset[str]().union(*(each.months for each in tables))
        self.email_leads = frozenset[str]().union(*(each.email_leads for each in tables))
        self.no_local_part = frozenset[str]().union(*(each.no_local_part for each in tables))
        phrases: dict[str, list[str]] = {"other": [cue for each in tables for cue in each.not_a_phone]}
        for each in tables:
            for kind, cues in each.cues.items():
                phrases.setdefault(kind, []).extend(cues)
        self.cues = Cues(phrases, {w: m for each in tables for w, m in (each.symbols | each.numbers).items()})
        self._heads: dict[str, list[_Phrase]] = {}
        for each in tables:
            self._add("number", each.numbers)
            self._add("ordinal", each.ordinals)
            self._add("symbol", each.symbols)
            self._add("repeat", {word: str(times) for word, times in each.repeats.items()})
            self._add("power", {word: "0" * zeros for word, zeros in each.powers.items()})
        for heads in self._heads.values():
            heads.sort(key=lambda phrase: -len(phrase.words))
        self.counting = frozenset(  # every word of which spoken numbers are made, but for `y` and `et`
            word
            for each in tables
            for entries in (each.numbers, each.ordinals, each.repeats, each.powers)
            for phrase in entries
            for word in phrase.split()
            if len(word) > 2
        )

    def names_of(self, symbol: str) -> list[str]:
        """How a symbol is spoken."""
        return [
            " ".join(phrase.words)
            for phrases in self._heads.values()
            for phrase in phrases
            if phrase.kind == "symbol" and phrase.text == symbol
        ]

    def _add(self, kind: str, entries: dict[str, str]) -> None:
        for phrase, text in entries.items():
            words = tuple(phrase.split())
            self._heads.setdefault(words[0], []).append(_Phrase(words, kind, text))

    def tokens(self, text: str) -> list[Token]:
        """All tokens of the text, in order."""
        return list(_numbers_said(self._meanings(text)))

    def _meanings(self, text: str) -> Iterator[Token]:
        raw = [*_raw_tokens(text)]
        index = 0
        while index < len(raw):
            token = raw[index]
            phrases = self._heads.get(token.text, ()) if token.kind == "word" else ()
            for phrase in phrases:
                stop = _end_of(phrase, raw, index, text)
                if stop:
                    yield Token(phrase.kind, phrase.text, token.start, raw[stop - 1].end, True)
                    index = stop
                    break
            else:
                yield token
                index += 1


@cache
def lexicon(names: tuple[str, ...]) -> Lexicon:
    return Lexicon(names)


def _end_of(phrase: _Phrase, raw: list[Token], index: int, text: str) -> int:
    """The index after the phrase that begins there, its words joined by spaces or hyphens; 0: it does not."""
    at = index + 1
    for word in phrase.words[1:]:
        while at < len(raw) and raw[at].text == "-":
            at += 1
        if at >= len(raw) or raw[at].text != word:
            return 0
        if not _BETWEEN.fullmatch(text, raw[at - 1].end, raw[at].start):
            return 0
        at += 1
    return at


def _raw_tokens(text: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(text):
        kind, (start, end) = str(match.lastgroup), match.span()
        if kind == "word":
            yield Token("word", plain(match[0]), start, end)
        elif kind == "number":
            yield _written_number(text, match[0], start, end)
        else:
            yield Token(kind, match[0], start, end)


def _written_number(text: str, digits: str, start: int, end: int) -> Token:
    """Digits that are part of a word, as in a code or an id, are no number."""
    is_part = (start and (text[start - 1].isalpha() or text[start - 1] == "_")) or text[
        end : end + 1
    ].isalpha()
    if is_part:
        return Token("opaque", digits, start, end)
    return Token("number", str(int(digits)).zfill(len(digits)) if len(digits) < 100 else digits, start, end)


def _numbers_said(tokens: Iterator[Token]) -> Iterator[Token]:
    """`double seven` and `eight hundred` as the numbers they are; alone such words are words."""
    held: Token | None = None
    for token in tokens:
        merged = _merged(held, token) if held else None
        if merged:
            held = merged
            continue
        if held:
            yield _as_word(held)
        held = token
    if held:
        yield _as_word(held)


def _merged(before: Token, token: Token) -> Token | None:
    if before.kind == "repeat" and token.kind == "number" and len(token.text) == 1:
        return Token("number", token.text * int(before.text), before.start, token.end, True)
    if before.kind == "number" and token.kind == "power" and before.is_spoken and len(before.text) < 4:
        return Token("number", before.text + token.text, before.start, token.end, True)
    return None


def _as_word(token: Token) -> Token:
    if token.kind == "power":
        return token._replace(kind="number", text="1" + token.text)
    return token._replace(kind="word") if token.kind == "repeat" else token
