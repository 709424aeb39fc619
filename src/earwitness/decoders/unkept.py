"""Sound that was not kept by choice: in its place stands its length, so that its times can still be told."""

import re
from base64 import b64decode, b64encode

from msgspec.structs import replace

from earwitness.journal.record import Kind, Record

MOST_BYTES = 16 << 20  # a claim beyond it is none of the recorder's
_MARK = b"[not kept: "
_ALONE = re.compile(rb"(?P<head>[A-Za-z0-9+/]{0,400}={0,2})\[not kept: (?P<count>[0-9]{1,8}) bytes\]")
_IN_TEXT = re.compile(rb'"' + _ALONE.pattern + rb'"')


def filled(record: Record) -> tuple[Record, bool]:
    """The record as a decoder wants it, with zeros for what is gone; and whether something is gone."""
    payload = record.payload
    if _MARK not in payload:
        return record, False
    if record.kind is Kind.BINARY:
        found = _ALONE.fullmatch(payload)
        return (record, False) if found is None else (replace(record, payload=_zeros(found)), True)
    text, count = _IN_TEXT.subn(lambda found: b'"%b"' % b64encode(_zeros(found)), payload)
    return (replace(record, payload=text), True) if count else (record, False)


def _zeros(found: re.Match[bytes]) -> bytes:
    """Behind the head of a file, if one was kept."""
    return b64decode(found["head"]) + bytes(min(int(found["count"]), MOST_BYTES))
