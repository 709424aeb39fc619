import pytest
import sqlalchemy as sa

from earwitness.store.catalog import Catalog
from earwitness.store.schema import digits, legs, messages
from store_calls import a_full_call


def test_no_row_can_stand_in_another_workspace_than_its_conversation(catalog: Catalog) -> None:
    catalog.put(a_full_call())
    catalog.put(a_full_call(2, workspace="rival"))
    with pytest.raises(sa.exc.IntegrityError), catalog.database.writing() as connection:
        connection.execute(sa.update(digits).values(workspace_id="rival"))


def test_what_was_seen_on_a_leg_goes_with_the_leg(catalog: Catalog) -> None:
    catalog.put(a_full_call())
    with catalog.database.writing() as connection:
        connection.execute(sa.delete(legs))
        assert connection.scalar(sa.select(sa.func.count()).select_from(messages)) == 0
