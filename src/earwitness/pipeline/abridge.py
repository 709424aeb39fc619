"""The original of a redacted conversation is thrown away: of each leg stays what its messages meant, masked.

The journal stays the truth: an abridged leg is a journal like any other, with a record in the place of each
of the original's. What is told of it is what was told of the original, and can be told again.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import msgspec

from earwitness.capture.exchanging import exchange_leg
from earwitness.clock import Instant
from earwitness.decoders import LegDecoder
from earwitness.decoders.abridged import pack
from earwitness.decoders.abridged import told as stored
from earwitness.journal import recovery
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Answered, Ended, Gap, Kind, Note, Opened, Origin, Record
from earwitness.model import events as e
from earwitness.model.events import AudioArrived, Event, Party
from earwitness.model.redacted import Abridged
from earwitness.pipeline.line import Told, sound_of
from earwitness.pipeline.silence import shown_alone
from earwitness.projections.tracks import ByteSource

Line = tuple[Instant, Origin, Kind, bytes]
_encode = msgspec.json.Encoder().encode


def abridge(told: Told, root: Path, *, at_ns: int, figures: dict[str, Any] | None) -> None:
    """The journals of the conversation hold what may be shown of it, and nothing else, afterwards.

    Its legs have ended. Those that are abridged already stay as they are: killed on the way and called again,
    it comes to the same. `figures` are those measured on its sound. Raises `StorageUnavailable`.
    """
    masked: dict[tuple[str, int], list[Event]] = defaultdict(list)
    for event in told.events():
        if type(event) is not AudioArrived:
            masked[event.seen.leg, event.seen.record].append(event)
    sound = shown_alone(sound_of(told.folders), told.conversation)
    for folder in told.folders:
        if not is_abridged(folder):
            leg = _Leg(folder, told, masked, sound)
            exchange_leg(root, folder, leg.lines(at_ns, figures))


def is_abridged(folder: Path) -> bool:
    """Is the original of this leg gone?"""
    first = next(read_leg(folder), None)
    opened = _opened(first) if first else None
    return opened is not None and opened.abridged is not None


class _Leg:
    """One leg on its way to be abridged."""

    def __init__(
        self, folder: Path, told: Told, masked: dict[tuple[str, int], list[Event]], sound: ByteSource
    ) -> None:
        self._folder = folder
        self._told = told
        self._masked = masked
        self._sound = {party: iter(sound(folder.name, party)) for party in Party}
        self._ahead_ns = told.ahead_ns.get(folder.name, 0)
        self._decoder = LegDecoder(folder.name)
        self._redactor = told.policies.of(told.conversation)
        self._is_saved = False  # messages that were saved one by one are read back as they are

    def lines(self, at_ns: int, figures: dict[str, Any] | None) -> Iterator[Line]:
        """Its records to be: those of the original, one for one."""
        for record in read_leg(self._folder):
            events = self._decoder.feed(record)
            masked = iter(self._masked.pop((self._folder.name, record.number), []))
            events = [event if type(event) is AudioArrived else next(masked) for event in events]
            at = Instant(record.monotonic_ns, record.wall_ns - self._ahead_ns)
            if record.kind in (Kind.TEXT, Kind.BINARY):
                kind, payload = self._message(record, events)
            elif record.kind is Kind.OPENED:
                kind, payload = record.kind, self._opening(record, events, at_ns, figures)
            else:
                kind, payload = record.kind, self._own(record, events)
            yield at, record.origin, kind, payload

    def _message(self, record: Record, events: list[Event]) -> tuple[Kind, bytes]:
        if self._is_saved:
            return Kind.TEXT, _saved(record, events)
        sounding = [event for event in events if type(event) is AudioArrived]
        pieces = self._decoder.audio(record) if sounding else ()
        return Kind.BINARY, pack(events, [next(self._sound[party]) for party, _ in pieces])

    def _opening(
        self, record: Record, events: list[Event], at_ns: int, figures: dict[str, Any] | None
    ) -> bytes:
        first, *others = events
        opened = _opened(record)
        if opened is None or not isinstance(first, e.LegOpened):
            return b""  # damaged as it is: what is told of it stays the same
        self._is_saved = opened.way == "ingest"
        conversation = self._told.conversation
        messages = [m for m in conversation.messages if m.leg == first.seen.leg]
        keys = {m.key for m in messages}
        keys |= {call.key for call in conversation.tool_calls if call.leg == first.seen.leg}
        abridged = Abridged(
            at_ns=at_ns,
            head=recovery.verify(self._folder).head,
            redactions=tuple(one for one in conversation.redactions if one.key in keys),
            silenced=conversation.silenced,
            heard={m.key: m.heard_text for m in messages if m.heard_text != m.text},
            has_beeps=conversation.has_beeps,
            figures=figures,
            told=tuple(stored(others)),
        )
        return _encode(
            msgspec.structs.replace(
                opened,
                metadata=first.metadata,
                path=first.path,
                headers=(("user-agent", first.user_agent),) if first.user_agent else (),
                peer=first.peer,
                mapping={},
                clock="",  # its times are told as they were compared
                abridged=asdict(abridged),
            )
        )

    def _own(self, record: Record, events: list[Event]) -> bytes:
        """What the recorder itself said."""
        event = events[0] if events else None
        match event:
            case e.LegAnswered():
                return _encode(Answered(status=event.status, reason=event.detail))
            case e.NoteTaken():
                return _encode(Note(verb=event.verb, data=event.data))
            case e.LegClosed():
                return _encode(Ended(why=event.why, by=event.by, detail=event.detail))
            case e.GapFound():
                names = Gap.__struct_fields__
                return _encode(Gap(**{name: getattr(event, name) for name in names}))
        if record.kind is Kind.CLOSE:
            reason = record.payload[2:].decode("utf-8", "replace")
            shown = self._redactor.value(reason) if self._redactor else reason
            return record.payload[:2] + str(shown).encode()
        return b""


def _saved(record: Record, events: list[Event]) -> bytes:
    """A message as it was saved, with masks in its words."""
    words = next((event.text for event in events if isinstance(event, e.TextArrived)), None)
    if words is None:
        return b"{}"
    body = msgspec.json.decode(record.payload)
    return _encode({**body, "content": words})


def _opened(record: Record) -> Opened | None:
    if record.kind is not Kind.OPENED:
        return None
    try:
        return msgspec.json.decode(record.payload, type=Opened)
    except msgspec.MsgspecError:
        return None
