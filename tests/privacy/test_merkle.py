"""Every proof over every small tree, against the definition of RFC 9162 written out once more, naively."""

import hashlib

import pytest

from earwitness.privacy.merkle import Frontier, consistency, inclusion, root
from earwitness.privacy.proof import is_continued, leaf_hash, root_of

LEAVES = [leaf_hash(str(number).encode()) for number in range(33)]


def by_definition(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


@pytest.mark.parametrize("size", range(34))
def test_the_growing_edge_has_the_root_of_the_definition(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(leaf)
    assert frontier.root() == root(LEAVES[:size]) == by_definition(LEAVES[:size])
    assert Frontier(size, frontier.peaks).root() == frontier.root()


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proven_and_no_other_by_its_proof(size: int) -> None:
    leaves = LEAVES[:size]
    for number in range(size):
        path = inclusion(leaves, number)
        assert root_of(leaves[number], number, size, path) == root(leaves)
        assert root_of(leaf_hash(b"another"), number, size, path) != root(leaves)
        if size > 1:
            assert root_of(leaves[number], (number + 1) % size, size, path) != root(leaves)
            assert root_of(leaves[number], number, size, path[:-1]) != root(leaves)
    assert root_of(leaves[0], size, size, []) is None


@pytest.mark.parametrize("size", range(1, 34))
def test_every_earlier_tree_is_proven_to_be_continued_and_no_other(size: int) -> None:
    new = root(LEAVES[:size])
    for old in range(size + 1):
        path = consistency(LEAVES[:size], old)
        before = root(LEAVES[:old])
        assert is_continued(old, before, size, new, path)
        if 0 < old < size:
            assert not is_continued(old, leaf_hash(b"x"), size, new, path)
            assert not is_continued(old, before, size, leaf_hash(b"x"), path)
            assert not is_continued(old, before, size, new, path[:-1])
    assert not is_continued(size + 1, new, size, new, [])
