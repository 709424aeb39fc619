from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from earwitness.store import migrate, schema
from earwitness.store.catalog import Catalog
from earwitness.store.entries import TABLE, with_entries
from earwitness.store.tabulate import tabulate
from store_calls import a_call, a_full_call, a_message


def entries(catalog: Catalog) -> list[Any]:
    table = schema.search_entries
    with catalog.database.reading() as connection:
        return list(connection.execute(sa.select(table).order_by(table.c.id)))


def test_every_text_of_a_call_is_an_entry_with_its_words(catalog: Catalog) -> None:
    catalog.put(a_full_call())
    found = {(row.kind, row.role): row.words for row in entries(catalog) if row.kind != "message"}
    assert found[("tool_call", "tool")] == "quote zip 90210 price 12 5"
    assert found[("snapshot", "")] == "quote completed"
    assert sorted(row.words for row in entries(catalog) if row.kind == "label") == ["pilot", "spanish"]
    messages = [(row.role, row.words) for row in entries(catalog) if row.kind == "message"]
    assert messages[:2] == [("user", "words number 0"), ("assistant", "words number 1")]


def test_an_entry_that_was_there_keeps_its_number_and_the_newest_has_the_highest(catalog: Catalog) -> None:
    call = a_call(count=3)
    catalog.put(call)
    before = {row.key: row.id for row in entries(catalog)}
    catalog.put(replace(call, messages=(*call.messages, a_message(call.legs[0], 3))))
    after = {row.key: row.id for row in entries(catalog)}
    assert before.items() < after.items()
    assert max(after.values()) == after[a_message(call.legs[0], 3).key]


def test_entries_of_the_same_moment_all_have_their_own_number(catalog: Catalog) -> None:
    call = a_call(count=3_000)
    at_once = tuple(replace(message, first_seen_ns=0) for message in call.messages)
    catalog.put(replace(call, messages=at_once))
    assert len(entries(catalog)) == 3_000


def test_entries_of_messages_that_did_not_change_are_the_same_objects() -> None:
    call = a_full_call()
    before = with_entries(tabulate(call))
    more = replace(call, messages=(*call.messages, a_message(call.legs[0], 4)))
    after = with_entries(tabulate(more, before), before)
    assert after.sheets[TABLE] == with_entries(tabulate(more)).sheets[TABLE]
    same = [key for key, row in after.sheets[TABLE].items() if before.sheets[TABLE].get(key) is row]
    assert len([key for key in same if key[0] == "message"]) == len(call.messages)


def test_a_catalog_of_before_can_be_searched_after_the_upgrade(url: str) -> None:
    catalog = Catalog.open(url)
    catalog.put(a_full_call())
    whole = entries(catalog)
    catalog.close()
    migrate.downgrade(url, "0008")
    catalog = Catalog.open(url)
    assert entries(catalog) == whole
    catalog.close()
