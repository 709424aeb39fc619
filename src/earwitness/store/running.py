"""Which conversations run, and which of them have changed: asked often, so one small query."""

import sqlalchemy as sa

from earwitness.model.conversation import Status
from earwitness.store import schema
from earwitness.store.database import Database


def running(database: Database, workspace: str, *, most: int) -> dict[str, int]:
    """Revision by id of the running conversations, the newest first; their rows change when it does."""
    c = schema.conversations.c
    wanted = (
        sa.select(c.id, c.revision)
        .where(c.workspace_id == workspace, c.status == Status.ACTIVE.value)
        .order_by(c.started_at.desc(), c.id.desc())
        .limit(most)
    )
    with database.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(wanted)}


def revision(database: Database, workspace: str, conversation: str) -> int | None:
    """Of one conversation; None: it is not there any more."""
    c = schema.conversations.c
    wanted = sa.select(c.revision).where(c.workspace_id == workspace, c.id == conversation)
    with database.reading() as connection:
        found = connection.scalar(wanted)
    return None if found is None else int(found)
