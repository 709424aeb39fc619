"""Digits that are said one after the other, however they are broken up: over pauses, blocks and messages."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from earwitness.redaction.cues import NOWHERE
from earwitness.redaction.found import Found
from earwitness.redaction.lexicon import Lexicon, Token

MOST_FILLERS = 3  # words between two blocks of one number
CUE_TOKENS = 14  # so far before a number stands what announces it
AFTER_TOKENS = 6
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_JOINTS = frozenset(f"-.,/()·–—+:\u2010\u2011{_INVISIBLE}")


class Placed(NamedTuple):
    """A token, and in which of the texts it stands."""

    part: int
    token: Token


class Run:
    """Digits in a row. `places` are those of its pieces in the line of tokens."""

    def __init__(self, pieces: list[Placed], places: list[int], *, has_plus: bool) -> None:
        self.pieces, self.places, self.has_plus = pieces, places, has_plus
        self.digits = "".join(piece.token.text for piece in pieces)
        self.sizes = tuple(len(piece.token.text) for piece in pieces)

    @property
    def first(self) -> int:
        return self.places[0]

    @property
    def last(self) -> int:
        return self.places[-1]

    @property
    def is_spoken(self) -> bool:
        return any(piece.token.is_spoken for piece in self.pieces)

    def part(self, first: int, stop: int) -> "Run":
        """Pieces `[first, stop)` as a run of their own."""
        has_plus = self.has_plus and not first
        return Run(self.pieces[first:stop], self.places[first:stop], has_plus=has_plus)


class Line:
    """The tokens of texts that one party said one after the other, and what was said before them."""

    def __init__(self, parts: Sequence[list[Token]], before: Sequence[str], lexicon: Lexicon) -> None:
        self.tokens = [Placed(part, token) for part, tokens in enumerate(parts) for token in tokens]
        self._before = list(before)[-CUE_TOKENS:]  # plain words
        self.lexicon = lexicon

    @cached_property
    def runs(self) -> list[Run]:
        return list(self._runs())

    def _runs(self) -> Iterator[Run]:
        pieces: list[Placed] = []
        places: list[int] = []
        count, fillers, plus, has_plus = 0, 0, False, False
        for place, placed in enumerate(self.tokens):
            token = placed.token
            if token.kind == "number":
                if plus and count > 6:
                    yield Run(pieces, places, has_plus=has_plus)
                    pieces, places, count = [], [], 0
                if not pieces:
                    has_plus = plus
                pieces.append(placed)
                places.append(place)
                count, fillers, plus = count + len(token.text), 0, False
                continue
            plus = token.text == "+"
            fillers += token.kind == "word"
            if pieces and not (fillers <= MOST_FILLERS and self._joins(token)):
                yield Run(pieces, places, has_plus=has_plus)
                pieces, places, count, fillers = [], [], 0, 0
        if pieces:
            yield Run(pieces, places, has_plus=has_plus)

    def _joins(self, token: Token) -> bool:
        if token.kind in ("mark", "symbol"):
            return token.text in _JOINTS
        return token.kind == "word" and token.text in self.lexicon.fillers

    # -- what announces a number ---------------------------------------------------------------------------

    @cached_property
    def cues(self) -> dict[str, list[int]]:
        """By kind, the places of tokens with which something announces it; of earlier texts they are < 0."""
        words, places = list(self._before), list(range(-len(self._before), 0))
        for place, (_, token) in enumerate(self.tokens):
            if token.kind != "mark":
                words.append(token.text)
                places.append(place)
        heard = self.lexicon.cues.heard(words)
        return {kind: [places[index] for index in indexes] for kind, indexes in heard.items()}

    def told(self, kind: str, place: int) -> int:
        """Where the last words end that announce this kind shortly before a token; `NOWHERE`: none do."""
        places = self.cues.get(kind, ())
        index = bisect_left(places, place) - 1
        return places[index] if index >= 0 and places[index] >= place - CUE_TOKENS else NOWHERE

    def is_told(self, kind: str, place: int) -> bool:
        return self.told(kind, place) != NOWHERE

    def is_told_after(self, kind: str, place: int) -> bool:
        """Whether words that name this kind follow a token: `... is my phone number`."""
        places = self.cues.get(kind, ())
        index = bisect_right(places, place)
        return index < len(places) and places[index] <= place + AFTER_TOKENS

    def word_before(self, place: int) -> str:
        """The word right before a token, or nothing."""
        token = self.tokens[place - 1].token if place else None
        return token.text if token and token.kind == "word" else ""

    def next_word(self, place: int) -> str:
        """The word right after a token, or nothing."""
        following = self.tokens[place + 1 : place + 3]
        if following and following[0].token.text == "-":
            following = following[1:]
        return following[0].token.text if following and following[0].token.kind == "word" else ""


def covering(kind: str, tokens: Iterable[Placed], confidence: float) -> Iterator[Found]:
    """One finding for each text the tokens stand in, over all that lies between them."""
    parts: dict[int, tuple[int, int]] = {}
    for part, token in tokens:
        start, _ = parts.get(part, (token.start, 0))
        parts[part] = (start, token.end)
    for part, (start, end) in parts.items():
        yield Found(kind, part, start, end, confidence)
