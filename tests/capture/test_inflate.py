"""What two ends agreed on when they answered `permessage-deflate`."""

import zlib

import pytest

from earwitness.capture.inflate import NotInflated, inflaters


def squeezed(*messages, bits=15):
    squeezer = zlib.compressobj(wbits=-bits)
    return [squeezer.compress(m) + squeezer.flush(zlib.Z_SYNC_FLUSH)[:-4] for m in messages]


@pytest.mark.parametrize("answer", ["", "x-webkit-deflate-frame", "foo; permessage-deflate=1"])
def test_nothing_is_inflated_where_nobody_agreed_to_it(answer):
    assert inflaters(answer) == (None, None)


def test_each_direction_has_its_own_window():
    client, server = inflaters(
        "foo, Permessage-Deflate ; server_no_context_takeover; client_max_window_bits=10"
    )
    assert (client.may_skip, server.may_skip) == (False, True)


@pytest.mark.parametrize("bits", [9, 12, 15])
def test_any_agreed_window_is_read(bits):
    words = b"one two three " * 4000
    client, _ = inflaters(f"permessage-deflate; client_max_window_bits={bits}")
    for part in squeezed(words, words[::-1], bits=bits):
        assert client.inflate(part, True, 1 << 20) in (words, words[::-1])


def test_after_a_bomb_later_messages_are_refused_rather_than_misread():
    client, _ = inflaters("permessage-deflate")
    bomb, later = squeezed(bytes(8 << 20), bytes(100))
    with pytest.raises(NotInflated) as too_big:
        client.inflate(bomb, True, 1000)
    with pytest.raises(NotInflated) as unreadable:
        client.inflate(later, True, 1000)
    assert (too_big.value.reason, unreadable.value.reason) == ("overrun", "parse_error")
