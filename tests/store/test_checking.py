import sqlalchemy as sa

from earwitness.store import schema
from earwitness.store.catalog import Catalog
from earwitness.store.checking import differences
from store_calls import a_full_call


def test_rows_that_say_otherwise_are_named_by_table_key_and_column(catalog: Catalog) -> None:
    call = a_full_call()
    catalog.put(call)
    assert list(differences(catalog.database, call)) == []
    with catalog.database.writing() as connection:
        c = schema.messages.c
        connection.execute(sa.update(schema.messages).where(c.position == 0).values(text="otherwise"))
        connection.execute(sa.delete(schema.messages).where(c.position == 1))
    changed, missing = differences(catalog.database, call)
    assert changed.endswith("was changed: text")
    assert call.messages[0].key in changed
    assert "missing in the catalog" in missing
