"""What somebody searches for: read from what they typed, written as SQLite's FTS5 and PostgreSQL want it.

All words must be there; `"a phrase"` word by word; `insur*` any word that begins so; `refund OR cancel` one
of them; `-word` none of it. Nothing that is typed reaches a database but as letters and digits.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from earwitness.errors import InvalidInput
from earwitness.store.words import LONGEST_WORD, Word, words_of

MOST_LETTERS = 500
MOST_TERMS = 32

_PART = re.compile(r'(-?)(?:"([^"]*)"(\*?)|(\S+))')
_OR = frozenset({"OR", "|"})


class Term(NamedTuple):
    """Words that stand one after the other; of the last one perhaps only the beginning is known."""

    words: tuple[str, ...]
    is_prefix: bool

    def in_plain(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it stands in lower-case ASCII, as (start, end), in order. No other word is taken out."""
        return ((found.start(), found.end(1)) for found in _pattern(self).finditer(text))

    def among(self, words: list[Word]) -> Iterator[tuple[int, int]]:
        """The same among all words of any text."""
        for at in range(len(words) - len(self.words) + 1):
            here = words[at : at + len(self.words)]
            if self._is_told_by([word.folded for word in here]):
                yield here[0].start, here[-1].end

    def _is_told_by(self, words: list[str]) -> bool:
        *first, last = self.words
        ends_so = words[-1].startswith(last) if self.is_prefix else words[-1] == last
        return ends_so and words[:-1] == first


@functools.lru_cache(maxsize=1024)
def _pattern(term: Term) -> re.Pattern[str]:
    """Finds the first word of the term in lower-case ASCII; group 1 ends where the term does.

    It begins with letters, for which `re` looks much faster than for a place between two words.
    """
    first, *rest = (re.escape(word) for word in term.words)
    longer = ["" if len(word) < LONGEST_WORD else "[0-9a-z]*" for word in term.words]
    more = "".join(f"[^0-9a-z]+{word}{cut}" for word, cut in zip(rest, longer[1:], strict=True))
    tail = "[0-9a-z]*" if term.is_prefix else "(?![0-9a-z])"
    return re.compile(f"{first}(?<![0-9a-z]{first})(?=({longer[0]}{more}{tail}))")


class Wanted(NamedTuple):
    """Of each group one term must be there, and none of `without`."""

    groups: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...]

    def marks(self, text: str) -> list[tuple[int, int]]:
        """Where what was searched for stands in the text, as (start, end), in order, without overlaps."""
        terms = [term for group in self.groups for term in group]
        if text.isascii():
            lowered = text.lower()
            places = [place for term in terms for place in term.in_plain(lowered)]
        else:
            words = list(words_of(text))
            places = [place for term in terms for place in term.among(words)]
        found: list[tuple[int, int]] = []
        for start, end in sorted(places):
            if found and start < found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], end))
            else:
                found.append((start, end))
        return found

    def masked(self, mark: Callable[[str], str]) -> "Wanted":
        """The same with marks in the place of words. Raises `InvalidInput` for the beginning of a word."""
        every = [term for group in (*self.groups, self.without) for term in group]
        if any(term.is_prefix for term in every):
            raise InvalidInput(
                "the beginning of a word cannot be searched for where the index is encrypted",
                hint="Search for whole words.",
            )

        def masked(terms: tuple[Term, ...]) -> tuple[Term, ...]:
            return tuple(Term(tuple(map(mark, term.words)), False) for term in terms)

        return Wanted(tuple(map(masked, self.groups)), masked(self.without))

    def for_sqlite(self) -> str:
        """As a MATCH expression of FTS5."""

        def write(term: Term) -> str:
            return f'"{" ".join(term.words)}"{"*" if term.is_prefix else ""}'

        wanted = " AND ".join(_joined(group, write, " OR ") for group in self.groups)
        return f"({wanted}) NOT {_joined(self.without, write, ' OR ')}" if self.without else wanted

    def for_postgresql(self) -> str:
        """As the text of a `tsquery`."""

        def write(term: Term) -> str:
            quoted = " <-> ".join(f"'{word}'" for word in term.words)
            return f"({quoted}{':*' if term.is_prefix else ''})"

        parts = [_joined(group, write, " | ") for group in self.groups]
        parts += [f"!{_joined(self.without, write, ' | ')}"] if self.without else []
        return " & ".join(parts)


def read(typed: str) -> Wanted:
    """Raises `InvalidInput` where there is no word to search for, or too many."""
    if len(typed) > MOST_LETTERS:
        raise InvalidInput(
            f"a search of {len(typed)} letters", hint=f"Search for at most {MOST_LETTERS} letters."
        )
    groups: list[list[Term]] = []
    without: list[Term] = []
    is_alternative = False
    for is_negative, term in _parts(typed):
        if term is None:
            is_alternative = bool(groups)
        elif is_negative:
            without.append(term)
        elif is_alternative:
            groups[-1].append(term)
            is_alternative = False
        else:
            groups.append([term])
    if not groups:
        raise InvalidInput(
            f"no word to search for in {typed[:40]!r}",
            hint='Give a word, a "phrase", or the beginning of a word with a star: insur*.',
        )
    if sum(map(len, groups)) + len(without) > MOST_TERMS:
        raise InvalidInput("too many words", hint=f"Search for at most {MOST_TERMS} words or phrases.")
    return Wanted(tuple(map(tuple, groups)), tuple(without))


def _parts(typed: str) -> Iterator[tuple[bool, Term | None]]:
    """Each term, and whether it is not to be there; None for an OR."""
    for minus, phrase, star, plain in _PART.findall(typed):
        if plain in _OR and not minus:
            yield False, None
            continue
        words = tuple(word.folded for word in words_of(phrase or plain))
        if words:
            yield bool(minus), Term(words, bool(star) or plain.endswith("*"))


def _joined(terms: Iterable[Term], write: Callable[[Term], str], mark: str) -> str:
    return f"({mark.join(write(term) for term in terms)})"
