from pathlib import Path

from earwitness.clock import uuid7
from earwitness.privacy.tombstones import Tombstone, Tombstones
from earwitness.store import legs
from earwitness.store.catalog import Catalog
from earwitness.store.folder import FolderObjects
from earwitness.store.types import moment

LEG = str(uuid7(1_763_648_000_000_000_000))  # 2025-11-20


def test_a_tombstone_stands_in_both_places_and_its_leg_is_never_taken_in_again(
    catalog: Catalog, tmp_path: Path
) -> None:
    stones = Tombstones(catalog.database, FolderObjects(tmp_path / "objects"))
    stone = Tombstone(
        erasure="e1", workspace="default", conversation="c1", erased_at="", legs=[LEG], objects=[]
    )
    for _ in range(2):
        stones.put(stone, moment(0))
    assert list(stones.every()) == [stone]
    assert set(stones.known()) == {"c1", LEG}
    assert legs.closed_on(catalog.database, "2025-11-20") == {LEG}
    assert legs.closed_on(catalog.database, "2025-11-24") == set()
