"""The messages of one leg while they grow: their words, and their order by the provider's item chain."""

from earwitness.model.conversation import Message
from earwitness.model.emotion import SENTIMENTS, sentiment_of, usable
from earwitness.model.events import EmotionScored, MessageOpened, Party, Role, TextArrived, TextTimed
from earwitness.model.wording import Timing

_PARTY = {Role.USER: Party.CALLER, Role.ASSISTANT: Party.AGENT, Role.SYSTEM: None}


class PartText:
    """One part's words: pieces until all of it was said at once."""

    __slots__ = ("_pieces", "_whole")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._whole: str | None = None

    def take(self, text: str, *, is_whole: bool) -> bool:
        """Whether the words changed. A later whole replaces an earlier one, but nothing does not."""
        if is_whole:
            if self._whole == text or (not text and (self._whole or self._pieces)):
                return False
            self._whole = text
        elif self._whole or not text:
            return False
        else:
            self._pieces.append(text)
        return True

    def __str__(self) -> str:
        if not self._whole and len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._whole or "".join(self._pieces)


class MessageState:
    """One message as far as it came."""

    def __init__(self, leg: str, item: str, seen_ns: int, seen_order: int = 0) -> None:
        self.leg = leg
        self.item = item
        self.seen_order = seen_order  # its place among its leg's messages as they were first seen
        self.key = f"{leg}:{item}"
        self.owner = (leg, item)
        self.role = Role.ASSISTANT
        self._party: Party | None = None  # where it is not the role's own
        self.first_seen_ns = seen_ns
        self.status = "open"
        self.closed_ns: int | None = None
        self.is_removed = False
        self.is_orphaned = False  # its leg closed before it did
        self.is_inserted = False
        self.is_audible = True
        self.response: str | None = None
        self.phase: str | None = None
        self.confidence: float | None = None
        self.said_at_ns: int | None = None
        self.number: int | None = None
        self.timing: Timing | None = None
        self.emotions: dict[str, dict[str, float]] = {}
        self.sentiment: str | None = None
        self.sentiment_source: str | None = None
        self.worded_ns: int | None = None
        self.version = 0
        self.frozen: tuple[object, Message] | None = None  # and what it was made from
        self._parts: dict[int, PartText] = {}

    @property
    def party(self) -> Party | None:
        return self._party or _PARTY.get(self.role)

    @property
    def text(self) -> str:
        parts = (str(self._parts[number]) for number in sorted(self._parts))
        return " ".join(filter(None, (part.strip() for part in parts)))

    def open(self, event: MessageOpened) -> None:
        """Take over what is said of it; it may be said more than once, the last time best."""
        self.role = event.role
        self._party = event.party or self._party
        self.is_inserted = event.is_inserted
        self.is_audible = event.is_audible
        self.response = event.response or self.response
        self.phase = event.phase or self.phase
        self.said_at_ns = self.said_at_ns if event.said_at_ns is None else event.said_at_ns
        self.number = self.number if event.number is None else event.number
        self.version += 1

    def add_text(self, event: TextArrived) -> bool:
        part = self._parts.get(event.part)
        if part is None:
            part = self._parts[event.part] = PartText()
        if event.confidence is not None:
            self.confidence = event.confidence
        is_new = part.take(event.text, is_whole=event.is_whole)
        if is_new:
            self.worded_ns = event.seen.at_ns
        self.version += is_new or event.confidence is not None
        return is_new

    def add_timing(self, event: TextTimed) -> None:
        self.timing = self.timing or Timing()
        self.timing.add(event.text, event.starts_ms)
        self.version += 1

    def add_emotion(self, event: EmotionScored) -> None:
        """Of each producer the last scores hold. A stated sentiment holds against one that we derive."""
        scores = usable(event.scores)
        if scores:
            self.emotions[event.producer] = scores
        stated = (event.sentiment or "").strip().lower()
        derived = sentiment_of(scores)
        if stated in SENTIMENTS:
            self.sentiment, self.sentiment_source = stated, "provider"
        elif derived is not None and self.sentiment_source != "provider":
            self.sentiment, self.sentiment_source = derived, f"derived:{event.producer}"
        self.version += 1

    def close(self, status: str, at_ns: int) -> bool:
        """Whether this is what ended it. A failure is believed even after the end."""
        is_end = self.status == "open"
        if is_end or (status == "failed" and self.status != "failed"):
            self.status = status
            self.version += 1
        if is_end:
            self.closed_ns = at_ns
        return is_end

    def remove(self) -> None:
        self.is_removed = True
        self.version += 1


class _Node:
    __slots__ = ("children", "is_told", "item", "parent", "wanted")

    def __init__(self, item: str) -> None:
        self.item = item
        self.parent: _Node | None = None
        self.children: list[_Node] = []
        self.wanted: str | None = None  # the item before it, not seen yet
        self.is_told = False  # it named its parent; else it hangs there for want of better knowledge


class Thread:
    """The order of one leg's items: each stands directly after the one it names.

    Of several that name the same one, the latest stands first, as in a list it was inserted into. One
    that names none stands at the end. One that names a stranger stands at the end until that appears.
    Tool calls and their results have their places too.
    """

    def __init__(self) -> None:
        self._root = _Node("")
        self._nodes: dict[str, _Node] = {}
        self._waiting: dict[str, list[_Node]] = {}
        self._tail: _Node | None = self._root
        self._order: list[str] | None = []

    def place(self, item: str, previous: str | None, *, is_first: bool = False) -> None:
        """Say where an item stands; said again, with more knowledge, it moves there with all after it."""
        node = self._nodes.get(item)
        is_new = node is None
        if node is None:
            node = self._nodes[item] = _Node(item)
        previous = None if previous == item else previous
        parent = self._nodes.get(previous) if previous is not None else self._root if is_first else None
        if previous is not None and parent is None:
            node.wanted = previous
            self._waiting.setdefault(previous, []).append(node)
        waiting = self._waiting.pop(item, []) if is_new else []
        if parent is None and is_new:
            self._hang(node, (waiting[0].parent if waiting else None) or self._last())
        elif parent is not None:
            self._hang(node, parent, is_told=True)
        for other in waiting:
            if other.wanted == item:
                self._hang(other, node, is_told=True)
                other.wanted = None

    def _hang(self, node: _Node, parent: _Node, *, is_told: bool = False) -> None:
        is_same = node.parent is parent and (node.is_told or parent.children[-1] is node)
        node.is_told |= is_told
        if is_same or self._is_below(parent, node):
            return
        if node.parent is not None:
            node.parent.children.remove(node)
            self._tail = None
        elif self._tail is parent:
            self._tail = node
        parent.children.append(node)
        node.parent = parent
        self._order = None

    def _is_below(self, node: _Node | None, other: _Node) -> bool:
        if not other.children:
            return node is other
        while node is not None:
            if node is other:
                return True
            node = node.parent
        return False

    def _last(self) -> _Node:
        if self._tail is None:
            self._tail = self._root
            while self._tail.children:
                self._tail = self._tail.children[0]
        return self._tail

    def order(self) -> list[str]:
        """All items, first to last."""
        if self._order is None:
            self._order = []
            open_nodes = list(self._root.children)
            while open_nodes:
                node = open_nodes.pop()
                self._order.append(node.item)
                open_nodes.extend(node.children)
        return self._order
