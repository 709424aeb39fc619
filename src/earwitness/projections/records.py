"""A record of the journal as JSON: text as text, everything else in base64."""

import base64
from typing import Any

from earwitness.clock import rfc3339
from earwitness.journal.record import Kind, Record

_AS_TEXT = (Kind.OPENED, Kind.ANSWERED, Kind.TEXT, Kind.NOTE, Kind.GAP, Kind.ENDED)


def record_document(leg: str, record: Record) -> dict[str, Any]:
    """What `/records` gives of one record."""
    document = {
        "leg": leg,
        "number": record.number,
        "seen_at": rfc3339(record.wall_ns),
        "monotonic_ns": record.monotonic_ns,
        "origin": record.origin.name.lower(),
        "kind": record.kind.name.lower(),
    }
    if record.kind in _AS_TEXT:
        return {**document, "text": record.payload.decode("utf-8", "replace")}
    return {**document, "base64": base64.b64encode(record.payload).decode("ascii")}
