"""The audit log: every access, change and refusal, in order, written before the answer goes out.

An entry's leaf holds only what is not personal; in the place of a name it holds a salted commitment. So a
person can be erased from the log and every proof still holds.
"""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import msgspec
import sqlalchemy as sa

from earwitness.clock import Clock, SystemClock
from earwitness.errors import InvalidInput
from earwitness.privacy.proof import commitment, leaf_hash, leaf_of
from earwitness.store import trail
from earwitness.store.database import Database
from earwitness.store.reading import to_row
from earwitness.store.rows import Row
from earwitness.store.types import moment, storable

_table = trail.audit_entries
_LOCK = 0x45415544  # "EAUD": one writer of the log at a time on a shared PostgreSQL
_SALT_BYTES = 32
MAX_LIMIT = 1000


class Outcome(StrEnum):
    """How an asking came out."""

    DONE = "done"
    DENIED = "denied"  # no credential, no right, or nothing of that name for whoever asked
    REFUSED = "refused"  # it may ask, but not this, or not now
    DEFERRED = "deferred"  # it is kept, to be done when nothing stands against it
    FAILED = "failed"


class Entry(Row, frozen=True, kw_only=True):
    """One line of the log, as it is stored."""

    TABLE: ClassVar[str] = "audit_entries"
    number: int
    workspace_id: str
    at: datetime
    action: str
    outcome: str
    conversation_id: str | None
    facts: dict[str, Any]
    private: dict[str, tuple[str, Any] | None] | str  # text: encrypted, and the key is not here
    commitments: dict[str, str]
    leaf_hash: str

    def known(self, name: str) -> Any:
        """A private value, such as `actor`; None where there is none, or it was erased."""
        held = self.private.get(name) if isinstance(self.private, dict) else None
        return held[1] if held else None

    def leaf(self) -> dict[str, Any]:
        """What the tree has of it."""
        return {
            "number": self.number,
            "workspace": self.workspace_id,
            "at": written(self.at),
            "action": self.action,
            "outcome": self.outcome,
            "conversation": self.conversation_id,
            "facts": self.facts,
            "commitments": self.commitments,
        }

    def document(self) -> dict[str, Any]:
        """As the API shows it: the leaf, and beside it what is personal, in words."""
        return {**self.leaf(), **{name: self.known(name) for name in self.commitments}}


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries. `before`: only those with a smaller number; the newest come first."""

    workspace: str | None = None  # None: of all, as `verify` needs it
    action: str | None = None
    outcome: str | None = None
    conversation: str | None = None
    actor: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    limit: int = 100


class Audit:
    """The log of one installation. Safe to use from several threads and processes."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def note(
        self,
        action: str,
        *,
        workspace: str,
        outcome: Outcome = Outcome.DONE,
        conversation: str | None = None,
        facts: Mapping[str, Any] | None = None,
        **private: Any,
    ) -> int:
        """One entry more, on disk on return; its number. Names and other personal things go into `private`.

        Raises `StorageUnavailable` where it cannot be written: what was asked for must not happen then.
        """
        held = {name: (secrets.token_hex(_SALT_BYTES), storable(value)) for name, value in private.items()}
        with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":  # on SQLite every writer is alone
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            last = connection.scalar(sa.select(sa.func.max(_table.c.number)))
            entry = Entry(
                number=0 if last is None else last + 1,
                workspace_id=workspace,
                at=moment(self._clock.now().wall_ns),
                action=action,
                outcome=outcome.value,
                conversation_id=conversation,
                facts=storable(dict(facts or {})),
                private={name: value for name, value in held.items() if value[1] not in (None, "")},
                commitments={
                    name: commitment(*value) for name, value in held.items() if value[1] not in (None, "")
                },
                leaf_hash="",
            )
            row = {name: getattr(entry, name) for name in entry.__struct_fields__}
            row["leaf_hash"] = leaf_hash(leaf_of(entry.leaf())).hex()
            connection.execute(sa.insert(_table), row)
        return entry.number

    def size(self) -> int:
        """How many entries there are."""
        with self._database.reading() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(_table)) or 0)

    def entries(self, query: AuditQuery) -> list[Entry]:
        """The newest that fit, newest first. Raises `InvalidInput` for a limit out of bounds."""
        if not 1 <= query.limit <= MAX_LIMIT:
            raise InvalidInput(f"limit {query.limit}", hint=f"Give a limit from 1 to {MAX_LIMIT}.")
        found: list[Entry] = []
        for entry in self._walk(query):
            if _names(entry, query):
                found.append(entry)
                if len(found) == query.limit:
                    break
        return found

    def every(self, start: int = 0) -> Iterator[Entry]:
        """All entries from number `start` on, oldest first."""
        wanted = sa.select(_table).where(_table.c.number >= start).order_by(_table.c.number)
        with self._database.reading() as connection:
            for row in connection.execution_options(yield_per=1000).execute(wanted):
                yield to_row(Entry, row)

    def leaf_hashes(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The hashes of the leaves `start` up to but without `end`, as they are stored."""
        wanted = sa.select(_table.c.leaf_hash).where(_table.c.number >= start).order_by(_table.c.number)
        if end is not None:
            wanted = wanted.where(_table.c.number < end)
        with self._database.reading() as connection:
            for value in connection.execution_options(yield_per=10_000).scalars(wanted):
                yield bytes.fromhex(value)

    def strike(self, workspace: str, person: str) -> list[tuple[int, str]]:
        """Forget this person: (entry, name) of every private value that named them, which is gone.

        The salts go too, so nothing of the leaves can be guessed back. The log itself stays whole.
        """
        struck = []
        with self._database.writing() as connection:
            mine = sa.select(_table.c.number, _table.c.private).where(_table.c.workspace_id == workspace)
            for number, private in connection.execute(mine).all():
                names = [name for name, held in private.items() if held and person in _words(held[1])]
                if names:
                    struck += [(number, name) for name in names]
                    kept = {**private, **dict.fromkeys(names)}
                    connection.execute(
                        sa.update(_table).where(_table.c.number == number).values(private=kept)
                    )
        return struck

    def _walk(self, query: AuditQuery) -> Iterator[Entry]:
        c = _table.c
        equal = {
            c.workspace_id: query.workspace,
            c.action: query.action,
            c.outcome: query.outcome,
            c.conversation_id: query.conversation,
        }
        held = [column == value for column, value in equal.items() if value is not None]
        held += [c.at >= query.since] if query.since else []
        held += [c.at < query.until] if query.until else []
        held += [c.number < query.before] if query.before is not None else []
        with self._database.reading() as connection:
            wanted = sa.select(_table).where(*held).order_by(c.number.desc())
            for row in connection.execution_options(yield_per=200).execute(wanted):
                yield to_row(Entry, row)


def written(at: datetime) -> str:
    """A time as leaves spell it: UTC with microseconds."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}Z"


def _names(entry: Entry, query: AuditQuery) -> bool:
    return all(
        wanted is None or any(wanted in _words(entry.known(name)) for name in names)
        for names, wanted in ((("actor", "name"), query.actor), (("subject",), query.subject))
    )


def _words(value: Any) -> tuple[str, ...]:
    """The names in a private value: itself, what follows its kind (`key:grafana`), and its parts."""
    if isinstance(value, str):
        return value, value.partition(":")[2]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return tuple(word for part in value for word in _words(part))
    return ()
