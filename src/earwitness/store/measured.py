"""The columns of a conversation that are measured on its sound, after the call."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from earwitness.projections import health
from earwitness.projections.doubts import Reason
from earwitness.projections.figures import Figures, Times
from earwitness.store import schema

_AS_THEY_ARE = (
    "first_sound_ms",
    "dead_air_ms",
    "overlap_ms",
    "agent_share",
    "interruptions_by_caller",
    "interruptions_by_agent",
)


def measured(figures: Figures | None) -> dict[str, Any]:
    """Their values; all None before anything was measured."""
    took = figures.response_ms if figures else Times()
    return {
        "response_p50_ms": took.p50,
        "response_p95_ms": took.p95,
        **{name: getattr(figures, name, None) for name in _AS_THEY_ARE},
    }


def judged(reasons: Sequence[Reason]) -> dict[str, Any]:
    """The columns that say how far the record can be trusted."""
    return {"health_score": health.left_by(reasons), "health_reasons": health.codes(reasons)}


def put_reasons(
    connection: sa.Connection, workspace: str, conversation: str, reasons: Sequence[Reason]
) -> None:
    """The rows of what stands against the record are these, and no others."""
    table, whose = schema.health_reasons, {"workspace_id": workspace, "conversation_id": conversation}
    connection.execute(sa.delete(table).where(table.c.conversation_id == conversation))
    rows = [{**whose, "code": code} for code in health.codes(reasons)]
    if rows:
        connection.execute(sa.insert(table), rows)
