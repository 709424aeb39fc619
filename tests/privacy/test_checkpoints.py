from pathlib import Path

import pytest

from earwitness.clock import NS_PER_S, ManualClock
from earwitness.errors import SettingsError
from earwitness.privacy.audit import Audit
from earwitness.privacy.checkpoints import EVERY_ENTRIES, EVERY_S, Checkpoints
from earwitness.privacy.merkle import root
from earwitness.privacy.proof import read_checkpoint
from earwitness.store.catalog import Catalog
from earwitness.store.folder import FolderObjects
from loopback import Answer, Asked, Loopback


def points(
    catalog: Catalog, audit: Audit, folder: Path, *sinks: str, clock: ManualClock | None = None
) -> Checkpoints:
    return Checkpoints(audit, catalog.database, folder, sinks, clock=clock)


def test_a_checkpoint_covers_every_entry_and_goes_on_from_the_last(
    catalog: Catalog, audit: Audit, tmp_path: Path
) -> None:
    made = points(catalog, audit, tmp_path)
    for count in (1, 4, 6):
        for _ in range(count):
            audit.note("read", workspace="default", actor="key:a")
        signed = made.make()
        assert signed.checkpoint.size == audit.size()
        assert signed.checkpoint.root == root(list(audit.leaf_hashes()))
        assert read_checkpoint(signed.note, made.public_key) == signed.checkpoint
    assert made.make().note == signed.note, "nothing was noted since"
    assert len(made.stored()) == 3
    assert points(catalog, audit, tmp_path).public_key == made.public_key


def test_it_is_due_after_so_many_entries_or_so_much_time(
    catalog: Catalog, audit: Audit, tmp_path: Path
) -> None:
    clock = ManualClock(wall_ns=2_000_000_000 * NS_PER_S)
    made = points(catalog, audit, tmp_path, clock=clock)
    assert made.make_if_due() is None, "there is nothing to sign"
    audit.note("read", workspace="default")
    assert made.make_if_due()
    audit.note("read", workspace="default")
    assert made.make_if_due() is None
    clock.advance(int(EVERY_S) * NS_PER_S)
    assert made.make_if_due()
    assert EVERY_ENTRIES == 1000


class _Keeper(Loopback):
    def __init__(self) -> None:
        super().__init__()
        self.taken: list[str] = []
        self.is_down = True

    def respond(self, asked: Asked) -> Answer:
        if not self.is_down:
            self.taken.append(asked.body.decode())
        return Answer(503 if self.is_down else 204)


def test_sinks_get_every_checkpoint_though_they_were_down(
    catalog: Catalog, audit: Audit, tmp_path: Path
) -> None:
    with _Keeper() as keeper:
        file = tmp_path / "elsewhere.log"
        made = points(catalog, audit, tmp_path, f"file:{file}", f"http://127.0.0.1:{keeper.port}/")
        notes = []
        for _ in range(2):
            audit.note("read", workspace="default")
            notes.append(made.make().note)
        assert len(made.deliver()) == 2, "one problem for each the keeper did not take"
        keeper.is_down = False
        assert made.deliver() == made.deliver() == []
    assert keeper.taken == notes
    assert file.read_text() == "".join(f"{note}\n" for note in notes)


def test_the_object_store_keeps_each_and_overwrites_none(
    catalog: Catalog, audit: Audit, tmp_path: Path
) -> None:
    objects = FolderObjects(tmp_path / "objects")
    made = Checkpoints(audit, catalog.database, tmp_path, ["objects"], objects=objects)
    audit.note("read", workspace="default")
    note = made.make().note
    objects.put("checkpoints/000000000001.txt", [b"there already"])
    audit.note("read", workspace="default")
    second = made.make().note
    assert made.deliver() == []
    assert note != second
    assert [b"".join(objects.open(info.path)) for info in objects.list("checkpoints")] == [
        b"there already",
        second.encode(),
    ]


@pytest.mark.parametrize("address", ["", "ftp://x/y", "https://", "file:", "x"])
def test_what_is_no_place_for_checkpoints_is_refused(
    catalog: Catalog, audit: Audit, tmp_path: Path, address: str
) -> None:
    with pytest.raises(SettingsError):
        points(catalog, audit, tmp_path, address)
