import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from earwitness.model.conversation import Status
from earwitness.store.catalog import Catalog
from earwitness.store.objects import ObjectInfo
from store_calls import a_call, a_full_call


def test_what_has_ended_and_lacks_an_artifact_is_due_until_it_has_it_in_that_version(
    catalog: Catalog,
) -> None:
    running, done = a_call(1, status=Status.ACTIVE), a_call(2)
    catalog.put(running)
    catalog.put(done)
    assert catalog.unfinished() == (("default", running.id),)
    assert catalog.lacking("stereo.flac", 1) == (("default", done.id),)
    info = ObjectInfo(path="c/stereo.flac", byte_count=1, sha256="00")
    catalog.put_artifact("default", done.id, "stereo.flac", info, media_type="audio/flac", version=1)
    assert catalog.lacking("stereo.flac", 1) == ()
    assert catalog.lacking("stereo.flac", 2) == (("default", done.id),)


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
