"""The order of an OpenAI conversation's items, as each one names the one before it."""

from typing import Any

from earwitness.decoders.wire import id_of


class Chain:
    """Which item stands before which. Hidden items hold a place but give no event; they are stepped over."""

    def __init__(self) -> None:
        self._before: dict[str, str | None] = {}  # None: the item is the first
        self._hidden: set[str] = set()
        self._heads_asked = 0  # items without an id that the client wants at the head

    def link(self, item: str, body: dict[str, Any]) -> None:
        """Keep which item stands before this one, where the event says so."""
        if "previous_item_id" not in body:
            return
        previous = id_of(body, "previous_item_id")
        if previous == "root":  # a client's word for: at the head
            previous = None
        elif previous is None and any(other != item for other in self._before):
            if not self._heads_asked:
                return  # the head is taken: a server that has no chain to tell of
            self._heads_asked -= 1
        self._before[item] = previous

    def hide(self, item: str) -> None:
        self._hidden.add(item)

    def unlink(self, item: str) -> None:
        self._before.pop(item, None)

    def ask_for_head(self) -> None:
        self._heads_asked += 1

    def place(self, item: str) -> tuple[str | None, bool]:
        """The message or call before this item, and whether there is none for certain."""
        if item not in self._before:
            return None, False
        passed = {item}
        previous = self._before[item]
        while previous in self._hidden and previous not in passed:
            passed.add(previous)
            if previous not in self._before:
                return None, False
            previous = self._before[previous]
        return previous, previous is None
