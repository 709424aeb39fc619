"""The chain of one leg's blocks: each carries the hash of the one before."""

import msgspec

from earwitness.journal import block
from earwitness.journal.backlog import Draft


class Block(msgspec.Struct, frozen=True, gc=False):
    """One encoded block that is not known to be on disk."""

    number: int
    until: int  # number of the record that follows it
    header: bytes
    payload: bytes
    held_bytes: int
    waits_since: float


class Chain:
    """Makes blocks of drafts, in order."""

    __slots__ = ("_previous", "_seed", "next_number")

    def __init__(self, leg: str) -> None:
        self.next_number = 0
        self._seed = block.leg_seed(leg)
        self._previous = block.NO_HASH

    def seal(self, draft: Draft, now: float) -> Block:
        """The next block. It is the predecessor of the one after, whether the disk takes it or not."""
        payload = b"".join(draft.chunks)
        number = self.next_number
        header = block.encode_header(
            self._seed,
            number=number,
            first_record=draft.first,
            record_count=draft.record_count,
            previous=self._previous,
            payload=payload,
        )
        self._previous = block.block_hash(header, payload)
        self.next_number = number + 1
        return Block(number, draft.until, header, payload, draft.size_bytes, now)
