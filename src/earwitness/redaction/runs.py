"""Digits that are said one after the other, however they are broken up: over pauses, blocks and messages."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from earwitness.redaction.found import Found
from earwitness.redaction.lexicon import Lexicon, Token

MOST_FILLERS = 3  # words between two blocks of one number
CUE_TOKENS = 14  # so far before a number stands what announces it
AFTER_TOKENS = 6
_JOINTS = frozenset("-.,/()·–—+: \u2011")


class Placed(NamedTuple):
    """A token, and in which of the texts it stands."""

    part: int
    token: Token


@dataclass(slots=True)
class Run:
    """Digits in a row. `first` and `last` are places in the line of tokens."""

    pieces: list[Placed] = field(default_factory=list)
    first: int = 0
    last: int = 0
    has_plus: bool = False

    @property
    def digits(self) -> str:
        return "".join(piece.token.text for piece in self.pieces)

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(piece.token.text) for piece in self.pieces)

    @property
    def is_spoken(self) -> bool:
        return any(piece.token.is_spoken for piece in self.pieces)


class Line:
    """The tokens of texts that one party said one after the other, and what was said before them."""

    def __init__(self, parts: Sequence[list[Token]], before: Sequence[str], lexicon: Lexicon) -> None:
        self.tokens = [Placed(part, token) for part, tokens in enumerate(parts) for token in tokens]
        self.before = list(before)[-CUE_TOKENS:]  # plain words
        self.lexicon = lexicon

    @cached_property
    def runs(self) -> list[Run]:
        return list(self._runs())

    def _runs(self) -> Iterator[Run]:
        run, fillers, plus = Run(), 0, False
        for place, placed in enumerate(self.tokens):
            token = placed.token
            if token.kind == "number":
                if run.pieces and plus and len(run.digits) > 6:
                    yield run
                    run = Run()
                if not run.pieces:
                    run.first, run.has_plus = place, plus
                run.pieces.append(placed)
                run.last, fillers, plus = place, 0, False
                continue
            plus = token.text == "+"
            fillers += token.kind == "word"
            if run.pieces and not (fillers <= MOST_FILLERS and self._joins(token)):
                yield run
                run, fillers = Run(), 0
        if run.pieces:
            yield run

    def _joins(self, token: Token) -> bool:
        if token.kind in ("mark", "symbol"):
            return token.text in _JOINTS
        return token.kind == "word" and token.text in self.lexicon.fillers

    def words_before(self, place: int) -> str:
        """The plain words that stand before a token, nearest last, with those of earlier texts if need be."""
        own = [
            p.token.text for p in self.tokens[max(0, place - CUE_TOKENS) : place] if p.token.kind != "mark"
        ]
        missing = CUE_TOKENS - len(own) if place <= CUE_TOKENS else 0
        return " ".join([*(self.before[-missing:] if missing else ()), *own])

    def words_after(self, place: int) -> str:
        after = self.tokens[place + 1 : place + 1 + AFTER_TOKENS]
        return " ".join(p.token.text for p in after if p.token.kind != "mark")

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
