"""JSON pointers (RFC 6901): where in a message a value stands."""

import re
from typing import Any

Steps = tuple[str, ...]

_PLACE = re.compile(r"0|[1-9][0-9]{0,8}")  # longer no list is


def steps_of(pointer: str) -> Steps | None:
    """The keys on the way, unescaped (RFC 6901, section 4). None for no pointer: the whole is never meant."""
    if not pointer.startswith("/"):
        return None
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def value_at(document: Any, steps: Steps | None) -> Any:
    """What stands there; None where nothing does, or where there is no way."""
    if steps is None:
        return None
    for step in steps:
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list):
            place = int(step) if _PLACE.fullmatch(step) else len(document)
            document = document[place] if place < len(document) else None
        else:
            return None
    return document
