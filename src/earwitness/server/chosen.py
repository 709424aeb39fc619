"""The filters that lists and search have in common, as they stand in an address."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query

MOST = 1_000_000_000  # of anything countable here; databases have an end to their integers
Seconds = Annotated[float | None, Query(ge=0, le=MOST, description="seconds")]
Score = Annotated[int | None, Query(ge=0, le=100)]


def _chosen(
    provider: str | None = None,
    subject: str | None = None,
    label: str | None = None,
    status: str | None = None,
    outcome: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    min_messages: Annotated[int | None, Query(ge=0, le=MOST)] = None,
    min_duration: Seconds = None,
    max_duration: Seconds = None,
    min_health: Score = None,
    max_health: Score = None,
) -> dict[str, Any]:
    return {
        "provider": provider,
        "subject": subject,
        "label": label,
        "status": status,
        "outcome": outcome,
        "since": since,
        "until": until,
        "min_messages": min_messages,
        "min_duration_s": min_duration,
        "max_duration_s": max_duration,
        "min_health": min_health,
        "max_health": max_health,
    }


Chosen = Annotated[dict[str, Any], Depends(_chosen)]  # fields of `store.filters.Filters`
