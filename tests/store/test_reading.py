from dataclasses import replace

import pytest

from earwitness.errors import InvalidInput, NotFound
from earwitness.store.catalog import Catalog
from store_calls import SECOND, a_call, a_full_call, a_leg, a_message, an_id


@pytest.fixture(scope="module")
def three(shared_catalog: Catalog) -> Catalog:
    for number in (1, 2):
        shared_catalog.put(a_call(number))
    shared_catalog.put(a_full_call(0x30))
    return shared_catalog


def test_a_call_is_found_by_every_name_it_has(three: Catalog) -> None:
    whole = an_id(1)
    for name in (whole, whole[:8], "sess_1", "20251120_141420_sess_1", f"20251120_141420_{whole}"):
        assert three.get("default", name).id == whole
    assert three.get("default", "CA48").id == an_id(0x30)
    assert three.get("default", "latest").id == an_id(0x30)


def test_a_call_is_found_by_the_name_its_application_gave_it_and_by_no_other_link(catalog: Catalog) -> None:
    call = a_call(1)
    links = ("conversation:order-4711", "call:CA4711")
    catalog.put(replace(call, legs=tuple(replace(leg, links=links) for leg in call.legs)))
    assert catalog.get("default", "order-4711").id == call.id
    for name in ("CA4711", "call:CA4711", "order-471"):
        with pytest.raises(NotFound):
            catalog.get("default", name)


def test_a_prefix_of_several_names_the_candidates(three: Catalog) -> None:
    with pytest.raises(InvalidInput) as refused:
        three.get("default", "000")
    assert all(an_id(number) in refused.value.hint for number in (1, 2, 0x30))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "ffff",
        "LATEST",
        "0000000%",
        "_",
        "' OR 1=1 --",
        "20251120_141421_sess_1",  # a second too late
        f"20251121_141420_{an_id(1)}",
        "x" * 10_000,
        "\x00",
        "\ud800",
    ],
)
def test_a_name_that_nothing_has_is_not_found(three: Catalog, name: str) -> None:
    with pytest.raises(NotFound):
        three.get("default", name)


def test_latest_of_nothing_is_not_found(catalog: Catalog) -> None:
    with pytest.raises(NotFound):
        catalog.get("default", "latest")


def test_an_id_that_is_also_a_prefix_means_itself(catalog: Catalog) -> None:
    short = replace(a_call(1), id=an_id(2)[:20])
    catalog.put(replace(short, legs=(a_leg(7),), messages=()))
    catalog.put(a_call(2))
    assert catalog.get("default", an_id(2)[:20]).id == an_id(2)[:20]


def test_messages_come_in_the_order_of_the_conversation_not_of_their_arrival(catalog: Catalog) -> None:
    leg = a_leg()
    late_question = a_message(leg, 0, first_seen_ns=9 * SECOND)
    catalog.put(replace(a_call(), messages=(late_question, a_message(leg, 1), a_message(leg, 2))))
    rows = catalog.messages("default", a_call().id)
    assert [row.provider_message_id for row in rows] == ["item_0", "item_1", "item_2"]
    questions = catalog.messages("default", a_call().id, role="user")
    assert [row.provider_message_id for row in questions] == ["item_0", "item_2"]
