"""Events and sound that an application sends piece by piece, without a socket: each feed is a leg.

A feed counts: whoever sends says how many came before, so that what is sent again is kept once, and what is
missing is noticed. All is on disk before it is answered, as far as it is to be kept. Safe from any thread.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from earwitness.capture.door import Choice
from earwitness.capture.handed import Sound
from earwitness.capture.recorder import Recorder
from earwitness.clock import Clock, SystemClock, here, uuid7
from earwitness.errors import Conflict, StorageUnavailable
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Note, Opened, Origin

IDLE_S = 30 * 60.0  # after which a feed's leg ends; more of it is another leg of the same conversation
MOST_OPEN = 256  # each holds a file open; past that, those that rested longest end

Piece = tuple[Origin, bytes]  # an event as JSON, or `Sound`


class About(msgspec.Struct, frozen=True, kw_only=True):
    """Whose feed it is and how its legs begin."""

    workspace: str
    feed: str  # its link: unique for the feed in the workspace
    link: str = ""  # what all feeds of the conversation share
    conversation: str = ""  # id of the conversation it goes on with, where that is known
    subject: str | None = None
    provider: str = "generic"
    route: str = ""
    mapping: dict[str, Any] = {}
    labels: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}


class Fed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a feed stands now."""

    conversation: str
    leg: str
    next: int  # how many came so far: of events, or of bytes of sound


class _Feed:
    def __init__(self, leg: Recorder, following: int) -> None:
        self.leg = leg
        self.next = following
        self.used_s = time.monotonic()


class Feeds:
    """All feeds of one process. `next_of` tells of a feed (workspace, link) how many came, in former legs."""

    def __init__(
        self,
        data_dir: Path,
        next_of: Callable[[str, str], int],
        *,
        clock: Clock | None = None,
        idle_s: float = IDLE_S,
        most_open: int = MOST_OPEN,
    ) -> None:
        self._data_dir = data_dir
        self._next_of = next_of
        self._clock = clock or SystemClock()
        self._idle_s = idle_s
        self._most_open = most_open
        self._feeds: OrderedDict[tuple[str, str], _Feed] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, about: About, choice: Choice, first: int, pieces: Sequence[Piece]) -> Fed:
        """Keep what is new of these; `first` came before them. Raises `Conflict` where some are missing in
        between, `StorageUnavailable` where they are not known to be on disk: send them again."""
        with self._lock:  # one at a time: they wait for the same disk anyway
            feed = self._feed(about, choice)
            if first > feed.next:
                raise Conflict(
                    f"{feed.next} came so far, these begin at {first}",
                    hint=f"Send from {feed.next} on.",
                    next=feed.next,
                )
            end = first
            for origin, piece in pieces:
                size = len(piece) if isinstance(piece, Sound) else 1
                new = min(size, end + size - feed.next)
                if new > 0:
                    self._hand_over(feed.leg, origin, _last(piece, new))
                end += size
            feed.next = max(feed.next, end)
            feed.leg.mark(feed=about.feed, next=feed.next)
            if not (feed.leg.awaits_consent or feed.leg.flush()):
                self._end((about.workspace, about.feed), "the disk did not answer")
                raise StorageUnavailable("it is not known to be on disk", hint="Send it again.")
            return Fed(conversation=feed.leg.conversation, leg=feed.leg.leg, next=feed.next)

    def end(self, about: About, data: dict[str, Any]) -> None:
        """How it came out; the feed's leg is over."""
        with self._lock:
            feed = self._feeds.get((about.workspace, about.feed))
            if feed is not None:
                if data:
                    feed.leg.end(**data)
                self._end((about.workspace, about.feed), "")

    def tidy(self) -> None:
        """End what has rested for long. For every few seconds."""
        with self._lock:
            now_s = time.monotonic()
            for key in [key for key, feed in self._feeds.items() if now_s - feed.used_s > self._idle_s]:
                self._end(key, "idle")

    def close(self) -> None:
        """Every leg ends in order."""
        with self._lock:
            for key in list(self._feeds):
                self._end(key, "the server stopped")

    def _feed(self, about: About, choice: Choice) -> _Feed:
        key = (about.workspace, about.feed)
        feed = self._feeds.get(key)
        if feed is None:
            following = self._next_of(*key)
            feed = self._feeds[key] = _Feed(self._open(about, choice), following)
        feed.used_s = time.monotonic()
        self._feeds.move_to_end(key)
        while len(self._feeds) > self._most_open:
            self._end(next(iter(self._feeds)), "many others are open")
        return feed

    def _open(self, about: About, choice: Choice) -> Recorder:
        now = self._clock.now()
        opened = Opened(
            clock=here(),
            leg=str(uuid7(now.wall_ns)),
            conversation=about.conversation or str(uuid7(now.wall_ns)),
            workspace=about.workspace,
            provider=about.provider,
            way="events",
            route=about.route,
            links=tuple(link for link in (about.link, about.feed) if link),
            subject=about.subject,
            labels=about.labels,
            metadata=about.metadata,
            mapping=about.mapping,
            kept=choice.kept,
        )
        return Recorder(opened, self._data_dir, self._clock, choice)

    def _hand_over(self, leg: Recorder, origin: Origin, piece: bytes) -> None:
        (leg.sent if origin is Origin.CLIENT else leg.received)(piece)

    def _end(self, key: tuple[str, str], detail: str) -> None:
        self._feeds.pop(key).leg.close(detail)


def _last(piece: bytes, size: int) -> bytes:
    """Of sound only what is new."""
    return Sound(piece[-size:]) if isinstance(piece, Sound) else piece


def read_next(folder: Path, feed: str) -> int:
    """How many of the feed came, as far as this leg tells."""
    found = 0
    for record in read_leg(folder):
        if record.kind is Kind.OPENED and feed not in _links(record.payload):
            return 0
        if record.kind is Kind.NOTE:
            found = max(found, _marked(record.payload))
    return found


def _links(payload: bytes) -> tuple[str, ...]:
    try:
        return msgspec.json.decode(payload, type=Opened).links
    except msgspec.MsgspecError:
        return ()


def _marked(payload: bytes) -> int:
    try:
        note = msgspec.json.decode(payload, type=Note)
    except msgspec.MsgspecError:
        return 0
    value = note.data.get("next") if note.verb == "mark" else 0
    return value if isinstance(value, int) else 0
