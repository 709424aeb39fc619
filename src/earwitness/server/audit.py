"""`/api/v1/audit`: who did what, and the signed head that proves the log whole."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse

from earwitness.privacy.audit import MAX_LIMIT, AuditQuery, Outcome
from earwitness.server.guard import Auditor

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])


@router.get("", summary="Who did what, newest first")
def entries(
    visitor: Auditor,
    action: str | None = None,
    outcome: Outcome | None = None,
    conversation: str | None = None,
    actor: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 100,
    cursor: Annotated[int | None, Query(ge=0, lt=2**63, description="next_cursor of the page before")] = None,
) -> dict[str, Any]:
    """Entries of this workspace; `next_cursor` asks for older ones and is null on the last page."""
    found = visitor.library.trail(
        AuditQuery(
            action=action,
            outcome=outcome.value if outcome else None,
            conversation=conversation,
            actor=actor,
            subject=subject,
            since=since,
            until=until,
            before=cursor,
            limit=limit,
        )
    )
    more = found[-1].number if len(found) == limit and found[-1].number else None
    return {"entries": [entry.document() for entry in found], "next_cursor": more}


@router.get("/checkpoint", summary="The newest signed head of the log", response_class=PlainTextResponse)
def checkpoint(visitor: Auditor) -> str:
    """A signed note (C2SP tlog-checkpoint), to be kept elsewhere: `earwitness verify --checkpoint FILE`."""
    return visitor.library.checkpoints.make().note
