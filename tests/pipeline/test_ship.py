"""Journals on their way to the object store: nothing is lost, whatever fails, and nothing goes too early."""

import hashlib
import os
import random
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from earwitness.clock import ManualClock, SystemClock
from earwitness.errors import Damaged, StorageUnavailable
from earwitness.library import Library
from earwitness.pipeline.ship import Shipping
from earwitness.settings import Settings
from earwitness.store import shipments
from earwitness.store.objects import FolderObjects, ObjectInfo
from journal_legs import Legs

ROUNDS = 10_000 if os.environ.get("EARWITNESS_CHAOS") == "full" else 200
HOUR_NS = 3600 * 10**9


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


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.library.catalog.close()


def ship(shipping: Shipping) -> None:
    for workspace, conversation in shipping.due():
        shipping.ship(workspace, conversation)


def test_a_journal_is_stored_where_its_conversation_lies_and_kept_here_for_as_long_as_is_said(
    place: Place,
) -> None:
    shipping = place.shipping(hours=24)
    assert shipping.waiting("default") == 1
    ship(shipping)
    (conversation,) = place.library.conversations()
    folder = place.store / "conversations" / f"{conversation.row.started_at:%Y-%m-%d}" / conversation.id
    assert {path.name for path in (folder / "journal").iterdir()} == {
        leg.name for leg in conversation.folders
    }
    assert place.stored() == place.local() == place.truth
    assert (place.states(), shipping.waiting("default"), shipping.due()) == ({"verified"}, 0, ())
    place.clock.advance(24 * HOUR_NS - 1_000_000)
    assert shipping.due() == ()
    place.clock.advance(1_000_000)
    ship(shipping)
    assert (place.local(), place.states(), shipping.due()) == ({}, {"remote"}, ())
    assert place.stored() == place.truth


def test_shipping_again_at_any_state_changes_nothing(place: Place) -> None:
    shipping = place.shipping()
    for _ in range(3):
        for recorded in list(place.library.conversations()):
            shipping.ship("default", recorded.id)
    assert place.stored() == place.truth
    assert place.states() == {"remote"}


def test_what_went_away_comes_back_when_it_is_asked_for(place: Place) -> None:
    place.library.shipping = shipping = place.shipping()
    before = [recorded.transcript() for recorded in place.library.conversations()]
    ship(shipping)
    assert place.local() == {}
    (recorded,) = place.library.conversations()
    assert place.local() == {}, "a list needs no journals"
    assert [recorded.transcript()] == before
    assert place.local() == place.truth
    assert place.states() == {"verified"}, "and goes again later"
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (place.data / "journal").rglob("*.*")}
    assert modes == {0o600}
    ship(shipping)
    assert place.local() == {}


def test_a_store_that_lost_a_journal_is_found_out_and_not_believed(place: Place) -> None:
    shipping = place.shipping()
    ship(shipping)
    (file,) = [path for path in place.store.rglob("*") if path.is_file()]
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    (recorded,) = place.library.conversations()
    with pytest.raises(Damaged):
        shipping.fetch("default", recorded.id)
    assert place.local() == {}, "nothing false is put in its place"


def test_a_copy_that_changed_in_the_store_meanwhile_is_sent_again_instead_of_relied_on(place: Place) -> None:
    shipping = place.shipping(hours=1)
    ship(shipping)
    (file,) = [path for path in place.store.rglob("*") if path.is_file()]
    file.write_bytes(b"somebody else's")
    place.clock.advance(HOUR_NS)
    ship(shipping)
    assert place.local() == place.truth
    ship(shipping)
    assert place.stored() == place.truth


def test_a_call_that_goes_on_has_its_journal_here_and_nowhere_else(place: Place) -> None:
    shipping = place.shipping()
    ship(shipping)
    (recorded,) = place.library.conversations()
    shipping.recall("default", recorded.id)
    assert (place.local(), place.stored(), place.states()) == (place.truth, {}, set())


def test_reindex_takes_in_what_only_the_store_has(place: Place) -> None:
    """R15: the catalog and the whole folder are lost."""
    place.library.shipping = shipping = place.shipping()
    ship(shipping)
    dump = place.library.catalog.dump()
    place.library.reindex()
    assert place.library.catalog.dump() == dump
    assert place.local() == place.truth
    fresh = Library(Settings(data_dir=str(place.data.parent / "fresh")))
    fresh.shipping = Shipping(
        fresh.catalog, FolderObjects(place.store), fresh.journal_root, keep_local=timedelta()
    )
    fresh.reindex()
    assert fresh.catalog.dump() == dump
    fresh.catalog.close()


def test_what_is_no_journal_of_ours_is_not_brought_here(place: Place) -> None:
    objects = FolderObjects(place.store)
    for path in (
        "conversations/2026-01-01/x/journal/leg/a.bin",
        "conversations/2026-01-01/0190/stereo.flac",
        "conversations/evil/journal/0190/000.bin",
    ):
        objects.put(path, [b"x"])
    assert place.shipping().bring_back() == 0
    assert place.local() == place.truth


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A folder where thousands of syncs cost nothing, where there is one."""
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


def test_whatever_fails_no_journal_goes_before_it_is_proven_stored(in_memory: Path) -> None:
    """R12: the store is away, lies, keeps half, or we are killed between any two steps."""
    place = Place(in_memory, tuple(f"call {n}" for n in range(4)))
    chance = random.Random(20_261_129)
    faults = 0
    while faults < ROUNDS:
        bad = Bad(place.store, chance)
        shipping = place.shipping(bad)
        for recorded in list(place.library.conversations()):
            with suppress(StorageUnavailable, Killed):
                shipping.ship("default", recorded.id)
            local, stored = place.local(), place.stored()
            for name, data in place.truth.items():
                assert local.get(name, stored.get(name)) == data, f"{name} after {faults} faults"
        faults += bad.faults
        if not place.local():  # all went; let it come back and go again
            for recorded in list(place.library.conversations()):
                place.shipping().recall("default", recorded.id)
            assert place.local() == place.truth
    ship(place.shipping())
    assert (place.local(), place.stored()) == ({}, place.truth)
    place.library.catalog.close()
