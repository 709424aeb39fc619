"""FORMAT.md is enough to write a reader: here is one from the page alone, and it reads the example."""

import hashlib
import re
import struct
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import earwitness.journal
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.journal.recovery import verify

PAGE = (Path(earwitness.journal.__file__).parent / "FORMAT.md").read_text("utf-8")
EXAMPLE, SEALED = map(bytes.fromhex, re.findall(r"```hex\n(.*?)```", PAGE, re.DOTALL))


def crc(data: bytes) -> int:
    """CRC-32C bit by bit: reflected, polynomial 0x1EDC6F41."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value ^ 0xFFFFFFFF


def read(data: bytes) -> list[tuple[int, int, int, bytes]]:
    """(number, origin, kind, payload) of each record of one undamaged segment."""
    assert data[:8] == b"\x89EWJ\r\n\x1a\n"
    assert struct.unpack_from("<I", data, 96)[0] == crc(data[:96])
    leg = data[32:96].rstrip(b"\0")
    records, offset, previous = [], 100, bytes(32)
    while offset < len(data):
        header = data[offset : offset + 104]
        assert header[:8] == b"\x89EWB\r\n\x1a\n"
        assert struct.unpack_from("<I", header, 100)[0] == crc(leg + header[:100])
        length, _, number, count = struct.unpack_from("<IQQI", header, 12)
        assert header[64:96] == previous
        payload = data[offset + 104 : offset + 104 + length]
        assert struct.unpack_from("<I", header, 96)[0] == crc(payload)
        position = 0
        for index in range(count):
            size, _, _, origin, kind = struct.unpack_from("<IqqBB", payload, position)
            body = payload[position + 22 : position + 22 + size]
            records.append((number + index, origin, kind, body))
            position += 22 + size
        assert position == length
        previous = hashlib.sha256(header + payload).digest()
        offset += 104 + length
    return records


EXPECTED = [(0, 1, 3, b'{"type":"ping"}'), (1, 2, 4, b"\x01\x02"), (2, 1, 3, b"bye")]


def test_a_reader_written_from_the_page_reads_the_pages_example() -> None:
    assert f"{len(EXAMPLE)} bytes" in PAGE
    assert read(EXAMPLE) == EXPECTED


def test_a_reader_written_from_the_page_opens_the_pages_encrypted_block() -> None:
    header, stored = SEALED[:104], SEALED[104:]
    length, number, first, count = struct.unpack_from("<IQQI", header, 12)
    assert f"{len(SEALED)} bytes" in PAGE
    assert (header[9], header[36:52], header[52:56]) == (1, bytes(range(16)), b"\xa0\xa1\xa2\xa3")
    assert struct.unpack_from("<I", header, 100)[0] == crc(b"leg-1" + header[:100])
    assert (length, struct.unpack_from("<I", header, 96)[0]) == (len(stored), crc(stored))
    place = b"leg-1\0" + struct.pack("<QQI", number, first, count) + header[64:96]
    assert AESGCM(bytes(range(32))).decrypt(header[52:64], stored, place) == EXAMPLE[204:265]


def test_our_reader_reads_the_pages_example(tmp_path: Path) -> None:
    folder = tmp_path / "leg-1"
    folder.mkdir()
    (folder / "000000.ewj").write_bytes(EXAMPLE)
    records = list(read_leg(folder))
    assert [(record.number, record.origin, record.kind, record.payload) for record in records] == EXPECTED
    assert records[2].monotonic_ns - records[1].monotonic_ns == 20_000_000
    assert records[2].wall_ns - records[1].wall_ns == 20_000_000
    assert verify(folder).ok


def test_the_page_names_every_origin_and_kind() -> None:
    for word in (*Origin, *Kind):
        assert f"{word.value} {word.name.lower()}" in PAGE
