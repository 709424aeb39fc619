"""Messages read from copied chunks, against `websockets`' own parser as the judge."""

import importlib
import os
import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Opcode

from earwitness.capture import frames
from earwitness.capture.frames import FrameReader
from earwitness.capture.inflate import inflaters
from earwitness.journal.record import Kind
from framed import AT, Notebook, cut, deflate, judged, read, wire

payloads = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([0, 1, 125, 126, 127, 65535, 65536, 70_000]).map(
        lambda size: b"ab\x00c" * (size // 4) + b"x" * (size % 4)
    ),
)
message = st.tuples(st.sampled_from([Opcode.TEXT, Opcode.BINARY]), st.lists(payloads, min_size=1, max_size=4))
control = st.tuples(st.sampled_from([Opcode.PING, Opcode.PONG]), st.binary(max_size=125))


@settings(max_examples=150)
@given(
    messages=st.lists(st.tuples(message, st.lists(control, max_size=2)), max_size=6),
    masked=st.booleans(),
    compression=st.sampled_from([None, (True, 15), (False, 15), (True, 9)]),
    seed=st.integers(0, 2**32),
)
def test_the_same_messages_come_out_as_from_websockets_itself(messages, masked, compression, seed):
    sender, judge, ours = deflate(masked, *compression) if compression else (None, None, None)
    data = b""
    for (opcode, pieces), controls in messages:
        texts = [p.hex().encode() if opcode is Opcode.TEXT else p for p in pieces]
        for i, piece in enumerate(texts):
            part = (opcode if i == 0 else Opcode.CONT, piece, i == len(pieces) - 1)
            data += wire(part, masked=masked, extensions=[sender] if sender else [])
            for kind, body in controls:
                data += wire((kind, body, True), masked=masked)
    data += wire((Opcode.CLOSE, b"\x0f\xa1bye", True), masked=masked)
    chance = random.Random(seed)
    chunks, rest = [], data
    while rest:
        size = chance.choice([1, 2, 7, 100, 5000, 200_000])
        chunks.append(rest[:size])
        rest = rest[size:]
    book, reader = read(chunks, ours)
    assert book.messages == judged(data, masked, [judge] if judge else [])
    assert not book.losses
    assert reader.is_closed
    assert reader.is_between_frames


@pytest.mark.parametrize("size", [1, 3, 13])
def test_a_message_cut_anywhere_comes_out_whole(size):
    data = wire((Opcode.TEXT, b"a" * 300, True), (Opcode.BINARY, b"", True))
    book, _ = read(cut(data, size))
    assert book.messages == [(Kind.TEXT, b"a" * 300), (Kind.BINARY, b"")]


def test_without_the_c_extension_masks_are_taken_off_as_well(monkeypatch):
    monkeypatch.setitem(sys.modules, "websockets.speedups", None)
    plain = importlib.reload(frames)
    try:
        book = Notebook()
        plain.FrameReader(book).feed(AT, wire((Opcode.TEXT, b"hello", True), (Opcode.BINARY, b"", True)))
        assert book.messages == [(Kind.TEXT, b"hello"), (Kind.BINARY, b"")]
    finally:
        monkeypatch.undo()
        importlib.reload(frames)


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x83\x00",  # reserved opcode
        b"\xc1\x00",  # compressed, though nobody agreed to it
        b"\xa1\x00",  # reserved bit
        b"\x09\x00",  # a ping in fragments
        b"\x89\x7e\x00\x80" + b"x" * 128,  # a ping that is too long
        b"\x80\x00",  # a continuation of nothing
        b"\x81\xff\xff" + b"\x00" * 11,  # a length with its sign bit set
        b"HTTP/1.1 500 no\r\n\r\n",
    ],
)
def test_what_is_no_frame_ends_the_reading_once_and_is_handed_back(garbage):
    book, reader = read([wire((Opcode.TEXT, b"good", True)) + garbage])
    assert book.messages == [(Kind.TEXT, b"good")]
    assert [reason for reason, _, _ in book.losses] == ["parse_error"]
    assert reader.is_broken
    assert reader.rest == garbage


def test_a_message_inside_an_unfinished_one_ends_the_reading_and_counts_what_was_begun():
    book, reader = read([wire((Opcode.TEXT, b"begun", False), (Opcode.TEXT, b"another", True))])
    assert reader.is_broken
    assert ("parse_error", 1, 5) in book.losses


