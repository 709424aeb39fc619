import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from earwitness.errors import Conflict, EarwitnessError
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery
from earwitness.store.objects import ObjectInfo
from store_calls import SECOND, a_call, a_full_call, a_leg, a_message


@contextmanager
def written_rows(catalog: Catalog) -> Iterator[list[tuple[str, int]]]:
    """Every statement that writes, as (verb and table, rows it touched)."""
    seen: list[tuple[str, int]] = []

    def note(_c: object, cursor: object, statement: str, *_: object) -> None:
        words = statement.split()
        if words[0] in {"INSERT", "UPDATE", "DELETE"}:
            table = words[1] if words[0] == "UPDATE" else words[2]
            seen.append((f"{words[0]} {table}", getattr(cursor, "rowcount", -1)))

    event.listen(catalog.database.engine, "after_cursor_execute", note)
    yield seen
    event.remove(catalog.database.engine, "after_cursor_execute", note)


def test_a_conversation_that_is_put_twice_stands_once_and_is_written_once(catalog: Catalog) -> None:
    assert catalog.put(a_full_call())
    before = catalog.dump()
    with written_rows(catalog) as written:
        assert not catalog.put(a_full_call())
    assert written == []
    assert catalog.dump() == before


def test_a_process_that_knows_nothing_finds_that_nothing_has_changed(catalog: Catalog, url: str) -> None:
    catalog.put(a_full_call())
    other = Catalog.open(url)
    with written_rows(other) as written:
        assert not other.put(a_full_call())
    other.close()
    assert written == []


def test_only_the_message_that_changed_is_written(catalog: Catalog) -> None:
    call = a_call(count=50)
    catalog.put(call)
    longer = replace(call.messages[7], text="and some more words")
    with written_rows(catalog) as written:
        catalog.put(replace(call, messages=(*call.messages[:7], longer, *call.messages[8:])))
    assert written == [(f"UPDATE {name}", 1) for name in ("conversations", "messages", "search_entries")]
    assert catalog.messages("default", call.id)[7].text == "and some more words"


def test_a_message_that_is_new_is_the_only_row_inserted(catalog: Catalog) -> None:
    call = a_call(count=50)
    catalog.put(call)
    with written_rows(catalog) as written:
        catalog.put(replace(call, messages=(*call.messages, a_message(call.legs[0], 50))))
    assert written == [("UPDATE conversations", 1), ("INSERT messages", 1), ("INSERT search_entries", 1)]


def test_rows_that_vanished_from_the_conversation_vanish_from_the_catalog(catalog: Catalog) -> None:
    catalog.put(a_full_call())
    bare = a_call(count=1)
    catalog.put(bare)
    with_detour = catalog.dump()
    catalog.remove("default", bare.id)
    catalog.put(bare)
    assert catalog.dump() == with_detour


def test_a_leg_that_joins_another_conversation_takes_its_rows_along_and_keeps_their_ids(
    catalog: Catalog,
) -> None:
    phone, model = a_call(1), a_call(2)
    catalog.put(phone)
    catalog.put(model)
    ids = {row.key: row.id for row in catalog.messages("default", model.id)}
    shift = model.began_at_ns - phone.began_at_ns
    moved = tuple(
        replace(m, first_seen_ns=m.first_seen_ns + shift, started_ns=m.started_ns + shift)
        for m in model.messages
    )
    catalog.put(replace(phone, legs=phone.legs + model.legs, messages=phone.messages + moved))
    assert [row.id for row in catalog.find(ConversationQuery()).items] == [phone.id]
    assert {row.key: row.id for row in catalog.messages("default", phone.id)}.items() >= ids.items()


def test_message_ids_tell_the_time_and_javascript_can_hold_them(catalog: Catalog) -> None:
    call = a_call()
    catalog.put(call)
    rows = catalog.messages("default", call.id)
    assert [row.id for row in rows] == [
        (call.began_at_ns + message.first_seen_ns) // 1000 for message in call.messages
    ]
    assert max(row.id for row in rows) < 2**53


def test_messages_of_one_microsecond_get_ids_one_after_another(catalog: Catalog) -> None:
    leg = a_leg()
    at_once = tuple(a_message(leg, item, first_seen_ns=SECOND) for item in range(3))
    catalog.put(replace(a_call(), messages=at_once))
    first, *others = [row.id for row in catalog.messages("default", a_call().id)]
    assert others == [first + 1, first + 2]


def test_a_published_id_stays_when_an_earlier_message_of_that_microsecond_turns_up(catalog: Catalog) -> None:
    leg = a_leg()
    late, early = (a_message(leg, item, first_seen_ns=SECOND) for item in (1, 0))
    catalog.put(replace(a_call(), messages=(late,)))
    (published,) = catalog.messages("default", a_call().id)
    catalog.put(replace(a_call(), messages=(early, late)))
    ids = {row.key: row.id for row in catalog.messages("default", a_call().id)}
    assert ids == {late.key: published.id, early.key: published.id + 1}


