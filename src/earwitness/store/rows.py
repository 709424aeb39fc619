"""What the catalog answers with. One class per table, its fields the table's columns: see `schema`.

`*_at` is on the calendar (UTC), `*_ns` on the conversation's clock.
"""

from datetime import datetime
from typing import Any, ClassVar

import msgspec


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One row. Field names are column names."""

    TABLE: ClassVar[str]

    def document(self) -> dict[str, Any]:
        """The row as JSON has it: the same names, times in RFC 3339."""
        document: dict[str, Any] = msgspec.to_builtins(self)
        return document


class ConversationRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "conversations"
    id: str
    workspace_id: str
    call_id: str
    recording_id: str
    providers: list[str]
    routes: list[str]
    subject: str | None
    labels: list[str]
    metadata: dict[str, Any]
    status: str
    reasons: list[str]
    started_at: datetime
    began_at_ns: int
    ended_at: datetime | None
    duration_ms: int
    message_count: int
    turn_count: int
    user_count: int
    assistant_count: int
    tool_count: int
    interruption_count: int
    gap_count: int
    agent: str
    outcome: str | None
    derived_outcome: str | None
    sentiment_score: int | None
    satisfaction: str | None
    health_score: int
    health_reasons: list[str]
    response_p50_ms: int | None
    response_p95_ms: int | None
    first_sound_ms: int | None
    dead_air_ms: int | None
    overlap_ms: int | None
    agent_share: float | None
    interruptions_by_caller: int | None
    interruptions_by_agent: int | None
    redaction: str
    is_abridged: bool
    failed_saves: int
    usage: dict[str, Any]


class LegRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "legs"
    id: str
    position: int
    provider: str
    way: str
    route: str
    opened_at: datetime
    opened_ns: int
    closed_at: datetime | None
    closed_ns: int | None
    why_closed: str | None
    closed_by: str
    close_code: int | None
    answer_status: int | None
    path: str
    user_agent: str
    peer: str
    links: list[str]
    provider_ids: dict[str, str]
    provider_conversation_id: str | None
    record_count: int
    joined_by: str | None
    clock_offset_ms: int | None
    clock_certainty: float | None
    clock_against: str | None


class MessageRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "messages"
    id: int
    conversation_id: str
    leg_id: str
    key: str
    position: int
    provider: str
    provider_conversation_id: str | None
    provider_message_id: str
    role: str
    party: str | None
    text: str
    heard_text: str
    status: str
    seen_at: datetime
    seen_ns: int
    said_at: datetime | None
    said_ns: int | None
    started_at: datetime
    started_ns: int
    ended_at: datetime | None
    ended_ns: int | None
    evidence: str | None
    sent_ms: int | None
    heard_ms: int | None
    is_estimated: bool
    is_inserted: bool
    is_audible: bool
    phase: str | None
    response_id: str | None
    confidence: float | None
    confidence_source: str | None
    sentiment: str | None
    sentiment_source: str | None
    emotion_scores: dict[str, Any] | None


class ToolCallRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "tool_calls"
    leg_id: str
    key: str
    position: int
    call_id: str
    name: str
    arguments: str
    result: str | None
    error: str | None
    called_at: datetime
    called_ns: int
    returned_at: datetime | None
    returned_ns: int | None
    latency_ms: int | None


class InterruptionRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "interruptions"
    position: int
    by: str
    happened_at: datetime
    happened_ns: int
    message_key: str | None
    did_cut: bool


class SnapshotRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "snapshots"
    position: int
    taken_at: datetime
    taken_ns: int
    label: str
    message_count: int
    user_count: int
    assistant_count: int
    tool_count: int
    data: dict[str, Any]


class DigitRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "digits"
    position: int
    digit: str
    party: str
    pressed_at: datetime
    pressed_ns: int


class GapRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "gaps"
    position: int
    leg_id: str
    reason: str
    began_at: datetime
    began_ns: int
    ended_at: datetime | None
    ended_ns: int | None
    record_count: int | None
    byte_count: int | None
    detail: str


class FindingRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "findings"
    position: int
    leg_id: str | None
    code: str
    message: str
    found_at: datetime
    found_ns: int
    count: int


class ArtifactRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "artifacts"
    conversation_id: str
    name: str
    path: str
    media_type: str
    byte_count: int
    sha256: str
    version: int
    made_at: datetime