def test_while_dropping_boundaries_are_kept_and_whole_messages_counted():
    book = Notebook()
    reader = FrameReader(book)
    first = wire((Opcode.TEXT, b"x" * 1000, True))
    reader.feed(AT, first[:500])
    reader.dropping = True
    reader.feed(AT, first[500:] + wire((Opcode.TEXT, b"y" * 10, False), (Opcode.CONT, b"z", True)))
    half = wire((Opcode.BINARY, b"w" * 100, True))
    reader.feed(AT, half[:50])
    reader.dropping = False
    reader.feed(AT, half[50:] + wire((Opcode.TEXT, b"kept", True)))
    assert book.losses == [("overrun", 3, 1111)]
    assert book.messages == [(Kind.TEXT, b"kept")]


def test_a_close_frame_comes_out_even_while_dropping():
    book = Notebook()
    reader = FrameReader(book)
    reader.dropping = True
    reader.feed(AT, wire((Opcode.PING, b"a", True), (Opcode.CLOSE, b"\x03\xe8", True)))
    assert book.messages == [(Kind.CLOSE, b"\x03\xe8")]


def test_compressed_messages_after_dropped_ones_are_still_readable():
    sender, _, ours = deflate(True)
    words = [b"the quick brown fox %d" % i * 20 for i in range(6)]
    parts = [wire((Opcode.TEXT, word, True), extensions=[sender]) for word in words]
    book = Notebook()
    reader = FrameReader(book, ours)
    reader.feed(AT, parts[0])
    reader.dropping = True
    reader.feed(AT, parts[1] + parts[2][:9])
    reader.feed(AT, parts[2][9:])
    reader.dropping = False
    reader.feed(AT, b"".join(parts[3:]))
    assert [payload for _, payload in book.messages] == [words[0], *words[3:]]
    assert [(reason, count) for reason, count, _ in book.losses] == [("overrun", 2)]


def test_what_cannot_be_inflated_is_lost_and_uncompressed_messages_are_not():
    ours = inflaters("permessage-deflate")[0]
    bad = bytearray(wire((Opcode.TEXT, b"\xff\xff\xff\xff", True), masked=False))
    bad[0] |= 0x40
    book, _ = read([bytes(bad) * 2 + wire((Opcode.TEXT, b"plain", True))], ours)
    assert book.losses == [("parse_error", 2, 8)]
    assert book.messages == [(Kind.TEXT, b"plain")]


def test_half_a_frame_at_the_end_is_told_as_torn():
    data = wire((Opcode.TEXT, b"whole", True), (Opcode.TEXT, b"x" * 50, True))
    book, reader = read([data[:-20]])
    assert not reader.is_between_frames
    reader.finish(AT)
    assert book.losses == [("torn", 1, 30)]


def test_random_bytes_never_raise():
    chance = random.Random(7)
    for _ in range(300):
        data = bytes(
            chance.choices([0x81, 0x01, 0x80, 0xC1, 0x89, 0x05, 0x00, 0xFF, 0x7E], k=60)
        ) + os.urandom(40)
        book, reader = read(cut(data, chance.choice([1, 5, 100])), None)
        reader.finish(AT)
        assert sum(len(payload) for _, payload in book.messages) <= len(data)


STEPS = [
    (text, masked)
    for masked in (True, False)
    for text in ((Opcode.TEXT, b"same", True), (Opcode.BINARY, b"same", True), (Opcode.TEXT, b"other", True))
] + [
    ((Opcode.TEXT, b"same", False), True),
    ((Opcode.CONT, b"same", True), True),
    ((Opcode.PING, b"same", True), True),
]


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.booleans()), max_size=12))
def test_frames_of_one_shape_are_read_the_same_whatever_came_between(steps):
    """A chunk like the one before is read by a shorter way; in one piece with all others there is none."""
    chunks = [wire(part, masked=masked) for (part, masked), _ in steps]
    quick, slow = Notebook(), Notebook()
    for book, is_cut in ((quick, False), (slow, True)):
        reader = FrameReader(book)
        for chunk, (_, is_dropping) in zip(chunks, steps, strict=True):
            reader.dropping = is_dropping
            for piece in (chunk[:3], chunk[3:]) if is_cut else (chunk,):
                reader.feed(AT, piece)
        reader.finish(AT)
    assert (quick.messages, quick.losses) == (slow.messages, slow.losses)
