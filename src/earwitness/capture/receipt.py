"""Legs that another program recorded and hands over: each becomes a journal here as it was there, once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from earwitness.capture.importing import keep_leg, place_of
from earwitness.clock import Instant
from earwitness.errors import Conflict, InvalidInput
from earwitness.journal.block import MAX_PAYLOAD_BYTES, RECORD_BYTES, unpack_record_header
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Opened, Origin
from earwitness.journal.segment import is_leg_name


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


Sent = tuple[Instant, Origin, Kind, bytes]
_KINDS, _ORIGINS = {int(kind): kind for kind in Kind}, {int(origin): origin for origin in Origin}


def receive(root: Path, leg: str, stream: Stream, *, workspace: str) -> bool:
    """Keep the leg for this workspace; False: it is here already, and stays as it is.

    `stream` holds its records as a block has them. Raises `InvalidInput` for what is no such leg, `Conflict`
    where a leg of that id is another workspace's, `StorageUnavailable`.
    """
    if not is_leg_name(leg) or leg.count("-") != 4:
        raise InvalidInput(f"{leg[:40]!r} is no leg", hint="A leg's id is a UUIDv7.")
    if place_of(root, leg).exists():
        if _workspace(place_of(root, leg)) != workspace:
            raise Conflict(f"leg {leg} is here already", hint="Every leg needs an id of its own.")
        return False
    records = _read(stream)
    first = next(records, None)
    opened = _opened(first[3]) if first is not None and first[2] is Kind.OPENED else None
    if first is None or opened is None or opened.leg != leg:
        raise InvalidInput("it does not begin as this leg does", hint="Send the records of one whole leg.")
    payload = msgspec.json.encode(msgspec.structs.replace(opened, workspace=workspace))
    keep_leg(root, leg, _chained((first[0], first[1], first[2], payload), records))
    return True


def _chained(first: Sent, rest: Iterator[Sent]) -> Iterator[Sent]:
    yield first
    yield from rest


def _read(stream: Stream) -> Iterator[Sent]:
    while head := stream.read(RECORD_BYTES):
        if len(head) < RECORD_BYTES:
            raise InvalidInput("it ends within a record", hint="Send it again.")
        size, monotonic_ns, wall_ns, origin, kind = unpack_record_header(head)
        payload = stream.read(size) if size <= MAX_PAYLOAD_BYTES else b""
        if len(payload) < size or kind not in _KINDS or origin not in _ORIGINS:
            raise InvalidInput("these are no records", hint="Send the records of one whole leg.")
        yield Instant(monotonic_ns, wall_ns), _ORIGINS[origin], _KINDS[kind], payload


def _opened(payload: bytes) -> Opened | None:
    try:
        return msgspec.json.decode(payload, type=Opened)
    except msgspec.MsgspecError:
        return None


def _workspace(folder: Path) -> str | None:
    first = next(read_leg(folder), None)
    opened = _opened(first.payload) if first is not None else None
    return opened.workspace if opened else None
