"""Messages that are too long, packed or plain: lost whole, told, and the rest is read."""

import random
import tracemalloc

import pytest
from websockets.frames import Opcode

from earwitness.journal.record import Kind
from framed import cut, deflate, read, wire


@pytest.mark.parametrize("size", [64, 1 << 20])
def test_a_message_over_the_bound_is_lost_whole_and_reading_goes_on(size):
    data = wire((Opcode.BINARY, b"q" * 2000, True), (Opcode.TEXT, b"after", True))
    book, _ = read(cut(data, size), message_bytes=1000)
    assert book.losses == [("overrun", 1, 2000)]
    assert book.messages == [(Kind.TEXT, b"after")]


def test_a_message_over_the_bound_in_small_fragments_is_lost_whole():
    parts = [
        (Opcode.BINARY, b"q" * 400, False),
        *[(Opcode.CONT, b"q" * 400, False)] * 3,
        (Opcode.CONT, b"", True),
    ]
    book, _ = read([wire(*parts, (Opcode.TEXT, b"after", True))], message_bytes=1000)
    assert book.losses == [("overrun", 1, 1600)]
    assert book.messages == [(Kind.TEXT, b"after")]


@pytest.mark.parametrize("takes_over", [True, False])
def test_a_message_that_inflates_past_the_bound_is_lost_and_later_ones_are_not(takes_over):
    sender, _, ours = deflate(True, takes_over)
    data = wire((Opcode.TEXT, b"a" * 2500, True), (Opcode.TEXT, b"after" * 9, True), extensions=[sender])
    book, _ = read([data], ours, message_bytes=1000)
    assert [(reason, count) for reason, count, _ in book.losses] == [("overrun", 1)]
    assert book.messages == [(Kind.TEXT, b"after" * 9)]


def test_the_largest_message_is_kept_though_compression_made_it_larger_and_so_are_later_ones():
    sender, _, ours = deflate(True)
    noise = random.Random(7).randbytes(1 << 20)
    parts = ((Opcode.BINARY, noise, True), (Opcode.TEXT, noise[-99:], True))
    data = wire(*parts, extensions=[sender])
    assert len(data) > len(noise) + 99
    book, _ = read(cut(data, 1 << 16), ours, message_bytes=len(noise))
    assert book.losses == []
    assert book.messages == [(Kind.BINARY, noise), (Kind.TEXT, noise[-99:])]


def test_a_bomb_is_never_inflated_as_a_whole():
    sender, _, ours = deflate(True)
    bomb = wire((Opcode.BINARY, bytes(200 << 20), True), extensions=[sender])
    after = wire((Opcode.TEXT, b"plain", True))
    tracemalloc.start()
    book, _ = read([bomb, after], ours, message_bytes=1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
    assert [(reason, count) for reason, count, _ in book.losses] == [("overrun", 1)]
    assert book.messages == [(Kind.TEXT, b"plain")]
