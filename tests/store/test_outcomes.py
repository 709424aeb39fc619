from earwitness.store.catalog import Catalog
from earwitness.store.outcomes import put_derived
from store_calls import a_call, an_id


def test_what_was_found_stands_in_the_row_only_where_the_application_said_nothing(catalog: Catalog) -> None:
    silent, told = a_call(1), a_call(2, outcome="sold")
    for call in (silent, told):
        catalog.put(call)
        put_derived(catalog.database, call, "order_placed")
    assert catalog.get("default", an_id(1)).derived_outcome == "order_placed"
    assert catalog.get("default", an_id(2)).derived_outcome is None
    catalog.put(a_call(1, count=9))
    assert catalog.get("default", an_id(1)).derived_outcome == "order_placed"
