"""Rows of what was sent elsewhere."""

from datetime import UTC, datetime, timedelta

from earwitness.store import deliveries
from earwitness.store.deliveries import Delivery

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def row(conversation: str, **fields: object) -> Delivery:
    whole = {
        "workspace_id": "default",
        "conversation_id": conversation,
        "target": "mirror:s3:x",
        "made_at": None,
        "paths": [],
        "attempts": 0,
        "problem": "",
        "again_at": None,
        "changed_at": NOW,
    }
    return Delivery(**{**whole, **fields})  # type: ignore[arg-type]


def test_a_row_stands_once_for_each_target(catalog) -> None:
    database = catalog.database
    deliveries.save(database, row("c1", paths=["a"]))
    deliveries.save(database, row("c1", paths=["a", "b"], made_at=NOW))
    deliveries.save(database, row("c1", target="traces:y", problem="away", again_at=NOW + timedelta(1)))
    found = deliveries.of_conversation(database, "default", "c1")
    assert [(each.target, each.paths) for each in found] == [("mirror:s3:x", ["a", "b"]), ("traces:y", [])]
    assert [each.problem for each in deliveries.failing(database, "default")] == ["away"]
    assert deliveries.failing(database, "other") == ()
    assert [each.conversation_id for each in deliveries.orphans(database, "mirror:s3:x")] == ["c1"]
    deliveries.remove(database, "default", "c1", "mirror:s3:x")
    assert [each.target for each in deliveries.of_conversation(database, "default", "c1")] == ["traces:y"]
