"""Legs whose original is gone: each message is what it meant, with masks, and its sound, silent in places.

A record of such a leg stands for the very record of the original, at its time. Its payload is msgpack: a list
of events, each its name and its fields, and a list of the sound of those that are `AudioArrived`. What the
connection itself told stands in `Opened.abridged`, with what had been taken out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any

import msgspec

from earwitness.decoders.wire import BROKEN
from earwitness.journal.record import Opened, Record
from earwitness.model import events
from earwitness.model.events import AudioArrived, Event, Party, Stamp, Undecoded

_EVENTS: dict[str, type[Event]] = {
    name: kind for name, kind in vars(events).items() if isinstance(kind, type) and issubclass(kind, Event)
}
_ROOM = {kind: tuple(f for f in fields(kind) if f.name != "seen") for kind in _EVENTS.values()}


def told(of: Iterable[Event]) -> list[Any]:
    """Events in the form that `retold` reads. When they were seen is not in it: their record says so."""
    return [[type(event).__name__, _values(event)] for event in of]


def retold(stored: Iterable[Any], seen: Stamp) -> list[Event]:
    """The events again, seen then. Raises `ValueError` for what is none."""
    return [_event(name, values, seen) for name, values in stored]


def pack(of: Sequence[Event], sound: Sequence[bytes]) -> bytes:
    """The payload of a record: what it tells, and the sound of each of its `AudioArrived`, in order."""
    return msgspec.msgpack.encode((told(of), sound))


class Abridged:
    """Tells what the leg's own decoder told, masked."""

    def __init__(self, opened: Opened) -> None:
        self._told = (opened.abridged or {}).get("told", ())

    def opened(self, seen: Stamp) -> list[Event]:
        try:
            return retold(self._told, seen)
        except (*BROKEN, ValueError, TypeError):
            return [Undecoded(seen=seen, reason="unreadable", name="abridged")]

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        try:
            return retold(_unpack(record)[0], seen)
        except (*BROKEN, ValueError, TypeError):
            return [Undecoded(seen=seen, reason="unreadable", name="abridged")]

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        try:
            stored, sound = _unpack(record)
            spoken = [Party(values["party"]) for name, values in stored if name == AudioArrived.__name__]
        except (*BROKEN, ValueError, TypeError, KeyError):
            return []
        return list(zip(spoken, sound, strict=False))

    def skipped(self) -> None:
        pass


def _unpack(record: Record) -> tuple[list[Any], list[bytes]]:
    return msgspec.msgpack.decode(record.payload, type=tuple[list[Any], list[bytes]])


def _values(event: Event) -> dict[str, Any]:
    """Its fields, but for those that say nothing else than usual."""
    values = {f.name: (getattr(event, f.name), f) for f in _ROOM[type(event)]}
    return {name: value for name, (value, f) in values.items() if value != _usual(f)}


def _usual(field: "Field[Any]") -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _event(name: str, values: dict[str, Any], seen: Stamp) -> Event:
    kind = _EVENTS.get(name)
    if kind is None:
        return Undecoded(seen=seen, reason="an event of a later release", name=name)
    event: Event = msgspec.convert({**values, "seen": seen}, kind)
    return event
