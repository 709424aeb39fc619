"""Tokens, tool calls, snapshots, findings and gaps."""

import math

from earwitness.model.account import Remarks, add_numbers
from earwitness.model.conversation import Snapshot
from earwitness.model.events import (
    GapFound,
    LegClosed,
    MessageClosed,
    MessageOpened,
    NoteTaken,
    ProblemReported,
    ResponseEnded,
    Role,
    ToolCalled,
    ToolReturned,
    Undecoded,
    UsageReported,
)
from scripted import EPOCH_NS, MS, Script


def test_numbers_are_added_by_their_path_and_nothing_else_is() -> None:
    total: dict[str, object] = {}
    add_numbers(total, {"total": 10, "details": {"audio": 4, "cached": {"text": 1}}, "type": "tokens"})
    add_numbers(total, {"total": 5, "details": {"audio": 1.5}, "is_big": True, "odd": math.nan})
    add_numbers(total, {"total": {"now": "a dict"}, "details": 3})

    assert total == {"total": 15, "details": {"audio": 5.5, "cached": {"text": 1}}}


def test_usage_counts_each_response_once_and_transcription_too() -> None:
    call = Script()
    ai = call.leg()
    ai(100, ResponseEnded, response="r1", status="completed", usage={"total_tokens": 100})
    ai(101, ResponseEnded, response="r1", status="completed", usage={"total_tokens": 100})
    ai(200, ResponseEnded, response="r2", status="cancelled", reason="turn_detected")
    ai(300, UsageReported, source="transcription", usage={"total_tokens": 7})

    assert call.conversation().usage == {"total_tokens": 107, "responses": 2, "cancelled": 1}


def test_a_tool_call_is_put_together_from_what_comes() -> None:
    call = Script()
    ai = call.leg()
    ai(100, ToolCalled, call="c1")
    ai(150, ToolCalled, call="c1", name="lookup", arguments='{"id": 1}')
    ai(420, ToolReturned, call="c1", result='{"ok": true}')
    ai(430, ToolReturned, call="c1", result='{"ok": true}')
    (tool,) = call.conversation().tool_calls

    assert (tool.name, tool.arguments, tool.result) == ("lookup", '{"id": 1}', '{"ok": true}')
    assert (tool.key, tool.latency_ms) == ("ai:c1", 320)
    assert [s.label for s in call.conversation().snapshots] == ["history_updated"]


def test_a_result_may_come_over_another_leg_and_one_without_a_call_is_kept() -> None:
    call = Script()
    ai, other = call.leg(), call.leg("other")
    ai(100, ToolCalled, call="c1", name="lookup")
    other(200, ToolReturned, call="c1", error="no such order")
    other(300, ToolReturned, call="c9", result="late")
    first, orphan = call.conversation().tool_calls

    assert (first.key, first.error, first.latency_ms) == ("ai:c1", "no such order", 100)
    assert (orphan.key, orphan.name, orphan.result) == ("other:c9", "", "late")


def test_the_history_is_noted_whenever_it_grew_and_when_asked() -> None:
    call = Script()
    ai = call.leg()
    ai.message(100, "u1", Role.USER, "hello")
    ai(150, MessageOpened, item="a1", role=Role.ASSISTANT)
    ai(200, NoteTaken, verb="snapshot", data={"label": "quote", "price": 12})
    ai(250, MessageClosed, item="a1")
    ai(251, MessageClosed, item="a1")
    ai(300, ToolReturned, call="c1", result="1")

    def counts(s: Snapshot) -> tuple[str, int, int, int, int, int]:
        return (s.label, s.at_ns // MS, s.message_count, s.user_count, s.assistant_count, s.tool_count)

    taken = call.conversation().snapshots
    assert [counts(s) for s in taken] == [
        ("history_updated", 100, 1, 1, 0, 0),
        ("quote", 200, 2, 1, 1, 0),
        ("history_updated", 250, 2, 1, 1, 0),
        ("history_updated", 300, 2, 1, 1, 1),
    ]
    assert taken[1].data == {"label": "quote", "price": 12}


def test_what_the_application_says_of_the_call_is_kept() -> None:
    call = Script()
    ai = call.leg(subject=None, metadata={"plan": "a", "shop": 1}, labels=("x",))
    call.leg("other", at_ms=10, subject="RID001", metadata={"plan": "b"}, labels=("y", "x"))
    call.leg("third", at_ms=20, subject="RID002")
    ai(100, NoteTaken, verb="label", data={"labels": ["vip", None]})
    ai(110, NoteTaken, verb="label", data={"labels": "late"})
    ai(120, NoteTaken, verb="metadata", data={"shop": 2})
    ai(130, NoteTaken, verb="end", data={"outcome": "sold", "satisfaction": "high", "agent": 7})
    ai(140, NoteTaken, verb="dance", data={})
    seen = call.conversation()

    assert (seen.subject, seen.labels) == ("RID001", ("x", "y", "vip", "late"))
    assert (seen.outcome, seen.satisfaction) == ("sold", "high")
    assert seen.metadata == {"plan": "a", "shop": 2, "end": {"agent": 7}}
    assert [finding.code for finding in seen.findings] == ["unknown_note"]


def test_what_was_not_understood_is_counted_by_its_kind() -> None:
    call = Script()
    ai = call.leg()
    for at_ms in (100, 200):
        ai(at_ms, Undecoded, reason="unknown event", name="session.sang")
    ai(300, Undecoded, reason="not json")
    ai(400, ProblemReported, code="rate_limit", message="slow down")
    ai(500, ProblemReported, code="sequence_gap", message="3 messages")

    assert [(f.code, f.message, f.at_ns // MS, f.count) for f in call.conversation().findings] == [
        ("undecoded", "unknown event: session.sang", 100, 2),
        ("undecoded", "not json", 300, 1),
        ("provider_error", "rate_limit: slow down", 400, 1),
        ("sequence_gap", "sequence_gap: 3 messages", 500, 1),
    ]


def test_findings_stay_few_whatever_is_sent() -> None:
    remarks = Remarks()
    for number in range(5000):
        remarks.find("undecoded", f"unknown event: {number}", number, "leg")
    found = list(remarks.findings(0))

    assert len(found) <= 201
    assert sum(finding.count for finding in found) == 5000


def test_a_gap_is_shown_where_it_lies_and_makes_the_record_partial() -> None:
    call = Script()
    ai = call.leg()
    ai(
        3000,
        GapFound,
        reason="disk_full",
        first=17,
        count=40,
        since_ns=EPOCH_NS + 1000 * MS,
        until_ns=EPOCH_NS + 3000 * MS,
        lost_bytes=9,
    )
    ai(3500, GapFound, reason="parse_error", first=60)
    ai(4000, LegClosed, why="closed")
    seen = call.conversation()
    gap = seen.gaps[0]

    assert (gap.leg, gap.at_ns // MS, gap.until_ns, gap.record_count) == ("ai", 1000, 3000 * MS, 40)
    assert (gap.reason, gap.byte_count) == ("disk_full", 9)
    assert seen.reasons == ("gap:disk_full", "gap:parse_error")
    assert [finding.code for finding in seen.findings] == ["parse_error"]
