"""What everybody may see of a message of the wire: how it is built, and no word of what was said.

Words come in pieces, so that no single message shows whether they must be hidden: all are. Which words stand
where is told by the events, masked.
"""

import json
import re
from typing import Any

from earwitness.redaction.masks import MASKS
from earwitness.redaction.values import DEEPEST

# Names whose values say what something is, or which thing it is.
_TELLING = frozenset(
    {
        *("type", "event", "role", "status", "object", "model", "voice", "provider", "way", "route", "track"),
        *("event_id", "item_id", "previous_item_id", "response_id", "call_id", "leg", "conversation"),
        *("streamSid", "callSid", "encoding", "format", "phase"),
    }
)
_COUNTING = ("_index", "_ms", "_ns", "rate")  # with which the names of harmless numbers end
_PLAIN = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
_NAME = re.compile(r"[A-Za-z_.-][A-Za-z0-9_.-]{0,63}")


def outline(payload: bytes) -> bytes:
    """The payload with everything withheld that may be words, numbers or sound of somebody.

    JSON stays JSON, with its names; anything else is withheld whole.
    """
    try:
        data = json.loads(payload)
    except (ValueError, RecursionError):
        return MASKS["withheld"].encode()
    return json.dumps(_outlined(data, "", 0), ensure_ascii=False).encode()


def _outlined(value: Any, name: str, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if depth > DEEPEST:
        return MASKS["withheld"]
    if isinstance(value, dict):
        return {_shown(key): _outlined(item, key, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_outlined(item, name, depth + 1) for item in value]
    if isinstance(value, str):
        return value if name in _TELLING and _PLAIN.fullmatch(value) else MASKS["withheld"]
    return value if name.endswith(_COUNTING) else MASKS["withheld"]


def _shown(name: str) -> str:
    has_number = sum(map(str.isdigit, name)) > 2
    return name if _NAME.fullmatch(name) and not has_number else MASKS["withheld"]
