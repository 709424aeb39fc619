"""E-mail addresses, written or spoken."""

import re
from collections.abc import Iterator, Sequence

from earwitness.redaction.found import Found
from earwitness.redaction.languages.table import words
from earwitness.redaction.lexicon import Token
from earwitness.redaction.runs import Line, covering

# Local part and domain as RFC 5321, 4.1.2 and 4.5.3.1 have them, without quoted strings.
_WRITTEN = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{1,64}@[^\W_](?:[\w-]{0,62})(?:\.[\w-]{1,63}){1,8}")
_ENDS = words(
    "com net org edu gov io co uk us es mx de fr it pt br ar cl pe info biz app dev ai me tv ca au nz in eu "
    "cat ch at be nl ie pl se no dk fi jp cn online cloud tech"
)
_MAILERS = words("gmail googlemail hotmail yahoo outlook icloud aol proton protonmail gmx live msn web")
_JOINTS = frozenset("._-+")
_MOST_ATOMS = 24  # of a name that is spelled out
_MOST_DOMAIN_WORDS = 4
_ATOMS = ("word", "number", "opaque", "ordinal")


def written(part: int, text: str) -> Iterator[Found]:
    """Addresses as they are written."""
    for match in _WRITTEN.finditer(text) if "@" in text else ():
        yield Found("email", part, match.start(), match.end(), 0.99)


def spoken(line: Line) -> Iterator[Found]:
    """Addresses as they are spoken: `john dot smith at example dot com`."""
    tokens = [placed.token for placed in line.tokens]
    for place, token in enumerate(tokens):
        if token.text == "@":
            stop = _domain_end(tokens, place + 1)
            first, is_built = _local_start(tokens, place)
            if stop and first < place and (is_built or _is_meant(line, first, place)):
                yield from covering("email", line.tokens[first:stop], 0.9 if is_built else 0.7)


def _domain_end(tokens: Sequence[Token], place: int) -> int:
    """The place after the domain that begins here; 0: none does."""
    at, words = place, 0
    while at < len(tokens) and (tokens[at].kind in _ATOMS or tokens[at].text == "-"):
        at, words = at + 1, words + 1
        if words > _MOST_DOMAIN_WORDS:
            return 0
    end = 0
    while words and at + 1 < len(tokens) and _is_joint(tokens, at, ".") and tokens[at + 1].kind in _ATOMS:
        end = at + 2 if tokens[at + 1].text in _ENDS else end
        at += 2
    return end


def _local_start(tokens: Sequence[Token], at: int) -> tuple[int, bool]:
    """Where the name before an `@` begins, and whether it is built as only addresses are."""
    first, is_built = at - 1, False
    if first < 0 or tokens[first].kind not in _ATOMS:
        return at, False
    while first > 0 and at - first < _MOST_ATOMS:
        if first > 1 and _is_joint(tokens, first - 1) and tokens[first - 2].kind in _ATOMS:
            first, is_built = first - 2, True
        elif _is_spelled(tokens[first - 1], tokens[first]):
            first, is_built = first - 1, True
        else:
            break
    return first, is_built


def _is_joint(tokens: Sequence[Token], place: int, joints: str = "._-+") -> bool:
    """A spoken dot or the like; a written one only where nothing stands around it."""
    token = tokens[place]
    if token.text not in joints:
        return False
    if token.kind == "symbol":
        return True
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    return tokens[place - 1].end == token.start and after is not None and after.start == token.end


def _is_spelled(before: Token, after: Token) -> bool:
    """Whether two atoms that nothing joins are one name: letters one by one, digits after a name."""
    if before.kind not in _ATOMS or before.text in ("a", "i", "y", "e", "o") or before.kind == "opaque":
        return before.kind == "word" and len(after.text) == 1 and after.kind == "word"
    return len(before.text) == 1 or (after.kind == "number" and len(before.text) > 2)


def _is_meant(line: Line, first: int, at: int) -> bool:
    """Whether one word before an `@` is a name and not `look at example dot com`."""
    sign = line.tokens[at].token
    if line.tokens[first].token.text in line.lexicon.no_local_part:
        return False
    if sign.end - sign.start > len("at"):
        return True  # `arroba` and its like have no other meaning
    before = line.tokens[first - 1].token.text if first else ""
    domain = line.tokens[at + 1].token.text
    return domain in _MAILERS or before in line.lexicon.email_leads or line.is_told("email", first)
