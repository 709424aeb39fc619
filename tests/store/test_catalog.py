from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import event

from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery
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


def test_what_was_put_comes_back(catalog: Catalog) -> None:
    call = a_full_call()
    catalog.put(call)
    row = catalog.get("default", call.id)
    assert (row.id, row.subject, row.labels, row.metadata) == (
        call.id,
        "RID001",
        ["pilot", "spanish"],
        {"campaign": "autumn", "nested": {"list": [1, 2.5, None, True]}},
    )
    assert (row.call_id, row.providers, row.status) == ("CA1", ["openai", "twilio"], "partial")
    assert (row.message_count, row.user_count, row.assistant_count, row.tool_count) == (4, 2, 2, 1)
    assert row.started_at.isoformat() == "2025-11-20T14:14:20.123456+00:00"
    assert [message.text for message in catalog.messages("default", call.id)] == [
        m.text for m in call.messages
    ]
    (tool,) = catalog.tool_calls("default", call.id)
    assert (tool.name, tool.latency_ms) == ("quote", 1000)
    assert [leg.id for leg in catalog.legs("default", call.id)] == [leg.id for leg in call.legs]
    assert [s.label for s in catalog.snapshots("default", call.id)] == ["quote_completed"]
    assert [g.reason for g in catalog.gaps("default", call.id)] == ["overrun"]
    assert [f.code for f in catalog.findings("default", call.id)] == ["undecoded"]
    assert [d.digit for d in catalog.digits("default", call.id)] == ["#"]
    assert [i.did_cut for i in catalog.interruptions("default", call.id)] == [True]


def test_only_the_message_that_changed_is_written(catalog: Catalog) -> None:
    call = a_call(count=50)
    catalog.put(call)
    longer = replace(call.messages[7], text="and some more words")
    with written_rows(catalog) as written:
        catalog.put(replace(call, messages=(*call.messages[:7], longer, *call.messages[8:])))
    assert written == [("UPDATE conversations", 1), ("UPDATE messages", 1)]
    assert catalog.messages("default", call.id)[7].text == "and some more words"


def test_a_message_that_is_new_is_the_only_row_inserted(catalog: Catalog) -> None:
    call = a_call(count=50)
    catalog.put(call)
    with written_rows(catalog) as written:
        catalog.put(replace(call, messages=(*call.messages, a_message(call.legs[0], 50))))
    assert written == [("UPDATE conversations", 1), ("INSERT messages", 1)]


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
