import sqlalchemy as sa

from earwitness.store import trail
from earwitness.store.catalog import Catalog
from earwitness.store.legs import forget_all
from store_calls import a_full_call


def test_a_rebuild_leaves_the_trail_alone(catalog: Catalog) -> None:
    catalog.put(a_full_call())
    row = {"id": a_full_call().id, "workspace_id": "default", "erased_at": sa.func.now()}
    with catalog.database.writing() as connection:
        connection.execute(sa.text("DELETE FROM tombstones"))
        connection.execute(sa.insert(trail.tombstones).values(row))
    forget_all(catalog.database)
    with catalog.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(trail.tombstones)) == 1
