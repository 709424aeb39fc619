"""How a message felt, as columns."""

from typing import Any

from earwitness.model.conversation import Message
from earwitness.store.types import clip


def of_message(message: Message) -> dict[str, Any]:
    """Of several producers' scores those the sentiment is derived from, else the first that came.

    Where nobody said how sure the recognition was, confidence is the highest of these scores.
    """
    producer = (message.sentiment_source or "").removeprefix("derived:")
    if producer not in message.emotions:
        producer = next(iter(message.emotions), "")
    scores = message.emotions.get(producer)
    confidence, source = message.confidence, None if message.confidence is None else "provider"
    if confidence is None and scores:
        confidence, source = max(scores.values()), f"derived:{producer}"
    return {
        "confidence": confidence,
        "confidence_source": source if source is None else clip(source),
        "sentiment": message.sentiment,
        "sentiment_source": None if message.sentiment_source is None else clip(message.sentiment_source),
        "emotion_scores": scores,
    }
