"""Metadata, arguments and other data that is not a plain text: every string in it is looked at."""

import json
import re
from collections.abc import Callable
from typing import Any

from earwitness.redaction.detect import LONGEST_READ
from earwitness.redaction.found import Found
from earwitness.redaction.numbers import SHORTEST_PHONE

DEEPEST = 40  # what is nested deeper is withheld
SHORTEST_NUMBER = 3  # digits of a JSON number that is looked at, and characters of a text
EACH = 64  # characters that looking at a string costs besides its own
UNITS = frozenset({"ns", "us", "ms", "hz", "bytes"})  # a JSON number whose name ends so is a measure
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

# (text, what announces it, characters to be looked at closely) -> as shown, what was found
Mask = Callable[[str, str, int], tuple[str, list[Found]]]


class Values:
    """Masks within data. The names under which a value stands announce it: `{"cvv": "123"}`.

    `is_announced`: whether such names may announce a number of few digits.
    """

    def __init__(self, mask: Mask, is_announced: Callable[[str], bool]) -> None:
        self._mask, self._is_announced = mask, is_announced
        self._left = LONGEST_READ  # characters of all its strings together
        self.found: list[Found] = []

    def of(self, value: Any, names: str = "", depth: int = 0) -> Any:
        """The value as it may be shown; the same object where nothing in it is masked."""
        if depth > DEEPEST:
            return "[withheld]"
        if isinstance(value, str):
            return self._text(value, names)
        if isinstance(value, dict):
            return self._object(value, names, depth)
        if isinstance(value, list | tuple):
            items = [self.of(item, names, depth + 1) for item in value]
            return value if all(a is b for a, b in zip(items, value, strict=True)) else type(value)(items)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._number(value, names)
        return value

    def _object(self, value: dict[Any, Any], names: str, depth: int) -> dict[Any, Any]:
        new: dict[Any, Any] = {}
        for key, item in value.items():
            shown = self._text(key, names) if isinstance(key, str) else key
            new[shown] = self.of(item, f"{names} {_spaced(key)}", depth + 1)
        return value if all(key in new and new[key] is item for key, item in value.items()) else new

    def json(self, text: str, names: str = "") -> str:
        """JSON text as it may be shown; a text that is no JSON is looked at as words."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            return self._text(text, names)
        new = self.of(data, names)
        return text if new is data else json.dumps(new, ensure_ascii=False)

    def _text(self, text: str, names: str) -> str:
        is_short = len(text) < SHORTEST_PHONE and not self._left  # then only what is announced counts
        if len(text) < SHORTEST_NUMBER or (is_short and not self._is_announced(names)):
            return text
        shown, found = self._mask(text, names, self._left)
        self._left = max(0, self._left - len(text) - EACH)
        self.found += found
        return shown if found else text

    def _number(self, value: float, names: str) -> Any:
        digits = str(value)
        if not digits.isdigit() or len(digits) < SHORTEST_NUMBER:
            return value
        if names.rpartition(" ")[2].lower() in UNITS:
            return value
        if len(digits) < SHORTEST_PHONE and not self._is_announced(names):
            return value
        shown = self._text(digits, names)
        return value if shown == digits else shown


def _spaced(name: Any) -> str:
    """`cardNumber` and `card_number` as the words they are."""
    return _HUMP.sub(" ", str(name)[:200]).replace("_", " ").replace("-", " ")
