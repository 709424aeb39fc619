"""Messages that were acknowledged by a number have it as their id, whatever else is written."""

from dataclasses import replace

from earwitness.clock import ACKNOWLEDGED_STEP
from earwitness.store import saved
from earwitness.store.catalog import Catalog
from store_calls import a_call


def test_a_number_that_was_given_out_is_the_id_and_no_other_message_takes_such_a_one(
    catalog: Catalog,
) -> None:
    tapped, acknowledged = a_call(1, count=30), a_call(2, count=3)
    first = tapped.began_at_ns // 1000 // ACKNOWLEDGED_STEP * ACKNOWLEDGED_STEP + 10 * ACKNOWLEDGED_STEP
    numbers = [first + n * ACKNOWLEDGED_STEP for n in range(3)]
    tight = tuple(replace(m, first_seen_ns=100_000 + n) for n, m in enumerate(tapped.messages))
    tapped = replace(tapped, messages=tight)
    given = tuple(
        replace(m, number=number, first_seen_ns=100_000)
        for m, number in zip(acknowledged.messages, numbers, strict=True)
    )
    acknowledged = replace(acknowledged, messages=given)
    for order in ((tapped, acknowledged), (acknowledged, tapped)):
        for call in order:
            catalog.put(call)
        assert [row.id for row in catalog.messages("default", acknowledged.id)] == numbers
        assert all(row.id % ACKNOWLEDGED_STEP for row in catalog.messages("default", tapped.id))
        assert saved.having(catalog.database, [*numbers, 7]) == set(numbers)
        assert saved.highest_number(catalog.database) >= numbers[-1]
        for call in order:
            catalog.remove("default", call.id)
    assert saved.highest_number(catalog.database) == 0


def test_what_was_not_saved_message_by_message_is_not_told(catalog: Catalog) -> None:
    call = a_call(1, count=2)
    leg = replace(call.legs[0], way="ingest", provider_ids={"conversation_id": "conv1"})
    ours = replace(call, subject="RID001", legs=(leg,))
    for way, count in (("ingest", 2), ("tap", 0)):
        catalog.put(replace(ours, legs=(replace(leg, way=way),)))
        assert (
            len(saved.of_conversation(catalog.database, "default", "RID001", leg.provider, "conv1")) == count
        )
    for who in (("acme", "RID001", "conv1"), ("default", "RID002", "conv1"), ("default", "RID001", None)):
        workspace, subject, conversation = who
        catalog.put(ours)
        found = saved.of_conversation(catalog.database, workspace, subject, leg.provider, conversation)
        assert found == []
