"""The chain of one leg's blocks: each carries the hash of the one before."""

import os

import msgspec

from earwitness.journal import block
from earwitness.journal.backlog import Draft
from earwitness.journal.seal import NONCE_PREFIX_BYTES, LegKey, place_of


class Block(msgspec.Struct, frozen=True, gc=False):
    """One encoded block that is not known to be on disk."""

    number: int
    until: int  # number of the record that follows it
    header: bytes
    payload: bytes
    held_bytes: int
    waits_since: float


class Chain:
    """Makes blocks of drafts, in order; with a key they are sealed.

    A nonce is the number of its block after four random bytes: a leg has one writer and a key of its own,
    and a block is made once, so none is ever used twice.
    """

    __slots__ = ("_key", "_leg", "_previous", "_seed", "_start", "next_number")

    def __init__(self, leg: str, key: LegKey | None = None) -> None:
        self.next_number = 0
        self._leg = leg
        self._key = key
        self._start = os.urandom(NONCE_PREFIX_BYTES)
        self._seed = block.leg_seed(leg)
        self._previous = block.NO_HASH

    def seal(self, draft: Draft, now: float) -> Block:
        """The next block. It is the predecessor of the one after, whether the disk takes it or not."""
        payload = b"".join(draft.chunks)
        number = self.next_number
        key_id, nonce = block.NO_KEY, block.NO_NONCE
        if self._key is not None:
            key_id, nonce = self._key.id, self._start + number.to_bytes(8, "little")
            place = place_of(self._leg, number, draft.first, draft.record_count, self._previous)
            payload = self._key.seal(nonce, payload, place)
        header = block.encode_header(
            self._seed,
            number=number,
            first_record=draft.first,
            record_count=draft.record_count,
            previous=self._previous,
            payload=payload,
            key_id=key_id,
            nonce=nonce,
        )
        self._previous = block.block_hash(header, payload)
        self.next_number = number + 1
        return Block(number, draft.until, header, payload, draft.size_bytes, now)
