"""What was erased and must not come back: in the catalog, and beside the recordings for when that is lost."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from earwitness.store import trail
from earwitness.store.database import Database
from earwitness.store.objects import Objects

FOLDER = "tombstones"  # of the object store; a restore must not lose it
_table = trail.tombstones


class Tombstone(msgspec.Struct, frozen=True, kw_only=True):
    """One erasure, as it is written beside the recordings. Names ids and paths, no person."""

    erasure: str
    workspace: str
    conversation: str
    erased_at: str
    legs: list[str]
    objects: list[str]
    folder: str = ""  # all below it goes

    @property
    def ids(self) -> list[str]:
        return [self.conversation, *self.legs]


class Tombstones:
    """The tombstones of one installation."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database = database
        self._objects = objects

    def put(self, stone: Tombstone, at: datetime) -> None:
        """It stands in both places afterwards."""
        self._objects.put(f"{FOLDER}/{stone.erasure}.json", [msgspec.json.encode(stone)], replace=True)
        self.mark(stone, at)

    def mark(self, stone: Tombstone, at: datetime) -> None:
        """The catalog knows it: none of its legs is taken in again."""
        with self._database.writing() as connection:
            there = set(connection.scalars(sa.select(_table.c.id).where(_table.c.id.in_(stone.ids))))
            rows = [
                {"id": name, "workspace_id": stone.workspace, "erased_at": at}
                for name in stone.ids
                if name not in there
            ]
            if rows:
                connection.execute(sa.insert(_table), rows)

    def every(self) -> Iterator[Tombstone]:
        """All that stand beside the recordings, oldest first."""
        for info in list(self._objects.list(FOLDER)):
            yield msgspec.json.decode(b"".join(self._objects.open(info.path)), type=Tombstone)

    def known(self) -> Sequence[str]:
        """The ids that the catalog knows to be erased."""
        with self._database.reading() as connection:
            return connection.scalars(sa.select(_table.c.id)).all()
