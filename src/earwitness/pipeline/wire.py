"""The wire of a conversation, to be looked through: both directions, in order of time, a page at a time."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from earwitness.clock import NS_PER_MS
from earwitness.decoders import LegDecoder
from earwitness.errors import NotFound
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Record
from earwitness.projections.records import record_document
from earwitness.redaction.outline import outline

PREVIEW = 240  # characters of a payload that a list shows


@dataclass(frozen=True, slots=True, kw_only=True)
class WireQuery:
    """Which records. The many that carry sound say nothing to the eye: they are left out unless asked for."""

    find: str = ""  # stands in the payload, upper and lower case alike
    origin: str = ""  # client, server or recorder
    with_sound: bool = False
    from_ms: int = 0
    offset: int = 0
    limit: int = 500


def every(folders: Sequence[Path], *, outlined: bool) -> Iterator[tuple[str, Record]]:
    """All records as (leg id, record), leg after leg."""
    for folder in folders:
        for record in read_leg(folder):
            yield folder.name, _shown(record, outlined=outlined)


def _shown(record: Record, *, outlined: bool) -> Record:
    """For those who may not see what was said: how it is built."""
    return msgspec.structs.replace(record, payload=outline(record.payload)) if outlined else record


def page(
    folders: Sequence[Path], began_at_ns: int, query: WireQuery, *, outlined: bool
) -> tuple[list[dict[str, Any]], int | None]:
    """Records that fit, each with the beginning of its payload; and the offset of the next page, if any.

    What is looked for is looked for in what is shown.
    """
    found: list[dict[str, Any]] = []
    seen = 0
    for at_ns, leg, whole_record in heapq.merge(*(_timed(folder, query) for folder in folders), key=_place):
        at_ms, record = (at_ns - began_at_ns) // NS_PER_MS, _shown(whole_record, outlined=outlined)
        if at_ms < query.from_ms or not _fits(record, query):
            continue
        seen += 1
        if seen <= query.offset:
            continue
        if len(found) == query.limit:
            return found, query.offset + query.limit
        found.append({"at_ms": at_ms, **_preview(leg, record)})
    return found, None


def whole(folders: Sequence[Path], leg: str, number: int, *, outlined: bool) -> dict[str, Any]:
    """One record with all of its payload. Raises `NotFound`."""
    for folder in folders:
        if folder.name == leg:
            for record in read_leg(folder):
                if record.number == number:
                    return record_document(leg, _shown(record, outlined=outlined))
    raise NotFound(f"no record {number} on leg {leg}", hint="See what there is: the list of records.")


def _place(each: tuple[int, str, Record]) -> tuple[int, str, int]:
    return each[0], each[1], each[2].number


def _timed(folder: Path, query: WireQuery) -> Iterator[tuple[int, str, Record]]:
    """Records of one leg at their moments: its first wall time and the steady time since."""
    decoder = LegDecoder(folder.name)
    base_ns: int | None = None
    for record in read_leg(folder):
        if base_ns is None:
            base_ns = record.wall_ns - record.monotonic_ns
        carries_sound = any(True for _ in decoder.audio(record))
        if query.with_sound or not carries_sound:
            yield base_ns + record.monotonic_ns, folder.name, record


def _fits(record: Record, query: WireQuery) -> bool:
    if query.origin and record.origin.name.lower() != query.origin:
        return False
    return not query.find or query.find.lower() in record.payload.decode("utf-8", "replace").lower()


def _preview(leg: str, record: Record) -> dict[str, Any]:
    is_text = record.kind not in (Kind.BINARY, Kind.RAW, Kind.PING, Kind.PONG, Kind.CLOSE)
    text = record.payload[: 4 * PREVIEW].decode("utf-8", "replace")[:PREVIEW] if is_text else ""
    return {
        "leg": leg,
        "number": record.number,
        "origin": record.origin.name.lower(),
        "kind": record.kind.name.lower(),
        "bytes": len(record.payload),
        "preview": text,
    }
