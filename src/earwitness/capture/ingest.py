"""Messages that an application saves one by one: each is a record of a leg, on disk before it is answered.

There is one leg per conversation, open while messages come. Synchronous and safe from any thread; how many
wait for the disk together is another's business (`settling`).
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

import msgspec

from earwitness.capture.readback import read_back
from earwitness.capture.secrets import strike
from earwitness.capture.talk import Archive, Draft, Entry, Talk, TalkKey, numbered
from earwitness.clock import ACKNOWLEDGED_STEP, Clock, SystemClock, here, uuid7
from earwitness.errors import Conflict
from earwitness.journal.record import Ended, Kind, Opened, Origin
from earwitness.journal.writer import Journal, LegWriter

IDLE_S = 30 * 60.0  # a conversation of which nothing was heard for so long is taken to be over
MOST_OPEN_LEGS = 256  # each holds a file open; past that, those that rested longest are closed

_ORIGINS = {"user": Origin.CLIENT, "assistant": Origin.SERVER}
_encode = msgspec.json.Encoder().encode


class Ingest:
    """Takes saved messages into the journal, each once.

    A message is recognised by its provider's id within its conversation; without an id, the same words of
    the same moment are the same message. `archive` knows the messages of former days.
    """

    def __init__(
        self,
        journal: Journal,
        archive: Archive,
        *,
        clock: Clock | None = None,
        idle_s: float = IDLE_S,
        most_open_legs: int = MOST_OPEN_LEGS,
    ) -> None:
        self._journal = journal
        self._archive = archive
        self._clock = clock or SystemClock()
        self._idle_us = int(idle_s * 1e6)
        self._most_open_legs = most_open_legs
        self._talks: OrderedDict[TalkKey, Talk] = OrderedDict()  # the one that rested longest first
        self._last_number = archive.highest_number()
        self._lock = threading.Lock()  # guards talks and numbers; never held while the archive is asked
        self._opening = threading.Lock()  # one conversation is opened at a time

    def resume(self, folders: Iterable[Path]) -> None:
        """Know what these legs hold, whether or not the catalog does. For the start, before any message."""
        for folder in folders:
            found = read_back(folder)
            if found is None:
                continue
            talk = self._talks.setdefault(found.key, Talk(found.conversation))
            talk.conversation = found.conversation
            for kept in found.messages:
                talk.add_kept(kept)
            talk.active_us = talk.last_number
            self._last_number = max(self._last_number, talk.last_number)

    def take(self, draft: Draft) -> Entry | None:
        """Take the message in, or recognise it; None where `open` has to come first.

        It is on disk where the entry has no `writer`, else once that says so of the entry's record. Raises
        `Conflict` where its id stands for other words already.
        """
        with self._lock:
            talk = self._talks.get(draft.key)
            if talk is None or not talk.is_whole:
                return None
            entry = talk.entries.get(draft.name)
            if entry is not None and not entry.is_lost:
                if entry.mark != draft.mark:
                    raise _is_another(entry)
                return entry
            if talk.writer is None or self._is_over(draft.key, talk):
                return None
            return self._append(draft, talk, talk.writer)

    def open(self, key: TalkKey) -> None:
        """Make this conversation ready to take messages. Blocks: it asks the archive and opens a leg.

        Raises `StorageUnavailable`: whether a message was kept before cannot be said now.
        """
        with self._opening:
            with self._lock:
                talk = self._talks.setdefault(key, Talk(str(uuid7())))
            if not talk.is_whole:
                kept = list(self._archive.kept(key))
                with self._lock:
                    for message in kept:
                        talk.add_kept(message)
                    talk.is_whole = True
            with self._lock:
                if talk.writer is not None and self._is_over(key, talk):
                    _close(talk, self._clock, "idle")
                if talk.writer is None:
                    if self._is_over(key, talk):
                        talk.conversation = str(uuid7())
                    talk.active_us = self._now_us()
                    talk.writer = self._open_leg(key, talk)
                    self._talks.move_to_end(key)
                    self._close_the_most_rested()

    def doubt(self, entry: Entry) -> None:
        """The disk did not take this entry in time: its conversation goes on in a leg of its own."""
        with self._lock:
            for talk in self._talks.values():
                if talk.writer is not None and talk.writer is entry.writer:
                    _close(talk, self._clock, "the disk did not answer")

    def tidy(self) -> None:
        """Close what is over, and forget what the archive can tell by itself. For every few seconds."""
        with self._lock:
            now_us = self._now_us()
            resting = {k: t for k, t in self._talks.items() if now_us - t.active_us > self._idle_us}
            for talk in resting.values():
                _close(talk, self._clock, "idle")
        known = self._archive.has([talk.last_number for talk in resting.values()])
        with self._lock:
            for key, talk in resting.items():
                if talk.writer is None and (talk.last_number in known or not talk.entries):
                    self._talks.pop(key, None)

    def close(self) -> None:
        """Every open leg ends in order. For the end, after the last message."""
        with self._lock:
            for talk in self._talks.values():
                _close(talk, self._clock, "the server stopped")

    @property
    def open_legs(self) -> int:
        with self._lock:
            return sum(talk.writer is not None for talk in self._talks.values())

    # All below needs the lock.

    def _now_us(self) -> int:
        return self._clock.now().wall_ns // 1000

    def _is_over(self, key: TalkKey, talk: Talk) -> bool:
        """Without an id of its own a conversation ends when nothing more comes."""
        is_silent = bool(talk.entries) and self._now_us() - talk.active_us > self._idle_us
        return key.conversation is None and is_silent

    def _append(self, draft: Draft, talk: Talk, writer: LegWriter) -> Entry:
        now = self._clock.now()
        least = self._last_number + ACKNOWLEDGED_STEP
        number = max(-(-now.wall_ns // (1000 * ACKNOWLEDGED_STEP)) * ACKNOWLEDGED_STEP, least)
        origin = _ORIGINS.get(draft.role, Origin.CLIENT)
        record = writer.append(now, origin, Kind.TEXT, numbered(number, draft.body))
        entry = Entry(number, draft.mark, writer, record)
        talk.add(draft.name, entry)
        talk.active_us = number
        self._last_number = number
        self._talks.move_to_end(draft.key)
        return entry

    def _open_leg(self, key: TalkKey, talk: Talk) -> LegWriter:
        now = self._clock.now()
        opened = Opened(
            clock=here(),
            leg=str(uuid7(now.wall_ns)),
            conversation=talk.conversation,
            workspace=key.workspace,
            provider=key.provider,
            way="ingest",
            links=(link(key),) if key.conversation is not None else (),
            subject=key.subject,
        )
        writer = self._journal.open_leg(opened.leg)
        writer.append(now, Origin.RECORDER, Kind.OPENED, strike(_encode(opened)))
        return writer

    def _close_the_most_rested(self) -> None:
        open_talks = [talk for talk in self._talks.values() if talk.writer is not None]
        for talk in open_talks[: max(0, len(open_talks) - self._most_open_legs)]:
            _close(talk, self._clock, "many others are open")


def link(key: TalkKey) -> str:
    """What legs of one conversation share. Nobody can name a conversation of somebody else's."""
    parts = (key.subject, key.provider, key.conversation or "")
    return "message:" + ":".join(quote(part, safe="") for part in parts)


def _is_another(entry: Entry) -> Conflict:
    return Conflict(
        "other words were saved under this message id before",
        hint="Give every message an id of its own; a correction too.",
        message_id=entry.number,
    )


def _close(talk: Talk, clock: Clock, detail: str) -> None:
    writer, talk.writer = talk.writer, None
    if writer is not None:
        ended = Ended(why="done", by="recorder", detail=detail)
        writer.append(clock.now(), Origin.RECORDER, Kind.ENDED, _encode(ended))
        writer.close(timeout_s=0)
