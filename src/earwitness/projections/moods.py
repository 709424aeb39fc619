"""How people sounded: sentiment and emotion of each side over time, and of the caller after each answer.

Sentiment is what the provider says, else what is derived from its scores or from the words; `source` tells.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from earwitness.model.conversation import Conversation, Message
from earwitness.model.events import Party
from earwitness.projections.moments import milliseconds

WORTH = {"positive": 100, "neutral": 50, "negative": 0}
DECIDED = 12  # a mean farther from neutral than this is no balance of both
SIDES = (Party.CALLER, Party.AGENT)


def balance(conversation: Conversation, party: Party = Party.CALLER) -> int | None:
    """Mean of a side's messages, 0 (all negative) to 100 (all positive); None where nothing is known."""
    worth = [WORTH[m.sentiment] for m in conversation.messages if m.party is party and m.sentiment in WORTH]
    return round(sum(worth) / len(worth)) if worth else None


def word(score: int | None) -> str | None:
    """A balance in one word."""
    if score is None:
        return None
    lean = score - WORTH["neutral"]
    return "positive" if lean > DECIDED else "negative" if lean < -DECIDED else "neutral"


def sentiment(conversation: Conversation) -> dict[str, Any]:
    """By side: how many messages of which, their balance and its word; and who says so."""
    sources = Counter(m.sentiment_source for m in conversation.messages if m.sentiment_source)
    return {**{party.value: _side(conversation, party) for party in SIDES}, "sources": dict(sources)}


def _side(conversation: Conversation, party: Party) -> dict[str, Any]:
    counted = Counter(m.sentiment for m in conversation.messages if m.party is party)
    score = balance(conversation, party)
    return {**{name: counted[name] for name in WORTH}, "score": score, "sentiment": word(score)}


def over_time(conversation: Conversation) -> list[dict[str, Any]]:
    """Every message of which a sentiment or an emotion is known, in order."""
    return [_mood(message) for message in conversation.messages if _is_known(message)]


def after_agent_turns(conversation: Conversation) -> list[dict[str, Any]]:
    """For each turn of the agent how the caller's next message sounded: what the answer did to them."""
    return list(_after(conversation))


def _after(conversation: Conversation) -> Iterator[dict[str, Any]]:
    answer: Message | None = None
    for message in conversation.messages:
        if message.party is Party.CALLER and message.text:
            if answer is not None and _is_known(message):
                yield {
                    "agent_message": answer.key,
                    "agent_ended_ms": milliseconds(answer.ended_ns),
                    **_mood(message),
                }
            answer = None
        elif message.party in (Party.AGENT, Party.HUMAN_AGENT) and not message.is_inserted:
            answer = message


def _is_known(message: Message) -> bool:
    return message.sentiment is not None or any(message.emotions.values())


def _mood(message: Message) -> dict[str, Any]:
    name, score, producer = strongest(message)
    return {
        "message": message.key,
        "party": message.party.value if message.party else None,
        "at_ms": milliseconds(message.started_ns),
        "sentiment": message.sentiment,
        "source": message.sentiment_source,
        "emotion": name,
        "score": score,
        "producer": producer,
    }


class _Felt(Protocol):
    @property
    def key(self) -> str: ...

    @property
    def sentiment(self) -> str | None: ...

    @property
    def sentiment_source(self) -> str | None: ...


def with_sentiment(messages: Iterable[Message], kept: Iterable[_Felt]) -> Iterator[Message]:
    """The messages with the sentiments that are kept of them."""
    known = {row.key: row for row in kept}
    for message in messages:
        row = known.get(message.key)
        if row is None or message.sentiment is not None:
            yield message
        else:
            yield replace(message, sentiment=row.sentiment, sentiment_source=row.sentiment_source)


def strongest(message: Message) -> tuple[str | None, float | None, str | None]:
    """The emotion with the highest score of all producers, its score, and who scored it."""
    found = [
        (*max(zip(scores.values(), scores, strict=True)), producer)
        for producer, scores in message.emotions.items()
        if scores
    ]
    if not found:
        return None, None, None
    score, name, producer = max(found)
    return name, round(score, 4), producer
