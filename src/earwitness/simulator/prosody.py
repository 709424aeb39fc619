"""How a line sounds, in the 48 scores that Hume gives: each name as on the wire, each score by itself."""

import zlib

_LISTED = """
    Admiration, Adoration, Aesthetic Appreciation, Amusement, Anger, Anxiety, Awe, Awkwardness, Boredom,
    Calmness, Concentration, Confusion, Contemplation, Contempt, Contentment, Craving, Desire, Determination,
    Disappointment, Disgust, Distress, Doubt, Ecstasy, Embarrassment, Empathic Pain, Entrancement, Envy,
    Excitement, Fear, Guilt, Horror, Interest, Joy, Love, Nostalgia, Pain, Pride, Realization, Relief,
    Romance, Sadness, Satisfaction, Shame, Surprise (negative), Surprise (positive), Sympathy, Tiredness,
    Triumph
"""
NAMES = tuple(" ".join(name.split()) for name in _LISTED.split(","))
NOISE = 0.04  # no voice scores nothing; so much a feeling gets that is not there
EVERYDAY = {"Calmness": 0.31, "Interest": 0.27}


def scores(line: str, feels: dict[str, float]) -> dict[str, float]:
    """All names, in the wire's order; the same for the same line each time."""
    noise = {name: zlib.crc32(f"{line} {name}".encode()) % 1000 * NOISE / 1000 for name in NAMES}
    return {name: (feels or EVERYDAY).get(name, round(noise[name], 6)) for name in NAMES}