def test_ids_of_one_microsecond_are_the_same_after_a_rebuild_whatever_came_to_stand_first(
    catalog: Catalog,
) -> None:
    leg = a_leg()
    answer, question = (
        replace(a_message(leg, item, first_seen_ns=SECOND), seen_order=item) for item in range(2)
    )
    catalog.put(replace(a_call(), messages=(answer,)))
    catalog.put(replace(a_call(), messages=(question, answer)))
    lived = catalog.dump()
    catalog.remove("default", a_call().id)
    catalog.put(replace(a_call(), messages=(question, answer)))
    assert catalog.dump() == lived


def test_messages_of_two_calls_in_one_microsecond_get_different_ids(catalog: Catalog) -> None:
    one, two = a_call(1), replace(a_call(2), began_at_ns=a_call(1).began_at_ns)
    catalog.put(one)
    catalog.put(two)
    ids = [row.id for call in (one, two) for row in catalog.messages("default", call.id)]
    assert len(set(ids)) == 8


def test_what_no_database_can_hold_is_kept_with_a_mark(catalog: Catalog) -> None:
    call = a_call(count=0)
    odd = a_message(call.legs[0], 0, text="nul\x00 and \ud800", sent_ms=10**30, key="k" * 5000)
    metadata = {"a\x00": ["\udfff", float("inf"), {"deep": "\x00"}], "big": 10**30}
    call = replace(call, messages=(odd,), metadata=metadata, subject="s" * 5000)
    catalog.put(call)
    assert not catalog.put(call)
    (row,) = catalog.messages("default", call.id)
    assert (row.text, row.sent_ms) == ("nul\ufffd and \ufffd", 2**63 - 1)
    assert catalog.get("default", call.id).metadata == {
        "a\ufffd": ["\ufffd", "inf", {"deep": "\ufffd"}],
        "big": 10**30,
    }


def test_a_conversation_removed_by_another_process_is_written_whole_when_it_goes_on(
    catalog: Catalog, url: str
) -> None:
    call = a_full_call()
    catalog.put(call)
    before = catalog.dump()
    other = Catalog.open(url)
    other.remove("default", call.id)
    other.close()
    assert catalog.put(call)
    assert catalog.dump() == before


def test_a_conversation_changed_by_another_process_is_put_right(catalog: Catalog, url: str) -> None:
    call = a_full_call()
    catalog.put(call)
    before = catalog.dump()
    other = Catalog.open(url)
    other.put(a_call(count=1, subject="somebody else"))
    other.close()
    assert catalog.put(call)
    assert catalog.dump() == before


def test_a_conversation_id_of_another_workspace_is_refused_and_nothing_changes(catalog: Catalog) -> None:
    catalog.put(a_call())
    before = catalog.dump()
    with pytest.raises(Conflict):
        catalog.put(a_call(workspace="rival"))
    with pytest.raises(Conflict):
        catalog.put(replace(a_call(2, workspace="rival"), legs=a_call().legs, messages=a_call().messages))
    assert catalog.dump() == before


def test_two_processes_that_write_at_once_lose_nothing(catalog: Catalog, url: str) -> None:
    other = Catalog.open(url)
    failures: list[BaseException] = []

    def write(to: Catalog, numbers: range) -> None:
        try:
            for number in numbers:  # all calls share their microseconds: every id is fought for
                to.put(replace(a_call(number, count=3), began_at_ns=a_call(1).began_at_ns))
        except EarwitnessError as error:
            failures.append(error)

    writers = [
        threading.Thread(target=write, args=(to, numbers))
        for to, numbers in ((catalog, range(1, 16)), (other, range(16, 31)))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    other.close()
    assert failures == []
    page = catalog.find(ConversationQuery(limit=100))
    ids = [row.id for call in page.items for row in catalog.messages("default", call.id)]
    assert (len(page.items), len(ids), len(set(ids))) == (30, 90, 90)


def test_what_was_told_of_legs_that_have_moved_meanwhile_is_not_written(catalog: Catalog) -> None:
    first, second = a_leg(1), a_leg(2, "2")
    call = a_call(legs=(first, second))
    catalog.put(call, of_legs=None)
    before = catalog.dump()
    with pytest.raises(Conflict, match="has other legs now"):
        catalog.put(replace(call, legs=(first,)), of_legs=[first.id])
    info = ObjectInfo(path="c/figures.json", byte_count=1, sha256="00")
    with pytest.raises(Conflict):
        catalog.put_artifact(
            "default", call.id, "figures.json", info, media_type="a/b", is_last=True, of_legs=[first.id]
        )
    assert (catalog.dump(), catalog.artifacts("default", call.id)) == (before, ())
    assert catalog.put(replace(call, outcome="sold"), of_legs=[second.id, first.id])


def test_a_call_that_was_deleted_meanwhile_is_not_written_again(catalog: Catalog) -> None:
    call = a_call()
    catalog.put(call)
    catalog.remove("default", call.id)
    with pytest.raises(Conflict):
        catalog.put(call, of_legs=[leg.id for leg in call.legs])
    assert catalog.find(ConversationQuery()).items == ()
