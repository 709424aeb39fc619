"""Words as search knows them: without case and accents, in any script, the same for every database.

Databases cut text into words each in its own way, and most lose the scripts of South Asia and find nothing in
those that write no spaces. So the words are made here, and a database is given nothing but words and spaces.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST_WORD = 200  # letters; what is longer is no word that anybody types
MOST_WORDS = 16_000  # PostgreSQL counts the places of words up to 16,383
MOST_LETTERS = 100_000  # of one text: PostgreSQL takes a megabyte

_ASCII_WORD = re.compile(r"[0-9a-z]+")
# Scripts that put no spaces between words: every letter is a word here, and a word that is asked for is a
# phrase of its letters.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_ACCENT = 10  # combining classes from here on are accents and vowel points; those below belong to the letter
_JOINERS = "\u00ad\u200c\u200d"  # soft hyphen and the zero-width joiners stand within words
_MARK, _LETTER, _ALONE = "mark", "letter", "alone"


class Word(NamedTuple):
    """One word, and where in the text it stands: `text[start:end]`."""

    folded: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """The words of a text in their order."""
    if text.isascii():
        for found in _ASCII_WORD.finditer(text.lower()):
            yield Word(found.group()[:LONGEST_WORD], found.start(), found.end())
        return
    pieces: list[str] = []
    start = 0
    for at, letter in enumerate(text):
        kind, folded = _fold(letter)
        if pieces and kind is not _MARK and (kind is not _LETTER or _fold(text[start])[0] is _ALONE):
            yield _word(pieces, start, at)
            pieces = []
        if kind is None or (kind is _MARK and not pieces):
            continue
        if not pieces:
            start = at
        pieces.append(folded)
    if pieces:
        yield _word(pieces, start, len(text))


def fold(text: str) -> str:
    """The words with a space between them: what is indexed. Cut to what every database takes."""
    return " ".join(_bounded(word.folded for word in words_of(text)))


def _word(pieces: list[str], start: int, end: int) -> Word:
    return Word(unicodedata.normalize("NFC", "".join(pieces))[:LONGEST_WORD], start, end)


def _bounded(words: Iterable[str]) -> Iterator[str]:
    letters = 0
    for count, word in enumerate(words):
        letters += len(word) + 1
        if count >= MOST_WORDS or letters > MOST_LETTERS:
            return
        yield word


@functools.lru_cache(maxsize=20_000)
def _fold(letter: str) -> tuple[str | None, str]:
    """What a character is to a word, and what is left of it. None: it stands between words."""
    if letter in _JOINERS:
        return _MARK, ""
    category = unicodedata.category(letter)[0]
    if category == "M":
        return _MARK, "" if unicodedata.combining(letter) >= _ACCENT else letter
    if category not in "LN":
        return None, ""
    plain = "".join(filter(_is_kept, unicodedata.normalize("NFKD", letter.casefold())))
    if not plain:
        return None, ""
    if unicodedata.category(plain[0])[0] == "M":  # the voiced sound mark of half-width Katakana
        return _MARK, plain
    is_alone = any(first <= ord(plain[0]) <= last for first, last in _UNSPACED)
    return _ALONE if is_alone else _LETTER, plain


def _is_kept(letter: str) -> bool:
    category = unicodedata.category(letter)[0]
    return category in "LN" or (category == "M" and unicodedata.combining(letter) < _ACCENT)
