"""What following journals asks the catalog."""

from dataclasses import replace
from datetime import UTC, datetime

import sqlalchemy as sa

from earwitness.clock import uuid7
from earwitness.store import legs, schema
from earwitness.store.catalog import Catalog
from earwitness.store.keys import Keys
from store_calls import a_call, a_leg

DAY = "2026-03-29"
NOON_NS = int(datetime(2026, 3, 29, 12, tzinfo=UTC).timestamp()) * 1_000_000_000
HOUR_NS = 3600 * 1_000_000_000


def leg_id(hours_from_noon: float) -> str:
    return str(uuid7(NOON_NS + round(hours_from_noon * HOUR_NS)))


def put_leg(
    catalog: Catalog, number: int, leg: str, *, is_closed: bool = True, workspace: str = "default"
) -> None:
    only = a_leg(number, id=leg, closed_ns=5 if is_closed else None)
    catalog.put(replace(a_call(number, count=0), workspace=workspace, legs=(only,)))


def test_the_closed_legs_of_a_day_are_found_by_the_time_in_their_ids(catalog: Catalog) -> None:
    at_its_edges, running, days_off = (leg_id(-12), leg_id(11.999)), leg_id(1), (leg_id(-14), leg_id(14))
    for number, leg in enumerate((*at_its_edges, *days_off)):
        put_leg(catalog, number, leg)
    put_leg(catalog, 9, running, is_closed=False)
    assert legs.closed_on(catalog.database, DAY) == set(at_its_edges)


def test_the_legs_of_a_conversation_come_in_the_order_they_opened(catalog: Catalog) -> None:
    first, second = a_leg(1, "z"), a_leg(1, "b", opened_ns=7)
    call = replace(a_call(1, count=0), legs=(first, second))
    catalog.put(call)
    assert legs.of_conversation(catalog.database, "default", call.id) == [first.id, second.id]
    assert legs.of_conversation(catalog.database, "elsewhere", call.id) == []


def test_a_link_leads_to_its_conversation_within_its_workspace_only(catalog: Catalog) -> None:
    here, there = a_call(1, count=0), replace(a_call(2, count=0), workspace="elsewhere")
    shared = ("call:CA1", "call:CA2")
    for call in (here, there):
        catalog.put(replace(call, legs=tuple(replace(leg, links=shared[:1]) for leg in call.legs)))
    assert legs.linked(catalog.database, "default", shared) == {here.id}
    assert legs.linked(catalog.database, "elsewhere", shared) == {there.id}
    assert legs.linked(catalog.database, "default", shared[1:]) == set()
    assert legs.linked(catalog.database, "default", ()) == set()


def test_forgetting_all_leaves_the_keys(catalog: Catalog) -> None:
    keys = Keys(catalog.database)
    made = keys.create("mine", ("read",))
    catalog.put(a_call(1))
    legs.forget_all(catalog.database)
    with catalog.database.reading() as connection:
        for table in (schema.conversations, schema.legs, schema.messages, schema.conversation_links):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0
    assert keys.check(made.text).id == made.key.id
