"""Metadata, arguments and other data that is not a plain text: every string in it is looked at."""

import json
import re
from collections.abc import Callable
from typing import Any

from earwitness.redaction.found import Found

DEEPEST = 40  # what is nested deeper is withheld
SHORTEST_NUMBER = 3  # digits of a JSON number that is looked at
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

Mask = Callable[[str, str], tuple[str, list[Found]]]  # (text, what announces it) -> as shown, what was found


class Values:
    """Masks within data. The names under which a value stands announce it: `{"cvv": "123"}`."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self.found: list[Found] = []

    def of(self, value: Any, names: str = "", depth: int = 0) -> Any:
        """The value as it may be shown; the same object where nothing in it is masked."""
        if depth > DEEPEST:
            return "[withheld]"
        if isinstance(value, str):
            return self._text(value, names)
        if isinstance(value, dict):
            new = {key: self.of(item, f"{names} {_spaced(key)}", depth + 1) for key, item in value.items()}
            return value if all(new[key] is item for key, item in value.items()) else new
        if isinstance(value, list | tuple):
            items = [self.of(item, names, depth + 1) for item in value]
            return value if all(a is b for a, b in zip(items, value, strict=True)) else type(value)(items)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(value, names)
        return value

    def json(self, text: str, names: str = "") -> str:
        """JSON text as it may be shown; a text that is no JSON is looked at as words."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return self._text(text, names)
        new = self.of(data, names)
        return text if new is data else json.dumps(new, ensure_ascii=False)

    def _text(self, text: str, names: str) -> str:
        shown, found = self._mask(text, names)
        self.found += found
        return shown if found else text

    def _number(self, value: float, names: str) -> Any:
        digits = str(value)
        if not digits.isdigit() or len(digits) < SHORTEST_NUMBER:
            return value
        shown, found = self._mask(digits, names)
        self.found += found
        return shown if found else value


def _spaced(name: Any) -> str:
    """`cardNumber` and `card_number` as the words they are."""
    return _HUMP.sub(" ", str(name)[:200]).replace("_", " ").replace("-", " ")
