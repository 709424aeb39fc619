"""Which messages belong together because a number or an address goes on from one into the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from earwitness.model.conversation import Message
from earwitness.redaction.lexicon import Token

MOST_BETWEEN = 2  # messages of others in the middle of a number: "go on"
LONGEST = 24  # messages
CONTEXT = 4  # messages before, in which what comes may have been announced


@dataclass(slots=True)
class Chain:
    """Places of messages of one party that are looked at as one text."""

    places: list[int] = field(default_factory=list)


def chains(messages: Sequence[Message], tokens: Sequence[list[Token]]) -> Iterator[Chain]:
    """Every message with words, in exactly one chain."""
    open_chains: dict[str, Chain] = {}
    for place, message in enumerate(messages):
        if not message.text:
            continue
        who = str(message.party or message.role)
        chain = open_chains.get(who)
        if chain is not None and not _goes_on(chain, place, tokens):
            yield chain
            chain = None
        if chain is None:
            chain = open_chains[who] = Chain()
        chain.places.append(place)
    yield from open_chains.values()


def before(messages: Sequence[Message], chain: Chain) -> str:
    """What was said before the chain, the last words last."""
    first = chain.places[0]
    return " . ".join(message.text[-200:] for message in messages[max(0, first - CONTEXT) : first])


def _goes_on(chain: Chain, place: int, tokens: Sequence[list[Token]]) -> bool:
    last = chain.places[-1]
    if place - last - 1 > MOST_BETWEEN or len(chain.places) >= LONGEST:
        return False
    ends, begins = _words(tokens[last])[-3:], _words(tokens[place])[:3]
    if not ends or not begins:
        return False
    if begins[0].text == "@" or ends[-1].kind == "symbol":
        return True
    return any(token.kind in _CARRIERS for token in ends) and any(t.kind in _CARRIERS for t in begins)


_CARRIERS = ("number", "opaque", "symbol")


def _words(tokens: list[Token]) -> list[Token]:
    """Without punctuation; only the ends are ever asked for."""
    ends = tokens if len(tokens) <= 24 else [*tokens[:12], *tokens[-12:]]
    return [token for token in ends if token.kind != "mark"]
