"""`/api/v1/metrics`: fifteen metrics over all conversations, by day, provider, route, label or agent."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query

from earwitness.server.guard import Reader

router = APIRouter(prefix="/api/v1", tags=["metrics"])


@router.get("/metrics", summary="A metric by groups, with the filters that list the calls behind each point")
def metrics(
    visitor: Reader,
    metric: Annotated[
        str | None, Query(max_length=50, description="its name; without one: all there are")
    ] = None,
    by: Annotated[
        str,
        Query(max_length=100, description="day, hour, provider, route, label, agent, with commas between"),
    ] = "",
    since: Annotated[datetime | None, Query(alias="from", description="of calls begun at or after")] = None,
    until: Annotated[datetime | None, Query(alias="to", description="of calls begun before")] = None,
    provider: str | None = None,
    route: str | None = None,
    label: str | None = None,
    agent: str | None = None,
) -> dict[str, Any]:
    """Each point has the names of its group, `count`, `value` and what else the metric tells. Its `filters`
    are parameters of `/api/v1/conversations`.
    """
    library = visitor.library
    if metric is None:
        return {"metrics": library.metrics_there_are()}
    groups = tuple(name.strip() for name in by.split(",") if name.strip())
    answer = library.metric(
        metric, by=groups, since=since, until=until, provider=provider, route=route, label=label, agent=agent
    )
    found: dict[str, Any] = msgspec.to_builtins(answer)
    return found
