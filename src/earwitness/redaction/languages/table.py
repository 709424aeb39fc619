"""What the table of one language holds. All words are as `plain` makes them: lower case, no accents."""

import unicodedata
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How one language says digits, symbols and dates, and which words announce personal data.

    `cues` are words and phrases, by kind; a number near one is taken for that kind. `not_a_phone` announces
    other numbers, of orders for one. `units` follow a number that is an amount.
    """

    numbers: dict[str, str]  # spoken number, or phrase, below 100 -> its digits
    repeats: dict[str, int]  # double, triple -> how often
    powers: dict[str, int]  # hundred, thousand -> zeros
    symbols: dict[str, str]  # spoken symbol, or phrase -> the character
    fillers: frozenset[str]  # may stand between the digits of one number
    units: frozenset[str]
    months: frozenset[str]
    ordinals: dict[str, str] = field(default_factory=dict)  # third -> 3
    cues: dict[str, tuple[str, ...]] = field(default_factory=dict)
    not_a_phone: tuple[str, ...] = ()
    email_leads: frozenset[str] = frozenset()  # words right before an address that is spoken
    no_local_part: frozenset[str] = frozenset()  # words before a spoken `at` that are no part of an address


def plain(word: str) -> str:
    """Lower case, without accents and apostrophes."""
    word = word.replace("'", "").replace("’", "")
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(c))


def tens(text: str, first: int) -> dict[str, int]:
    """The words in order, counted up from `first` in tens."""
    return {word: first + 10 * index for index, word in enumerate(text.split())}


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Separated by commas."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


def counted(text: str, first: int = 0, *, times: int = 1) -> dict[str, str]:
    """The words in order, counted up from `first`; of several ways to say one, all, with `/` in between."""
    return {
        way.replace("_", " "): str(number * times)
        for number, ways in enumerate(text.split(), first)
        for way in ways.split("/")
    }
