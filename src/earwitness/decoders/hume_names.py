"""The names of Hume EVI: what is passed over and why, the scores as they stand on the wire, other sockets."""

import re

PASSED_OVER = {
    "assistant_input": "a wish; what is spoken of it comes in assistant_message",
    "pause_assistant_message": "a wish; that the agent is silent shows by itself",
    "resume_assistant_message": "a wish; that the agent speaks again shows by itself",
}

_SCORES = """
    Admiration, Adoration, Aesthetic Appreciation, Amusement, Anger, Anxiety, Awe, Awkwardness, Boredom,
    Calmness, Concentration, Confusion, Contemplation, Contempt, Contentment, Craving, Desire,
    Determination, Disappointment, Disgust, Distress, Doubt, Ecstasy, Embarrassment, Empathic Pain,
    Entrancement, Envy, Excitement, Fear, Guilt, Horror, Interest, Joy, Love, Nostalgia, Pain, Pride,
    Realization, Relief, Romance, Sadness, Satisfaction, Shame, Surprise (negative), Surprise (positive),
    Sympathy, Tiredness, Triumph
"""
SCORES = tuple(name.strip() for name in _SCORES.split(","))

OTHER_SOCKETS = {  # by what their path holds
    "/stream/models": "Hume expression measurement",
    "/tts/": "Hume text to speech",
}

_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]")


def snake(name: str) -> str:
    """`chatGroupId`, as the JavaScript client and its exports have it, is `chat_group_id` on the wire."""
    return _HUMP.sub(lambda hump: f"_{hump[0].lower()}", name)


def _letters(name: str) -> str:
    return "".join(filter(str.isalpha, name)).lower()


_WIRE_NAMES = {_letters(name): name for name in SCORES}


def score_name(name: str) -> str:
    """`surpriseNegative` is `Surprise (negative)` on the wire; a name that is not known stays as it is."""
    return _WIRE_NAMES.get(_letters(name), name)
