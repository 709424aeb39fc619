"""The tree over the audit log's leaves (RFC 9162, section 2.1): roots while it grows, and proofs."""

from collections.abc import Iterable, Sequence

from earwitness.privacy.proof import NO_ENTRIES, node_hash


class Frontier:
    """The right edge of a growing tree: the roots of its whole subtrees, largest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """One more leaf, given by its hash."""
        self.peaks.append(leaf)
        self.size += 1
        height = self.size
        while height % 2 == 0:
            right, left = self.peaks.pop(), self.peaks.pop()
            self.peaks.append(node_hash(left, right))
            height >>= 1

    def root(self) -> bytes:
        if not self.peaks:
            return NO_ENTRIES
        *rest, root = self.peaks
        for peak in reversed(rest):
            root = node_hash(peak, root)
        return root


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def inclusion(leaves: Sequence[bytes], number: int) -> list[bytes]:
    """The proof that leaf `number` is in the tree (2.1.3.1), from the leaf up."""
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if number < half:
        return [*inclusion(leaves[:half], number), root(leaves[half:])]
    return [*inclusion(leaves[half:], number - half), root(leaves[:half])]


def consistency(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """The proof that the tree begins with the one of its first `old` leaves (2.1.4.1)."""
    return [] if old in (0, len(leaves)) else _consistency(leaves, old, is_whole=True)


def _consistency(leaves: Sequence[bytes], old: int, *, is_whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if is_whole else [root(leaves)]
    half = _half(len(leaves))
    if old <= half:
        return [*_consistency(leaves[:half], old, is_whole=is_whole), root(leaves[half:])]
    return [*_consistency(leaves[half:], old - half, is_whole=False), root(leaves[:half])]


def _half(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1
