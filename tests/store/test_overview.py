import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.catalog import Catalog
from earwitness.store.objects import ObjectInfo
from store_calls import a_call, a_full_call


def put_files(catalog: Catalog, call_id: str, *, version: int) -> None:
    for name in ("stereo.flac", "figures.json"):
        info = ObjectInfo(path=f"c/{call_id}/{name}", byte_count=1, sha256="00")
        is_last = name == "figures.json"
        catalog.put_artifact(
            "default", call_id, name, info, media_type="a/b", version=version, is_last=is_last
        )


def test_what_has_ended_is_due_until_the_last_of_its_files_is_made_in_that_version(catalog: Catalog) -> None:
    running, done = a_call(1, status=Status.ACTIVE), a_call(2)
    catalog.put(running)
    catalog.put(done)
    assert catalog.lacking(1) == (("default", done.id),)
    info = ObjectInfo(path="c/stereo.flac", byte_count=1, sha256="00")
    catalog.put_artifact("default", done.id, "stereo.flac", info, media_type="audio/flac", version=1)
    assert catalog.lacking(1) == (("default", done.id),)
    put_files(catalog, done.id, version=1)
    assert catalog.lacking(1) == ()
    assert catalog.lacking(2) == (("default", done.id),)
    catalog.put(replace(done, messages=done.messages[:1]))
    assert catalog.lacking(1) == ()
    catalog.remove_artifacts("default", done.id)
    assert catalog.lacking(1) == (("default", done.id),)


def test_what_has_no_files_is_due_before_what_has_older_ones(catalog: Catalog) -> None:
    outdated, fresh, current = a_call(1), a_call(2), a_call(3)
    for call in (outdated, fresh, current):
        catalog.put(call)
    put_files(catalog, outdated.id, version=1)
    put_files(catalog, current.id, version=2)
    assert [call for _, call in catalog.lacking(2)] == [fresh.id, outdated.id]
    assert [call for _, call in catalog.lacking(2, limit=1)] == [fresh.id]


def test_what_is_due_costs_what_is_lacking_and_not_what_is_there(catalog: Catalog) -> None:
    catalog.put(a_call(1))
    put_files(catalog, a_call(1).id, version=4)
    asked: list[tuple[str, Any]] = []
    with catalog.database.writing() as connection:
        [row] = connection.execute(sa.select(schema.conversations)).mappings()
        others = [{**row, "id": a_call(number).id} for number in range(2, 3000)]
        connection.execute(sa.insert(schema.conversations), others)
        connection.execute(sa.text("ANALYZE"))
    sa.event.listen(
        catalog.database.engine, "before_cursor_execute", lambda *told: asked.append((told[2], told[3]))
    )
    assert catalog.lacking(4) == ()
    sql, values = next(each for each in asked if "files_version" in each[0])
    explain = "EXPLAIN QUERY PLAN" if catalog.database.is_sqlite else "EXPLAIN"
    with catalog.database.reading() as connection:
        plan = "\n".join(row[-1] for row in connection.exec_driver_sql(f"{explain} {sql}", values))
    assert re.search(r"ix_conversations_files_version_started_at_id(.|\n)*\(files_version ?<", plan)
    assert not re.search(r"SCAN conversations|Seq Scan|TEMP B-TREE|Sort", plan)


def test_the_questions_of_the_check_script_are_answered(catalog: Catalog) -> None:
    catalog.put(a_call(1, count=3))
    catalog.put(a_full_call(2))
    seen = catalog.overview("default", newest=2)
    assert seen.conversations == {"complete": 1, "partial": 1}
    assert [(m.provider, m.role, m.count) for m in seen.messages] == [
        ("openai", "assistant", 3),
        ("openai", "user", 4),
    ]
    assert [row.provider_message_id for row in seen.newest_messages] == ["item_3", "item_2"]
    assert [row.id for row in seen.problems] == [a_call(2).id]
    assert (seen.tool_calls, seen.gaps) == (1, 1)


def test_a_call_whose_files_cannot_be_stored_is_a_problem_until_they_are(catalog: Catalog) -> None:
    catalog.put(a_call(1))
    assert catalog.overview("default").document()["problems"] == []
    for _ in range(2):
        catalog.note_failed_save("default", a_call(1).id)
    [problem] = catalog.overview("default").document()["problems"]
    assert "failed 2 times" in problem
    assert catalog.overview("other").unsaved == ()
    put_files(catalog, a_call(1).id, version=1)
    assert catalog.overview("default").document()["problems"] == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("SELECT provider, COUNT(*) FROM messages GROUP BY provider", [("openai", 8)]),
        (
            "SELECT DISTINCT provider_conversation_id, COUNT(*) FROM messages WHERE provider = 'openai' "
            "GROUP BY provider_conversation_id ORDER BY 1",
            [("sess_1", 4), ("sess_2", 4)],
        ),
        ("SELECT AVG(LENGTH(text)) FROM messages WHERE role = 'user'", [(14,)]),
        (
            "SELECT role, text FROM messages WHERE provider_conversation_id = 'sess_1' AND role = 'user' "
            "ORDER BY started_at",
            [("user", "words number 0"), ("user", "words number 2")],
        ),
        ("SELECT COUNT(*) FROM messages WHERE started_at >= '2025-11-20 14:15:21'", [(3,)]),
        ("SELECT c.call_id FROM conversations c WHERE c.started_at < '2025-11-20 14:15'", [("sess_1",)]),
    ],
)
def test_the_questions_people_ask_in_sql_are_one_line(
    catalog: Catalog, question: str, answer: list[tuple[object, ...]]
) -> None:
    catalog.put(a_call(1))
    catalog.put(a_call(2))
    with catalog.database.reading() as connection:
        if not catalog.database.is_sqlite:
            connection.execute(sa.text("SET TIME ZONE 'UTC'"))
        assert [tuple(row) for row in connection.execute(sa.text(question))] == answer


def questions_of_the_docs() -> list[str]:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "sql.md"
    return re.findall(r"^```sql\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("question", questions_of_the_docs(), ids=lambda question: question.split("\n")[0])
def test_every_query_of_the_docs_is_answered(catalog: Catalog, question: str) -> None:
    catalog.put(a_full_call(1))
    call = "CA0123456789abcdef0123456789abcdef"
    with catalog.database.writing() as connection:
        connection.execute(
            sa.text("UPDATE conversations SET call_id = :call, health_score = 40"), {"call": call}
        )
        connection.execute(
            sa.text("UPDATE messages SET provider_conversation_id = :call, status = 'interrupted'"),
            {"call": call},
        )
        connection.execute(sa.text("UPDATE messages SET provider = 'elevenlabs'"))
    with catalog.database.reading() as connection:
        assert connection.execute(sa.text(question)).all()


def test_a_dump_shows_the_sentiment_of_each_message(catalog: Catalog) -> None:
    call = a_full_call()
    catalog.put(call)
    before = catalog.dump()
    sadder = replace(call.messages[2], emotions={"p": {"joy": 0.1}}, sentiment="neutral")
    catalog.put(replace(call, messages=(*call.messages[:2], sadder, call.messages[3])))
    kept = catalog.messages("default", call.id)[2]
    assert catalog.dump() != before
    assert (kept.sentiment, kept.emotion_scores, kept.confidence) == ("neutral", {"joy": 0.1}, 0.1)
    catalog.put(call)
    assert catalog.dump() == before
