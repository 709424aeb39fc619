"""Records of the journal as JSON."""

import base64
import json

import pytest

from earwitness.journal.record import Kind, Origin, Record
from earwitness.projections.records import record_document
from told import BEGAN_NS


def test_a_text_record_is_shown_as_text():
    record = Record(7, 1_000, BEGAN_NS, Origin.SERVER, Kind.TEXT, '{"type": "é"}'.encode())
    assert record_document("leg-1", record) == {
        "leg": "leg-1",
        "number": 7,
        "seen_at": "2024-12-01T14:30:22.123456Z",
        "monotonic_ns": 1_000,
        "origin": "server",
        "kind": "text",
        "text": '{"type": "é"}',
    }


@pytest.mark.parametrize("kind", [Kind.BINARY, Kind.PING, Kind.CLOSE, Kind.RAW])
def test_other_bytes_are_shown_in_base64_and_none_is_lost(kind):
    payload = bytes(range(256))
    document = record_document("leg-1", Record(0, 0, 0, Origin.CLIENT, kind, payload))
    assert base64.b64decode(document["base64"]) == payload
    assert "text" not in document
    json.dumps(document)


def test_text_that_is_no_unicode_is_shown_as_far_as_it_goes():
    document = record_document("leg-1", Record(0, 0, 0, Origin.CLIENT, Kind.TEXT, b"ab\xff"))
    assert document["text"] == "ab\ufffd"
