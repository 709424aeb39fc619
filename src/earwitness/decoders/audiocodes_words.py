"""What is said on an AudioCodes leg. Nothing there has an id that lasts, so ids are given here."""

import math
from collections.abc import Iterator
from typing import Any

from earwitness.model.events import Event, MessageClosed, MessageOpened, Party, Role, Stamp, TextArrived


class Words:
    """The messages of one leg."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._open: set[str] = set()
        self._guessed: dict[Party, str] = {}  # what the party is saying right now
        self._last: str | None = None  # opened last
        self._places: dict[Party, str | None] = {}  # what was opened last when the party began to speak

    def name(self, wish: str) -> str:
        """An id that no message has yet: the wish, or the wish with a number."""
        self._counts[wish] = count = self._counts.get(wish, 0) + 1
        return wish if count == 1 else self.name(f"{wish}#{count}")

    def is_known(self, item: str) -> bool:
        return item in self._counts

    def mark_place(self, party: Party) -> None:
        """The party begins to speak. Its words may come when the answer to them is known already."""
        self._places[party] = self._last

    def say(
        self, seen: Stamp, role: Role, item: str, text: str, confidence: float | None = None
    ) -> Iterator[Event]:
        """A message whose words are known at once; `close` ends it."""
        self._open.add(item)
        self._last = item
        yield MessageOpened(seen=seen, item=item, role=role)
        yield TextArrived(seen=seen, item=item, text=text, is_whole=True, confidence=confidence)

    def _hear(self, seen: Stamp, party: Party, text: str, confidence: float | None = None) -> Iterator[Event]:
        """A new message of what the party said, where it began to say it."""
        item = self._guessed[party] = self.name(party)
        self._open.add(item)
        place = self._places.pop(party, self._last)
        is_late = place != self._last
        self._last = self._last if is_late else item
        yield MessageOpened(
            seen=seen,
            item=item,
            role=Role.USER if party is Party.CALLER else Role.ASSISTANT,
            party=None if party is Party.CALLER else party,
            previous=place if is_late else None,
            is_first=is_late and place is None,
        )
        yield TextArrived(seen=seen, item=item, text=text, is_whole=True, confidence=confidence)

    def close(self, seen: Stamp, item: str | None) -> Iterator[Event]:
        """Once for each message."""
        if item in self._open:
            self._open.discard(item)
            yield MessageClosed(seen=seen, item=item)

    def guess(self, seen: Stamp, party: Party, text: str) -> Iterator[Event]:
        """What the party seems to be saying, so far as it was understood; a later guess replaces it."""
        if party in self._guessed:
            yield TextArrived(seen=seen, item=self._guessed[party], text=text, is_whole=True)
        elif text:
            yield from self._hear(seen, party, text)

    def recognise(self, seen: Stamp, party: Party, text: str, confidence: float | None) -> Iterator[Event]:
        """What the party said."""
        if party in self._guessed:
            item = self._guessed[party]
            yield TextArrived(seen=seen, item=item, text=text, is_whole=True, confidence=confidence)
        elif text:
            yield from self._hear(seen, party, text, confidence)
        yield from self.close(seen, self._guessed.pop(party, None))


def confidence_of(body: dict[str, Any]) -> float | None:
    """Between 0 and 1, also where it came as text."""
    value = body.get("confidence")
    try:
        number = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else -1
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number <= 1 else None
