"""The filters that lists and search have in common, as they stand in an address."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Query

MOST = 1_000_000_000  # of anything countable here; databases have an end to their integers
MOST_IDS = 200
Seconds = Annotated[float | None, Query(ge=0, le=MOST, description="seconds")]
Score = Annotated[int | None, Query(ge=0, le=100)]
Feeling = Annotated[int | None, Query(ge=0, le=100, description="of the caller: 0 negative, 100 positive")]


def _chosen(
    id: Annotated[list[str] | None, Query(max_length=MOST_IDS, description="none but these")] = None,
    provider: str | None = None,
    subject: str | None = None,
    label: str | None = None,
    status: str | None = None,
    outcome: str | None = None,
    route: str | None = None,
    agent: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    min_messages: Annotated[int | None, Query(ge=0, le=MOST)] = None,
    min_duration: Seconds = None,
    max_duration: Seconds = None,
    min_health: Score = None,
    max_health: Score = None,
    health_reason: str | None = None,
    min_sentiment: Feeling = None,
    max_sentiment: Feeling = None,
) -> dict[str, Any]:
    return {
        "ids": tuple(id) if id else None,
        "provider": provider,
        "subject": subject,
        "label": label,
        "status": status,
        "outcome": outcome,
        "route": route,
        "agent": agent,
        "since": since,
        "until": until,
        "min_messages": min_messages,
        "min_duration_s": min_duration,
        "max_duration_s": max_duration,
        "min_health": min_health,
        "max_health": max_health,
        "health_reason": health_reason,
        "min_sentiment": min_sentiment,
        "max_sentiment": max_sentiment,
    }


Chosen = Annotated[dict[str, Any], Depends(_chosen)]  # fields of `store.filters.Filters`
