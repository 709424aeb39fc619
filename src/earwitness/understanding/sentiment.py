"""Sentiment of English words where no provider says any: by VADER, a list of words and rules for them.

A heuristic, and marked as one: it knows no sarcasm and no "two hours in the queue". Politeness is no mood:
who orders with a please and a thank you is not pleased yet, so formulas are taken out before. Only what
redaction left goes in. Without the extra `sentiment` there is none, and `missing` says so.
"""

import functools
import re
from dataclasses import replace
from typing import Any

from earwitness.model.conversation import Conversation, Message
from earwitness.model.events import Role

SOURCE = "heuristic:vader"
DECIDED = 0.2  # of its compound score, -1 to 1; at the 0.05 of its authors "number" alone is a good mood
MISSING = "sentiment is not reckoned: install the extra `sentiment`, or set understanding.sentiment to off"
_WORDS = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_MASK = re.compile(r"[xX*]{3}|@")  # within a word: kisses, to a list of words
_FORMULAS = re.compile(
    r"\b(?:please|(?:no )?(?:thank you|thanks)(?! so much| very much)|good (?:morning|afternoon|evening|day)"
    r"|(?:you're |you are )?welcome|have a (?:nice|good|great) (?:day|one|evening)|hello|excuse me|sorry"
    r"|(?:i'd|i would|would you) like|help|yes|okay|sure|all right|no problem|no(?=[,.!?]|$))\b",
    re.IGNORECASE,
)
LONGEST_TEXT = 20_000  # letters of one message that are looked at: half an hour of talk
_SHARE = 0.25  # of a text's words that must be everyday English ones; the list below holds about half
_EVERYDAY = frozenset(
    _WORDS.findall(
        "i i'm i've i'd i'll you you're your he's she it it's we they the and that that's this these "
        "those is are were am be been being have has had having don't doesn't didn't does did can't "
        "could would should of to for with from about at by my our their his her what's when where "
        "which who why how not but if then than because just like want need get got give take make "
        "know think please thanks thank hello hi bye goodbye yes yeah sorry very really good great "
        "nice bad there here some any one two call number order help today tomorrow now time day much "
        "well let looking going right wait waiting what can"
    )
)


@functools.cache
def analyzer() -> Any | None:
    """VADER's; None where it is not installed."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError:
        return None
    return SentimentIntensityAnalyzer()


def missing() -> str:
    """Why no sentiment is reckoned here; empty where it is."""
    return MISSING if analyzer() is None else ""


def judged(conversation: Conversation) -> Conversation:
    """With the sentiment of every message that is whole and of which no provider says any."""
    if analyzer() is None or conversation.is_withheld:
        return conversation
    return replace(conversation, messages=tuple(_judged(each) for each in conversation.messages))


def _judged(message: Message) -> Message:
    if message.sentiment is not None or message.status == "open" or message.role is Role.SYSTEM:
        return message
    found = sentiment_of(message.text)
    return message if found is None else replace(message, sentiment=found, sentiment_source=SOURCE)


@functools.lru_cache(maxsize=8192)  # a running call is looked at again and again
def sentiment_of(text: str) -> str | None:
    """`positive`, `negative` or `neutral`; None for words that are not English, or none."""
    said = " ".join(word for word in text[:LONGEST_TEXT].split() if not _MASK.search(word))
    words = [word.lower() for word in _WORDS.findall(said)]
    known = sum(word in _EVERYDAY for word in words)
    judge = analyzer()
    if judge is None or not words or known < _SHARE * len(words):
        return None
    compound = judge.polarity_scores(_FORMULAS.sub(" ", said))["compound"]
    return "positive" if compound >= DECIDED else "negative" if compound <= -DECIDED else "neutral"
