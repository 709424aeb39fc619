"""Whether work waits that only the whole library can do: asked before an answer from what is kept alone."""

from pathlib import Path

from earwitness.journal.segment import leg_folders_of, segment_paths
from earwitness.privacy import requests
from earwitness.privacy.tombstones import Tombstones
from earwitness.store import legs, placements
from earwitness.store.artifacts import FILES_VERSION
from earwitness.store.catalog import Catalog
from earwitness.store.objects import Objects


def is_any_due(data_path: Path, catalog: Catalog, objects: Objects) -> bool:
    """Whether a journal is not read to its end, a leg stands elsewhere than it was put, files are to be made,
    something is to be erased, or interrupted work left something behind. Nobody may be at work on the folder.
    """
    return bool(
        _is_anything_left(data_path)
        or placements.misplaced(catalog.database)
        or catalog.lacking(FILES_VERSION, limit=1)
        or requests.waiting(catalog.database)
        or _is_erased_one_back(catalog, objects)
        or _is_any_unread(data_path / "journal", catalog)
    )


def _is_anything_left(data_path: Path) -> bool:
    return any(any(data_path.glob(left)) for left in ("journal/*/.*", "scratch/*", "live/*"))


def _is_erased_one_back(catalog: Catalog, objects: Objects) -> bool:
    """Whether the catalog is older than an erasure that stands beside the recordings."""
    stones = Tombstones(catalog.database, objects)
    known = set(stones.known())
    return any(not known.issuperset(stone.ids) for stone in stones.every())


def _is_any_unread(root: Path, catalog: Catalog) -> bool:
    for day in root.glob("????-??-??"):
        closed = legs.closed_on(catalog.database, day.name)
        if any(folder.name not in closed and segment_paths(folder) for folder in leg_folders_of(day)):
            return True
    return False
