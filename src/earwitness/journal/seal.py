"""The seam of encryption: who seals the payloads of blocks, and who opens them again.

The journal knows no cipher. Keys belong to a folder, not to whoever happens to read it: whoever opens a data
folder says once, with `unlock`, which keys go with it; from then on every writer and reader below that folder
has them. Without keys a sealed journal is still checked, chained, recovered and shipped; its records are
one gap, `locked`.
"""

import struct
from pathlib import Path
from typing import Protocol

from earwitness.journal.block import BlockHeader, leg_seed
from earwitness.journal.scan import first_block_offset, scan
from earwitness.journal.segment import leg_name, segment_paths

PLACE = struct.Struct("<QQI32s")
NONCE_PREFIX_BYTES = 4


class LegKey(Protocol):
    """The key of one leg. `id` stands in the header of every block it sealed."""

    id: bytes  # 16 bytes

    def keep(self) -> None:
        """It is durable afterwards, so that what it seals can be opened again. Raises `OSError`."""

    def seal(self, nonce: bytes, payload: bytes, place: bytes) -> bytes:
        """What may lie in a file: longer than the payload, and opened only at this place."""

    def open(self, nonce: bytes, stored: bytes, place: bytes) -> bytes | None:
        """The payload; None where the bytes are not what was sealed here."""


class Keys(Protocol):
    """The keys of one data folder."""

    def new(self, leg: str) -> LegKey:
        """A fresh key; nothing is written yet."""

    def find(self, leg: str, key_id: bytes) -> LegKey | None:
        """The key with this id, if it is there and is this leg's."""


_unlocked: dict[Path, Keys] = {}


def unlock(root: Path, keys: Keys | None) -> None:
    """Journals below `root` are sealed and opened with these keys from now on; None: written plain."""
    if keys is None:
        _unlocked.pop(root.resolve(), None)
    else:
        _unlocked[root.resolve()] = keys


def keys_of(folder: Path) -> Keys | None:
    """The keys of the journal that this folder is of, or lies in."""
    if not _unlocked:
        return None
    folder = folder.resolve()
    return next((_unlocked[path] for path in (folder, *folder.parents) if path in _unlocked), None)


def place_of(leg: str, number: int, first_record: int, record_count: int, previous: bytes) -> bytes:
    """Where a block stands: sealed along with it, so that it opens nowhere else."""
    return leg.encode() + b"\0" + PLACE.pack(number, first_record, record_count, previous)


def keys_in(folder: Path) -> set[str]:
    """The ids, in hex, of the keys that blocks of this leg are sealed with."""
    seed = leg_seed(leg_name(folder))
    found = set()
    for path in segment_paths(folder):
        with path.open("rb") as file:
            for each in scan(file, seed, first_block_offset(file) or 0):
                if each.header is not None and each.header.is_sealed:
                    found.add(each.header.key_id.hex())
    return found


class Opener:
    """Opens the blocks of one leg."""

    def __init__(self, leg: str, keys: Keys | None) -> None:
        self._leg = leg
        self._keys = keys
        self._known: dict[bytes, LegKey | None] = {}

    def open(self, header: BlockHeader, stored: bytes) -> bytes | None:
        """The payload of a whole block, sealed or not; None where it does not open."""
        if not header.is_sealed:
            return stored
        key = self._key(header.key_id)
        if key is None:
            return None
        place = place_of(self._leg, header.number, header.first_record, header.record_count, header.previous)
        return key.open(header.nonce, stored, place)

    def has_key(self, header: BlockHeader) -> bool:
        """Could it be opened here at all?"""
        return not header.is_sealed or self._key(header.key_id) is not None

    def _key(self, key_id: bytes) -> LegKey | None:
        if key_id not in self._known:
            self._known[key_id] = self._keys.find(self._leg, key_id) if self._keys else None
        return self._known[key_id]
