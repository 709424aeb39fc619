"""From scores of expression to a sentiment, by a rule of our own that is stated here.

Producers score dozens of expressions, each by itself: the scores are no shares of a whole. Ours is a reading
of them, and marked as one wherever it is shown.
"""

import math
import re

SENTIMENTS = frozenset({"positive", "negative", "neutral"})
# Expressions named as Hume's prosody model names them; other producers use some of the same words. What is
# pleasant or not by the situation alone (calmness, interest, concentration) counts for neither.
PLEASANT = """
    admiration, adoration, aesthetic appreciation, amusement, awe, contentment, ecstasy, excitement, joy,
    love, pride, relief, romance, satisfaction, surprise (positive), triumph, happiness, gratitude
"""
UNPLEASANT = """
    anger, anxiety, awkwardness, boredom, contempt, disappointment, disgust, distress, doubt, embarrassment,
    empathic pain, envy, fear, guilt, horror, pain, sadness, shame, surprise (negative), frustration
"""
MARGIN = 1.5  # one side must outweigh the other by half; less is the noise of forty small scores


def _plain(name: str) -> str:
    """`Surprise (negative)` and `surpriseNegative` are one name."""
    return re.sub(r"[^a-z]", "", name.lower())


_PLEASANT = frozenset(map(_plain, PLEASANT.split(",")))
_UNPLEASANT = frozenset(map(_plain, UNPLEASANT.split(",")))


def usable(scores: dict[str, float]) -> dict[str, float]:
    """The scores that are numbers, as the producer gave them."""
    return {name: score for name, score in scores.items() if math.isfinite(score)}


def sentiment_of(scores: dict[str, float]) -> str | None:
    """`positive` where the pleasant expressions together outweigh the unpleasant by `MARGIN`, `negative` the
    other way round, else `neutral`. None: there is no name among them that we know.
    """
    names = {name: _plain(name) for name in scores}
    pleasant = [max(0.0, scores[name]) for name, plain in names.items() if plain in _PLEASANT]
    unpleasant = [max(0.0, scores[name]) for name, plain in names.items() if plain in _UNPLEASANT]
    if not pleasant and not unpleasant:
        return None
    if sum(pleasant) > MARGIN * sum(unpleasant):
        return "positive"
    return "negative" if sum(unpleasant) > MARGIN * sum(pleasant) else "neutral"
