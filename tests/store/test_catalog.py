import threading
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from earwitness.errors import NotFound
from earwitness.store import schema
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery
from earwitness.store.objects import ObjectInfo
from store_calls import a_call, a_full_call


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


def test_a_rebuild_into_an_empty_database_gives_the_same_catalog(catalog: Catalog, tmp_path: Path) -> None:
    calls = [a_full_call(number) for number in range(1, 6)]
    for call in calls:  # as it grew, live
        catalog.put(replace(call, messages=call.messages[:2], tool_calls=(), labels=("early",)))
    for call in calls:
        catalog.put(call)
    rebuilt = Catalog.open(f"sqlite:///{tmp_path / 'rebuilt.sqlite'}")
    for call in calls:
        rebuilt.put(call)
    assert rebuilt.dump() == catalog.dump()
    rebuilt.put(replace(calls[0], subject="RID002"))
    assert rebuilt.dump() != catalog.dump()
    rebuilt.close()


def test_no_question_of_one_workspace_sees_rows_of_another(catalog: Catalog) -> None:
    call = a_full_call(workspace="acme")
    catalog.put(call)
    catalog.put_artifact(
        "acme",
        call.id,
        "stereo.flac",
        ObjectInfo(path="a/stereo.flac", byte_count=1, sha256="00"),
        media_type="audio/flac",
    )
    tables = [
        catalog.messages,
        catalog.legs,
        catalog.tool_calls,
        catalog.interruptions,
        catalog.snapshots,
        catalog.digits,
        catalog.gaps,
        catalog.findings,
        catalog.artifacts,
    ]
    assert all(ask("acme", call.id) for ask in tables)
    assert not any(ask("rival", call.id) for ask in tables)
    rival = catalog.overview("rival")
    assert (rival.conversations, rival.messages, rival.newest_messages, rival.problems) == ({}, (), (), ())
    assert (rival.tool_calls, rival.gaps) == (0, 0)
    for reference in (call.id, call.id[:8], "latest", "CA1", catalog.get("acme", call.id).recording_id):
        assert catalog.get("acme", reference).id == call.id
        with pytest.raises(NotFound):
            catalog.get("rival", reference)
    for query in (
        ConversationQuery(workspace="rival"),
        ConversationQuery(workspace="rival", provider="openai"),
        ConversationQuery(workspace="rival", label="pilot"),
        ConversationQuery(workspace="rival", subject="RID001"),
        ConversationQuery(workspace="rival", q="words"),
    ):
        assert catalog.find(query).items == ()
        assert len(catalog.find(msgspec.structs.replace(query, workspace="acme")).items) == 1
    with pytest.raises(NotFound):
        catalog.remove("rival", call.id)
    with pytest.raises(NotFound):
        catalog.put_artifact(
            "rival", call.id, "x", ObjectInfo(path="x", byte_count=0), media_type="text/plain"
        )
    assert catalog.get("acme", call.id)


def test_a_removed_conversation_leaves_no_row_in_any_table(catalog: Catalog) -> None:
    call = a_full_call()
    catalog.put(call)
    info = ObjectInfo(path="a/b", byte_count=1, sha256="00")
    catalog.put_artifact("default", call.id, "b", info, media_type="text/plain")
    catalog.remove("default", call.id)
    with catalog.database.reading() as connection:
        left = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
            for table in schema.metadata.sorted_tables
        }
    assert {name: count for name, count in left.items() if count} == {"workspaces": 1}


def test_an_artifact_stays_when_its_conversation_is_put_again_and_is_replaced_by_its_name(
    catalog: Catalog,
) -> None:
    call = a_call()
    catalog.put(call)
    for version, size in ((1, 10), (2, 20)):
        info = ObjectInfo(path="c/stereo.flac", byte_count=size, sha256=f"{size:064x}")
        catalog.put_artifact(
            "default", call.id, "stereo.flac", info, media_type="audio/flac", version=version
        )
    catalog.put(replace(call, outcome="sold"))
    (artifact,) = catalog.artifacts("default", call.id)
    assert (artifact.byte_count, artifact.version) == (20, 2)


def test_readers_see_whole_conversations_while_they_are_written(catalog: Catalog) -> None:
    done = threading.Event()
    torn: list[tuple[int, int]] = []

    def read() -> None:
        while not done.is_set():
            for row in catalog.find(ConversationQuery()).items:
                seen = len(catalog.messages("default", row.id))
                if seen < row.message_count:  # more may have come since, fewer never
                    torn.append((row.message_count, seen))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    call = a_call(count=40)
    for count in range(1, 41):
        catalog.put(replace(call, messages=call.messages[:count]))
    done.set()
    for reader in readers:
        reader.join()
    assert torn == []
    assert len(catalog.messages("default", call.id)) == 40
