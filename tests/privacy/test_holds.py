import pytest
import sqlalchemy as sa

from earwitness.errors import Conflict, InvalidInput, NotFound
from earwitness.privacy.holds import Holds
from earwitness.store import trail
from earwitness.store.catalog import Catalog
from earwitness.store.types import moment


def test_what_is_held_stays_held_until_it_is_released(catalog: Catalog) -> None:
    holds = Holds(catalog.database)
    first = holds.add("default", "c1", by="key:a", reason="case 1")
    assert holds.add("default", "c1", by="key:b", reason="case 2") == first
    assert holds.of("default", "c1") == first
    assert holds.of("acme", "c1") is None
    assert [hold.conversation_id for hold in holds.list("default")] == ["c1"]
    holds.remove("default", "c1")
    assert holds.of("default", "c1") is None
    with pytest.raises(NotFound):
        holds.remove("default", "c1")


def test_a_hold_without_a_reason_is_none(catalog: Catalog) -> None:
    with pytest.raises(InvalidInput):
        Holds(catalog.database).add("default", "c1", by="key:a", reason="  ")


def test_a_hold_that_comes_while_it_is_being_erased_comes_too_late(catalog: Catalog) -> None:
    row = {
        "id": "e1",
        "workspace_id": "default",
        "conversation_id": "c1",
        "requested_at": moment(0),
        "state": "under_way",
        "reason": "",
        "deferred_because": "",
        "certificate": {},
    }
    with catalog.database.writing() as connection:
        connection.execute(sa.insert(trail.erasures), row)
    with pytest.raises(Conflict, match="being erased"):
        Holds(catalog.database).add("default", "c1", by="key:a", reason="case 1")
