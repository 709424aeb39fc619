"""The conversation as the fake voice AI remembers it: items in a chain."""

from dataclasses import dataclass
from typing import Any

Item = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Kept:
    """An item, the sound of its one audio part, and how long that is."""

    item: Item
    audio: bytes = b""
    audio_ms: float = 0.0


class Items:
    """All items in conversation order."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._kept: dict[str, Kept] = {}

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._kept

    def get(self, item_id: str) -> Kept | None:
        return self._kept.get(item_id)

    @property
    def last(self) -> str | None:
        return self._order[-1] if self._order else None

    def add(self, kept: Kept, after: str | None = None) -> str | None:
        """Puts the item behind `after`, at the head for `root`, else at the end. Returns what it follows."""
        place = len(self._order)
        if after == "root":
            place = 0
        elif after is not None:
            place = self._order.index(after) + 1
        self._order.insert(place, kept.item["id"])
        self._kept[kept.item["id"]] = kept
        return self._order[place - 1] if place else None

    def before(self, item_id: str) -> str | None:
        place = self._order.index(item_id)
        return self._order[place - 1] if place else None

    def remove(self, item_id: str) -> None:
        self._order.remove(item_id)
        del self._kept[item_id]
