"""Messages that an application saved one by one, over HTTP: each record is one of them.

The record's text, as `capture.ingest` writes it: a JSON object with `message_id` (the number it was
acknowledged by), `role`, `content`, `said_at_ns` (by the sender's clock, since the epoch), `timestamp` (the
same as it was sent), and the provider's ids, `provider_conversation_id` and `provider_message_id`, as far as
the sender gave them.
"""

from bisect import bisect_right
from typing import Any

from earwitness.decoders.wire import INT64, Unreadable, id_of, read_object, text_of, whole_of
from earwitness.journal.record import Opened, Record
from earwitness.model.events import (
    Event,
    LegIdentified,
    MessageClosed,
    MessageOpened,
    Party,
    Role,
    Stamp,
    TextArrived,
    Undecoded,
)


class SavedMessages:
    """Messages take their places by when they were said; of the same moment, by when they came.

    No sound of theirs was seen, so none is claimed to have been heard.
    """

    def __init__(self, opened: Opened) -> None:
        self._conversation: str | None = None
        self._order: list[tuple[int, int]] = []  # when it was said, its number; sorted
        self._items: dict[int, str] = {}  # by number

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        try:
            body = read_object(record.payload)
            return [*self._identify(body, seen), *self._message(body, seen)]
        except Unreadable as error:
            return [Undecoded(seen=seen, reason=str(error), name="saved message")]

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        return []

    def skipped(self) -> None:
        pass

    def _identify(self, body: dict[str, Any], seen: Stamp) -> list[Event]:
        conversation = id_of(body, "provider_conversation_id")
        if conversation is None or conversation == self._conversation:
            return []
        self._conversation = conversation
        return [LegIdentified(seen=seen, provider_ids={"conversation_id": conversation})]

    def _message(self, body: dict[str, Any], seen: Stamp) -> list[Event]:
        number, said_at_ns, content = (
            whole_of(body, "message_id"),
            whole_of(body, "said_at_ns"),
            text_of(body, "content"),
        )
        try:
            role = Role(text_of(body, "role") or "")
        except ValueError as error:
            raise Unreadable("a role that is none") from error
        if number is None or content is None:
            raise Unreadable("a message without number or content")
        item = id_of(body, "provider_message_id") or str(number)
        if number in self._items:
            raise Unreadable("a number that another message has")
        previous = self._place(number, item, seen.at_ns if said_at_ns is None else said_at_ns)
        return [
            MessageOpened(
                seen=seen,
                item=item,
                role=role,
                previous=previous,
                is_first=previous is None,
                is_audible=False,
                said_at_ns=said_at_ns,
                number=number,
            ),
            TextArrived(seen=seen, item=item, text=content, is_whole=True),
            MessageClosed(seen=seen, item=item),
        ]

    def _place(self, number: int, item: str, said_at_ns: int) -> str | None:
        """Take the message into the order; the item that stands before it, if any."""
        place = bisect_right(self._order, (said_at_ns, INT64))
        previous = self._items[self._order[place - 1][1]] if place else None
        self._order.insert(place, (said_at_ns, number))
        self._items[number] = item
        return previous
