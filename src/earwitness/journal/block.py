"""Blocks: the unit of write, checksum, chain, compression and encryption. `FORMAT.md` is the law.

A block is a header of `HEADER_BYTES` and a payload of whole records. The header's checksum is seeded with
the leg's name, so that a block of another leg, found on a recycled disk, is never taken for one of ours.
"""

import hashlib
import struct
from typing import NamedTuple

import google_crc32c

from earwitness.journal.record import Kind, Origin, Record

MAGIC = b"\x89EWB\r\n\x1a\n"  # not ASCII, both line ends, end-of-file: a text tool breaks it visibly
VERSION = 1
BLOCK_BYTES = 64 * 1024  # payload of one block, unless a single record is bigger
MAX_PAYLOAD_BYTES = 16 * 1024 * 1024 + 64 * 1024  # of one record: the largest WebSocket message, and margin
MAX_STORED_BYTES = 2 * MAX_PAYLOAD_BYTES  # a reader believes no length above this

_FIELDS = struct.Struct("<8sBBHIQQI16s12s32sI")
_CHECK = struct.Struct("<I")
_RECORD = struct.Struct("<IqqBB")
HEADER_BYTES = _FIELDS.size + _CHECK.size
RECORD_BYTES = _RECORD.size
NO_KEY = bytes(16)
NO_NONCE = bytes(12)
NO_HASH = bytes(32)
SEALED = 1  # flag: the payload is encrypted, AES-256-GCM

pack_record_header = _RECORD.pack  # payload length, monotonic_ns, wall_ns, origin, kind
unpack_record_header = _RECORD.unpack
pack_tagged_header = struct.Struct("<Iqq2s").pack  # the same with origin and kind as two bytes: half the time

_ORIGINS = {int(origin): origin for origin in Origin}
_KINDS = {int(kind): kind for kind in Kind}


class BlockHeader(NamedTuple):
    """What a block says of itself."""

    version: int
    flags: int  # bit 0: encrypted; none other is defined in version 1
    stored_bytes: int  # length of the payload as it lies in the file
    number: int  # counts from 0 over all segments of the leg
    first_record: int
    record_count: int
    key_id: bytes
    nonce: bytes
    previous: bytes  # SHA-256 of the whole block before, header and payload
    payload_crc: int

    @property
    def is_sealed(self) -> bool:
        return bool(self.flags & SEALED)


def leg_seed(leg: str) -> int:
    """CRC-32C of the leg's name: where every header checksum of the leg starts."""
    return int(google_crc32c.value(leg.encode()))


def encode_header(
    seed: int,
    *,
    number: int,
    first_record: int,
    record_count: int,
    previous: bytes,
    payload: bytes,
    key_id: bytes = NO_KEY,
    nonce: bytes = NO_NONCE,
) -> bytes:
    """The header for `payload` as it will be stored: packed records that are numbered from `first_record`
    on, or, with a key id, those encrypted."""
    fields = _FIELDS.pack(
        MAGIC,
        VERSION,
        0 if key_id == NO_KEY else SEALED,
        0,
        len(payload),
        number,
        first_record,
        record_count,
        key_id,
        nonce,
        previous,
        google_crc32c.value(payload),
    )
    return fields + _CHECK.pack(google_crc32c.extend(seed, fields))


def decode_header(seed: int, data: bytes) -> BlockHeader | None:
    """The header at the start of `data`; None when there is none that holds."""
    if len(data) < HEADER_BYTES or not data.startswith(MAGIC):
        return None
    if google_crc32c.extend(seed, data[: _FIELDS.size]) != _CHECK.unpack_from(data, _FIELDS.size)[0]:
        return None
    _, version, flags, reserved, *rest = _FIELDS.unpack_from(data)
    header = BlockHeader(version, flags | reserved << 8, *rest)
    return header if header.stored_bytes <= MAX_STORED_BYTES else None


def is_whole(header: BlockHeader, payload: bytes) -> bool:
    """True when `payload` is, byte for byte, what was written under this header."""
    return len(payload) == header.stored_bytes and google_crc32c.value(payload) == header.payload_crc


def is_known(header: BlockHeader) -> bool:
    """True when this version of the code can read such a block."""
    return header.version == VERSION and header.flags in (0, SEALED)


def decode_records(header: BlockHeader, payload: bytes) -> list[Record] | None:
    """The records of a whole block, given its opened payload; None when that does not hold what the header
    says.

    A record of an origin or a kind that a later version added is left out; its number is used up.
    """
    records: list[Record] = []
    position, end = 0, len(payload)
    number = header.first_record
    while position < end:
        if end - position < RECORD_BYTES:
            return None
        length, monotonic_ns, wall_ns, origin, kind = _RECORD.unpack_from(payload, position)
        position += RECORD_BYTES
        if length > end - position:
            return None
        if origin in _ORIGINS and kind in _KINDS:
            body = payload[position : position + length]
            records.append(Record(number, monotonic_ns, wall_ns, _ORIGINS[origin], _KINDS[kind], body))
        position += length
        number += 1
    return records if number == header.first_record + header.record_count else None


def block_hash(header: bytes, payload: bytes) -> bytes:
    """SHA-256 over the whole block: what the next block carries as `previous`."""
    digest = hashlib.sha256(header)
    digest.update(payload)
    return digest.digest()
