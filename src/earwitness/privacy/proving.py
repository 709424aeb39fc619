"""Proving the audit log: each entry is what was written, where it was, and there when heads were signed."""

from collections.abc import Iterator

from earwitness.privacy.audit import Audit, Entry
from earwitness.privacy.merkle import Frontier
from earwitness.privacy.proof import Checkpoint, commitment, leaf_hash, leaf_of, read_checkpoint


def problems_of_log(
    audit: Audit, notes: list[str], public_key: bytes, outside: str | None = None
) -> Iterator[str]:
    """Each thing that is not as it was written, in words; `notes` are the checkpoints that are kept here,
    `outside` is one that was kept elsewhere."""
    points: dict[int, list[tuple[Checkpoint, str]]] = {}
    for note, where in [*((note, "here") for note in notes), *([(outside, "outside")] if outside else [])]:
        found = read_checkpoint(note, public_key)
        if found is None:
            yield f"the checkpoint kept {where} was not signed by this installation: {note[:60].strip()!r}"
        else:
            points.setdefault(found.size, []).append((found, where))
    log = _Log()
    yield from _at(points.pop(0, []), log)
    for entry in audit.every():
        yield from log.take(entry)
        yield from _at(points.pop(log.size, []), log)
    yield from log.unexplained()
    for size, kept in sorted(points.items()):
        for _, where in kept:
            yield (
                f"the log was cut: the checkpoint kept {where} covers {size} entries, {log.size} are there"
            )


class _Log:
    """The walk over the log, and what it has seen."""

    def __init__(self) -> None:
        self.size = 0  # entries that were written, as far as is known
        self.proven = 0  # entries before the last head that fitted
        self._frontier: Frontier | None = Frontier()  # None: entries are missing, and with them the tree
        self._erased: list[tuple[int, str]] = []
        self._explained: set[tuple[int, str]] = set()

    def take(self, entry: Entry) -> Iterator[str]:
        due = self.size
        if entry.number != due:
            self._frontier = None
            what = (
                f"entry {due} is" if entry.number == due + 1 else f"entries {due} to {entry.number - 1} are"
            )
            yield f"audit {what} missing"
        leaf = leaf_hash(leaf_of(entry.leaf()))
        if leaf.hex() != entry.leaf_hash:
            yield f"audit entry {entry.number} was changed after it was written"
        yield from self._private(entry)
        if entry.action == "forget":
            self._explained |= {(number, name) for number, name in entry.facts.get("struck", [])}
        if self._frontier:
            self._frontier.append(leaf)
        self.size = max(due, entry.number + 1)

    def root(self) -> bytes | None:
        """What a head of this size must have been signed of; None where nobody can say any more."""
        return self._frontier.root() if self._frontier else None

    def _private(self, entry: Entry) -> Iterator[str]:
        if not isinstance(entry.private, dict):
            return  # encrypted, and the key is not here: the leaf is all that can be checked
        for name, mark in entry.commitments.items():
            held = entry.private.get(name)
            if held is None:
                self._erased.append((entry.number, name))
            elif commitment(*held) != mark:
                yield f"audit entry {entry.number}: its {name} was changed"
        for name in entry.private.keys() - entry.commitments.keys():
            yield f"audit entry {entry.number}: {name} was added"

    def unexplained(self) -> Iterator[str]:
        for number, name in self._erased:
            if (number, name) not in self._explained:
                yield f"audit entry {number}: its {name} was removed, and no erasure tells of it"


def _at(kept: list[tuple[Checkpoint, str]], log: _Log) -> Iterator[str]:
    """What heads that were signed at this size say of the log as it stands."""
    root = log.root()
    for point, where in kept:
        if point.root != root:
            yield (
                f"audit entries {log.proven} to {point.size - 1} are not those of which "
                f"the checkpoint kept {where} was signed at {point.at}"
            )
        else:
            log.proven = point.size
