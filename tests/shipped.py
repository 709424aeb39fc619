"""A data folder with ended calls, a store elsewhere, and stores that fail: for the tests of shipping."""

import hashlib
import random
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from earwitness.clock import ManualClock, SystemClock
from earwitness.errors import StorageUnavailable
from earwitness.library import Library
from earwitness.pipeline.ship import Shipping
from earwitness.settings import Settings
from earwitness.store import shipments
from earwitness.store.folder import FolderObjects
from earwitness.store.objects import ObjectInfo
from journal_legs import Legs


class Killed(BaseException):
    """The process ends here: nothing of ours runs after it."""


class Bad(FolderObjects):
    """Fails by chance: away before or after the work, wrong bytes, half of them; or we are killed."""

    def __init__(self, root: Path, chance: random.Random) -> None:
        super().__init__(root)
        self.chance, self.faults, self.rate = chance, 0, 0.5

    def _fails(self, rate: float) -> bool:
        is_hit = self.chance.random() < rate * self.rate
        self.faults += is_hit
        return is_hit

    def _suffer(self) -> None:
        if self._fails(0.4):
            raise self.chance.choice([StorageUnavailable("away"), StorageUnavailable("reset"), Killed()])

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        self._suffer()
        data = b"".join(chunks)
        told = ObjectInfo(path=path, byte_count=len(data), sha256=hashlib.sha256(data).hexdigest())
        if self._fails(0.3):
            data = self.chance.choice([data[: len(data) // 2], data[:-1] + b"?", b""])
        super().put(path, [data], replace=replace)
        self._suffer()
        return told  # it says so, whatever it did

    def holds(self, info: ObjectInfo) -> bool:
        self._suffer()
        return super().holds(info)

    def delete(self, path: str) -> bool:
        self._suffer()
        return super().delete(path)


class Place:
    """A data folder with one ended call in it, and a store elsewhere."""

    def __init__(self, folder: Path, texts: tuple[str, ...] = ("Hello?",)) -> None:
        self.data, self.store = folder / "data", folder / "store"
        with Legs(self.data) as legs:
            for n, text in enumerate(texts):
                leg = legs.open(ms=n * 10_000)
                leg.user(n * 10_000 + 50, f"item_{n}", text)
                leg.end(n * 10_000 + 900)
        self.library = Library(Settings(data_dir=str(self.data)))
        self.library.catch_up()
        self.clock = ManualClock(wall_ns=SystemClock().now().wall_ns)
        self.truth = self.local()

    def local(self) -> dict[str, bytes]:
        root = self.data / "journal"
        return {
            path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
        }

    def shipping(self, objects: FolderObjects | None = None, *, hours: float = 0) -> Shipping:
        return Shipping(
            self.library.catalog,
            objects or FolderObjects(self.store),
            self.data / "journal",
            keep_local=timedelta(hours=hours),
            clock=self.clock,
        )

    def stored(self) -> dict[str, bytes]:
        """The journals in the store, by where they belong here."""
        found = {}
        for path in self.store.rglob("*"):
            if path.is_file():
                day, _, _, leg, name = path.relative_to(self.store / "conversations").parts
                found[f"{day}/{leg}/{name}"] = path.read_bytes()
        return found

    def states(self) -> set[str]:
        database = self.library.catalog.database
        return {
            row.state
            for recorded in self.library.conversations()
            for row in shipments.of_conversation(database, "default", recorded.id)
        }


def ship(shipping: Shipping) -> None:
    for workspace, conversation in shipping.due():
        shipping.ship(workspace, conversation)
