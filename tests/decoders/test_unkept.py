"""Sound that was not kept by choice; `tests/capture/test_sieve.py` has all decoders' cases of it."""

from base64 import b64encode

import pytest

from earwitness.decoders.unkept import filled
from earwitness.journal.record import Kind, Origin, Record


def record(payload: bytes, kind: Kind = Kind.TEXT) -> Record:
    return Record(3, 0, 0, Origin.CLIENT, kind, payload)


def test_in_place_of_the_mark_stand_as_many_zeros_behind_the_head_that_was_kept() -> None:
    text, lacks = filled(record(b'{"audio":"[not kept: 5 bytes]","n":1}'))
    assert (text.payload, lacks) == (b'{"audio":"%b","n":1}' % b64encode(bytes(5)), True)
    headed, _ = filled(record(b'{"data":"UklGRg==[not kept: 2 bytes]"}'))
    assert headed.payload == b'{"data":"%b"}' % b64encode(b"RIFF\0\0")
    binary, lacks = filled(record(b"[not kept: 4 bytes]", Kind.BINARY))
    assert (binary.payload, lacks) == (bytes(4), True)


@pytest.mark.parametrize(
    "payload",
    [b'{"text":"he said [not kept: 5 bytes]"}', b'{"a":"[not kept: 5 bytes"}', b"[not kept: x bytes]"],
)
def test_words_that_only_look_like_it_stay_words(payload: bytes) -> None:
    for kind in (Kind.TEXT, Kind.BINARY):
        one = record(payload, kind)
        assert filled(one) == (one, False)


def test_a_claim_beyond_any_message_is_cut_short() -> None:
    text, _ = filled(record(b'{"audio":"[not kept: 99999999 bytes]"}'))
    assert len(text.payload) < 24 << 20
