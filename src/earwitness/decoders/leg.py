"""One leg, record by record: what the recorder says is turned into events here, the rest handed on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import msgspec

from earwitness.decoders.providers import ProviderDecoder, Silent, choose
from earwitness.decoders.unkept import filled
from earwitness.decoders.wire import BROKEN
from earwitness.journal.record import Answered, Ended, Gap, Kept, Kind, Note, Opened, Origin, Record
from earwitness.model.events import (
    AudioArrived,
    Event,
    GapFound,
    LegAnswered,
    LegClosed,
    LegOpened,
    NoteTaken,
    Party,
    Stamp,
    Undecoded,
)
from earwitness.model.redacted import Abridged

T = TypeVar("T")

_OPENED = msgspec.json.Decoder(Opened)
_ANSWERED = msgspec.json.Decoder(Answered)
_NOTE = msgspec.json.Decoder(Note)
_GAP = msgspec.json.Decoder(Gap)
_ENDED = msgspec.json.Decoder(Ended)


class LegDecoder:
    """Follows one leg. Feed every record once, in order; events come out as soon as they are known.

    Nothing raises for what a record holds. `leg` is the leg's id as known from elsewhere; it serves only
    where the record that opened the leg is lost. `ahead_ns`: by so much its recorder's clock is known to be
    ahead; all its times are told as if it were not.
    """

    def __init__(self, leg: str = "", *, ahead_ns: int = 0) -> None:
        self._leg = leg
        self._ahead_ns = ahead_ns
        self._provider: ProviderDecoder | None = None
        self._began_wall_ns = 0
        self._began_monotonic_ns = 0
        self._opening: list[Event] = []  # of the leg's beginning, not yet told
        self._last: Stamp | None = None
        self._close: tuple[str, int | None, str] = ("", None, "")  # who closed first, code, reason
        self._has_garbage = False
        self._is_over = False
        self._is_acknowledged = False  # its sender was told of every record that is kept

    def feed(self, record: Record) -> list[Event]:
        """What this record tells."""
        if self._provider is None:
            self._opening = self._open(record)
        events, self._opening = self._opening, []
        seen = self._stamp(record)
        if record.kind is Kind.TEXT or record.kind is Kind.BINARY:
            events += self._of_wire(record, seen)
        elif record.kind is not Kind.OPENED:
            events += self._of_recorder(record, seen)
        elif not events:
            events.append(Undecoded(seen=seen, reason="the leg was opened before", name="OPENED"))
        return events

    def audio(self, record: Record) -> Iterator[tuple[Party, bytes]]:
        """The sound in this record: of each of its `AudioArrived`, in order, exactly its bytes.

        Needs the leg's first record before, given to `feed` or to `audio`; of the others any, in any order.
        """
        if self._provider is None:
            self._opening = self._open(record)
        if self._provider and record.kind in (Kind.TEXT, Kind.BINARY):
            yield from self._provider.audio(filled(record)[0])

    def finish(self) -> list[Event]:
        """No more will come. A leg that did not end in order crashed with its recorder: a gap, and the end.

        Of messages that are acknowledged nothing is missing then: the rest is sent again.
        """
        if self._is_over or self._last is None:
            return []
        self._is_over = True
        by, code, reason = self._close
        last = self._last
        gap = GapFound(seen=last, reason="crash", first=last.record + 1, since_ns=last.at_ns)
        end = LegClosed(seen=last, why="crash", by=by, code=code, detail=reason)
        return [end] if self._is_acknowledged else [gap, end]

    def _of_wire(self, record: Record, seen: Stamp) -> list[Event]:
        assert self._provider  # by _open
        record, lacks = filled(record)
        events = self._provider.decode(record, seen)
        if not lacks:
            return events
        return [replace(event, is_kept=False) if type(event) is AudioArrived else event for event in events]

    def _stamp(self, record: Record) -> Stamp:
        at_ns = self._began_wall_ns + record.monotonic_ns - self._began_monotonic_ns
        self._last = Stamp(self._leg, record.number, at_ns)
        return self._last

    def _open(self, record: Record) -> list[Event]:
        """Begin the leg with its first record, whatever that is."""
        self._began_wall_ns, self._began_monotonic_ns = record.wall_ns - self._ahead_ns, record.monotonic_ns
        opened = _read(_OPENED, record.payload) if record.kind is Kind.OPENED else None
        is_lost = opened is None
        opened = opened or Opened(leg=self._leg, conversation=self._leg, provider="unknown", way="unknown")
        self._leg = opened.leg
        self._is_acknowledged = opened.way == "ingest"
        seen = self._stamp(record)
        self._provider = Silent("a leg whose beginning is lost") if is_lost else choose(opened)
        events: list[Event] = [
            LegOpened(
                seen=seen,
                provider=opened.provider,
                way=opened.way,
                route=opened.route,
                conversation=opened.conversation,
                workspace=opened.workspace,
                links=opened.links,
                subject=opened.subject,
                labels=opened.labels,
                metadata=opened.metadata,
                path=opened.path,
                user_agent=next((v for k, v in opened.headers if k.lower() == "user-agent"), ""),
                peer=opened.peer,
                keeps=_keeps(opened.kept),
                abridged=_abridged(opened),
            )
        ]
        if is_lost and record.kind is Kind.OPENED:
            events.append(Undecoded(seen=seen, reason="unreadable", name="OPENED"))
        return events + self._provider.opened(seen)

    def _of_recorder(self, record: Record, seen: Stamp) -> list[Event]:
        match record.kind:
            case Kind.CLOSE:
                self._remember_close(record)
                return []
            case Kind.PING | Kind.PONG:
                return []
            case Kind.GAP:
                return [self._gap(record, seen)]
            case Kind.RAW:
                return self._garbage(seen)
            case Kind.ANSWERED:
                event: Event | None = self._answered(record, seen)
            case Kind.NOTE:
                event = self._note(record, seen)
            case Kind.ENDED:
                event = self._ended(record, seen)
            case _:
                event = None
        return [event or Undecoded(seen=seen, reason="unreadable", name=_name(record.kind))]

    def _answered(self, record: Record, seen: Stamp) -> Event | None:
        answer = _read(_ANSWERED, record.payload)
        if answer is None:
            return None
        detail = answer.reason if not answer.body else f"{answer.reason}: {answer.body}"
        return LegAnswered(seen=seen, status=answer.status, detail=detail)

    def _note(self, record: Record, seen: Stamp) -> Event | None:
        note = _read(_NOTE, record.payload)
        return NoteTaken(seen=seen, verb=note.verb, data=note.data) if note else None

    def _ended(self, record: Record, seen: Stamp) -> Event:
        """A leg ends even where the record of its end cannot be read."""
        self._is_over = True
        ended = _read(_ENDED, record.payload) or Ended(why="unknown")
        by, code, reason = self._close
        return LegClosed(
            seen=seen, why=ended.why, by=ended.by or by, code=code, detail=ended.detail or reason
        )

    def _gap(self, record: Record, seen: Stamp) -> Event:
        assert self._provider  # by _open
        self._provider.skipped()
        gap = _read(_GAP, record.payload) or Gap(
            reason="damage", first=record.number, detail="unreadable gap"
        )
        return GapFound(
            seen=seen,
            reason=gap.reason,
            first=gap.first,
            count=gap.count,
            since_ns=None if gap.since_ns is None else gap.since_ns - self._ahead_ns,
            until_ns=None if gap.until_ns is None else gap.until_ns - self._ahead_ns,
            lost_bytes=gap.lost_bytes,
            detail=gap.detail,
        )

    def _garbage(self, seen: Stamp) -> list[Event]:
        """Once per leg: nothing after the first is parsed, so the rest says nothing new."""
        if self._has_garbage:
            return []
        self._has_garbage = True
        return [Undecoded(seen=seen, reason="no WebSocket frames from here on", name="RAW")]

    def _remember_close(self, record: Record) -> None:
        """The first close frame tells who closed; the other side's is its echo (RFC 6455, 5.5.1)."""
        if self._close[0]:
            return
        by = Origin(record.origin).name.lower()
        code = int.from_bytes(record.payload[:2], "big") if len(record.payload) >= 2 else None
        self._close = (by, code, record.payload[2:].decode("utf-8", "replace"))


def _abridged(opened: Opened) -> Abridged | None:
    if opened.abridged is None:
        return None
    try:
        return msgspec.convert(opened.abridged, Abridged)
    except msgspec.ValidationError:  # of a later release: that it is abridged is still known
        return Abridged()


def _keeps(kept: Kept) -> tuple[str, ...]:
    return tuple(name for name in ("audio", "raw", "transcripts") if getattr(kept, name))


def _name(kind: int) -> str:
    return kind.name if isinstance(kind, Kind) else str(kind)


def _read(decoder: msgspec.json.Decoder[T], payload: bytes) -> T | None:
    try:
        return decoder.decode(payload)
    except BROKEN:
        return None
