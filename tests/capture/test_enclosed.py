"""Sound inside a JSON body comes out in pieces, and the rest stays a body."""

import base64
import io
import json
import os

import pytest

from earwitness.capture.enclosed import READ_BYTES, Enclosed
from earwitness.errors import InvalidInput


def body_of(sound: bytes, *, before: int = 0, escaped: bool = False) -> bytes:
    encoded = base64.b64encode(sound).decode()
    told = json.dumps({"data": {"pad": "x" * before, "full_audio": encoded}, "type": "post_call_audio"})
    return (told.replace("/", "\\/") if escaped else told).encode()


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000, READ_BYTES, 3 * READ_BYTES + 1])
def test_every_byte_of_the_sound_comes_out_and_nothing_else_changes(size: int, escaped: bool) -> None:
    sound = os.urandom(size)
    enclosed = Enclosed(io.BytesIO(body_of(sound, escaped=escaped)))
    assert b"".join(enclosed.sound()) == sound
    told = json.loads(enclosed.rest(1000))
    assert told == {"data": {"pad": "", "full_audio": ""}, "type": "post_call_audio"}


@pytest.mark.parametrize("off", range(-20, 21, 4))
def test_the_key_is_found_wherever_a_read_cuts_it(off: int) -> None:
    enclosed = Enclosed(io.BytesIO(body_of(b"sound", before=READ_BYTES + off - 30)))
    assert b"".join(enclosed.sound()) == b"sound"


def test_pieces_are_no_longer_than_what_is_read_at_once() -> None:
    enclosed = Enclosed(io.BytesIO(body_of(os.urandom(4 * READ_BYTES))))
    assert max(map(len, enclosed.sound())) <= READ_BYTES


def test_words_that_only_look_like_the_key_are_words() -> None:
    body = json.dumps({"message": 'say "full_audio": "AAAA"', "other": "full_audio"}).encode()
    enclosed = Enclosed(io.BytesIO(body))
    assert (enclosed.has_sound, list(enclosed.sound()), enclosed.rest(1000)) == (False, [], body)


@pytest.mark.parametrize("sound", [b'"full_audio": "%%%%"', b'"full_audio": "QUJD', b'"full_audio": "A"'])
def test_sound_that_is_none_is_said_to_be_none(sound: bytes) -> None:
    with pytest.raises(InvalidInput):
        Enclosed(io.BytesIO(b"{" + sound + b"}" if sound.endswith(b'"') else sound)).check()


def test_a_rest_that_is_too_long_is_not_read() -> None:
    with pytest.raises(InvalidInput, match="too long"):
        Enclosed(io.BytesIO(b"[" + b"1," * 600 + b"1]")).rest(1000)
