"""Each block carries the hash of the one before, whatever became of that."""

import hashlib

from earwitness.journal.backlog import Draft
from earwitness.journal.block import HEADER_BYTES, NO_HASH, decode_header, is_whole, leg_seed
from earwitness.journal.chain import Chain


def test_blocks_are_numbered_and_each_names_the_whole_one_before() -> None:
    chain = Chain("leg-1")
    blocks = [chain.seal(Draft(n, 1, n + 1, [b"head", b"body"], 8), 5.0) for n in range(3)]
    headers = [decode_header(leg_seed("leg-1"), block.header) for block in blocks]
    previous = NO_HASH
    for number, (block, header) in enumerate(zip(blocks, headers, strict=True)):
        assert header is not None
        assert len(block.header) == HEADER_BYTES
        assert header.number == header.first_record == number
        assert is_whole(header, block.payload)
        assert header.previous == previous
        previous = hashlib.sha256(block.header + block.payload).digest()
    assert chain.next_number == 3
