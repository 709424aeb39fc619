"""Files in an object store, encrypted in chunks so that any range can be read alone.

A sealed file is a header of `HEADER_BYTES` and chunks of `CHUNK_BYTES` of the original, each with a tag of 16
bytes (AES-256-GCM). A chunk is bound to its path, its place and to whether it is the last one: moved, left
out, doubled or cut off it does not open.
"""

import hashlib
import secrets
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from earwitness.errors import Damaged, Denied
from earwitness.privacy.vault import Key, Vault
from earwitness.store.objects import ObjectInfo, Objects, checked

MAGIC = b"\x89EWO\r\n\x1a\n"
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
_HEADER = struct.Struct("<8sBBHI16s8s")  # magic, version, flags, reserved, chunk size, key id, nonce prefix
HEADER_BYTES = _HEADER.size
_STRIDE = CHUNK_BYTES + TAG_BYTES
_OPEN = ("tombstones/", "checkpoints/")  # hold ids and hashes, and must be readable when no key is left


class SealedObjects:
    """An object store whose files only the vault's keys open. Sizes and hashes are those of the originals."""

    def __init__(self, objects: Objects, vault: Vault) -> None:
        self._objects = objects
        self._vault = vault

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        if _is_open(path):
            return self._objects.put(path, chunks, replace=replace)
        key = self._vault.key_of(_owner(checked(path)))
        digest, count = hashlib.sha256(), 0

        def measured() -> Iterator[bytes]:
            nonlocal count
            for chunk in chunks:
                digest.update(chunk)
                count += len(chunk)
                yield chunk

        self._objects.put(path, _seal(path, measured(), key), replace=replace)
        return ObjectInfo(path=path, byte_count=count, sha256=digest.hexdigest())

    def open(self, path: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        if _is_open(path):
            return self._objects.open(path, start, end)
        stored = self._objects.info(path).byte_count
        size = _original(stored)
        start, end = max(start, 0), size if end is None else min(end, size)
        header = b"".join(self._objects.open(path, 0, HEADER_BYTES))
        return self._pieces(path, header, stored, start, end) if start < end else iter(())

    def _pieces(self, path: str, header: bytes, stored: int, start: int, end: int) -> Iterator[bytes]:
        key, prefix = self._key(path, header)
        first, last = start // CHUNK_BYTES, (end - 1) // CHUNK_BYTES
        final = max(_chunks(stored) - 1, 0)
        source = self._objects.open(
            path, HEADER_BYTES + first * _STRIDE, min(HEADER_BYTES + (last + 1) * _STRIDE, stored)
        )
        for number, chunk in enumerate(_in_steps(source, _STRIDE), first):
            place = _place(path, number, is_last=number == final)
            plain = key.open(prefix + number.to_bytes(4, "little"), chunk, place)
            if plain is None:
                raise Damaged(
                    f"{path}: chunk {number} is not what was sealed there",
                    hint="Its files can be made again from the journals: earwitness reindex.",
                )
            at = number * CHUNK_BYTES
            yield plain[max(start - at, 0) : end - at]

    def info(self, path: str) -> ObjectInfo:
        found = self._objects.info(path)
        if _is_open(path):
            return found
        return ObjectInfo(path=path, byte_count=_original(found.byte_count))

    def holds(self, info: ObjectInfo) -> bool:
        if _is_open(info.path):
            return self._objects.holds(info)
        if not self._objects.exists(info.path):
            return False
        digest, count = hashlib.sha256(), 0
        try:
            for piece in self.open(info.path):
                digest.update(piece)
                count += len(piece)
        except (Damaged, Denied):
            return False
        return (count, digest.hexdigest()) == (info.byte_count, info.sha256)

    def is_sealed(self, path: str) -> bool:
        """Whether what lies there was written sealed. Raises `NotFound`, `StorageUnavailable`."""
        return b"".join(self._objects.open(path, 0, len(MAGIC))) == MAGIC

    def exists(self, path: str) -> bool:
        return self._objects.exists(path)

    def abandon(self, folder: str) -> None:
        self._objects.abandon(folder)

    def place(self, path: str) -> Path | None:
        return self._objects.place(path) if _is_open(checked(path)) else None

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        for info in self._objects.list(prefix):
            yield (
                info
                if _is_open(info.path)
                else ObjectInfo(path=info.path, byte_count=_original(info.byte_count))
            )

    def delete(self, path: str) -> bool:
        return self._objects.delete(path)

    def _key(self, path: str, header: bytes) -> tuple[Key, bytes]:
        if len(header) != HEADER_BYTES or not header.startswith(MAGIC):
            raise Damaged(
                f"{path} is not a sealed file",
                hint="It may stem from before encryption: stop the server, then earwitness reindex.",
            )
        _, version, flags, reserved, chunk_bytes, key_id, prefix = _HEADER.unpack(header)
        if (version, flags, reserved, chunk_bytes) != (1, 0, 0, CHUNK_BYTES):
            raise Damaged(f"{path} was sealed in a way that this program does not know")
        key = self._vault.find(_owner(path), key_id)
        if key is None:
            raise Denied(f"the key of {path} is not here", hint="Was it erased, or is keys/ missing?")
        return key, prefix


def _seal(path: str, chunks: Iterable[bytes], key: Key) -> Iterator[bytes]:
    prefix = secrets.token_bytes(8)
    yield _HEADER.pack(MAGIC, 1, 0, 0, CHUNK_BYTES, key.id, prefix)
    waiting, number = None, 0
    for chunk in _in_steps(chunks, CHUNK_BYTES):
        if waiting is not None:
            place = _place(path, number, is_last=False)
            yield key.seal(prefix + number.to_bytes(4, "little"), waiting, place)
            number += 1
        waiting = chunk
    place = _place(path, number, is_last=True)
    yield key.seal(prefix + number.to_bytes(4, "little"), waiting or b"", place)


def _in_steps(chunks: Iterable[bytes], step: int) -> Iterator[bytes]:
    """The same bytes, cut every `step`."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= step:
            yield bytes(held[:step])
            del held[:step]
    if held:
        yield bytes(held)


def _place(path: str, number: int, *, is_last: bool) -> bytes:
    return path.encode() + struct.pack("<IB", number, is_last)


def _chunks(stored: int) -> int:
    return -(-(stored - HEADER_BYTES) // _STRIDE)


def _original(stored: int) -> int:
    """The size of what was sealed, from the size of what lies there."""
    return max(stored - HEADER_BYTES - max(_chunks(stored), 0) * TAG_BYTES, 0)


def _owner(path: str) -> str:
    """Whose key it has: the conversation in its path, or the top folder."""
    parts = path.split("/")
    return parts[2] if parts[0] == "conversations" and len(parts) > 3 else parts[0]


def _is_open(path: str) -> bool:
    return path.startswith(_OPEN)
