"""The table of what search looks through."""

import sqlalchemy as sa

from earwitness.store.columns import column, metadata, of_conversation
from earwitness.store.secrecy import Marks
from earwitness.store.types import Name

search_entries = sa.Table(
    "search_entries",
    metadata,
    column(
        "id",
        sa.BigInteger,
        "microseconds since the epoch when first seen times 1024, or the next free",
        primary_key=True,
        autoincrement=False,
    ),
    *of_conversation(),
    column("kind", Name, "message, tool_call, label, snapshot or note"),
    column(
        "key", Name, "key of the message or tool call, the label, position of the snapshot, id of the note"
    ),
    column("role", Name, "of a message; tool of a tool call; else empty"),
    column("words", Marks, "what is found by: words without case and accents, a space between them"),
    sa.UniqueConstraint("conversation_id", "kind", "key"),
    sa.Index(None, "workspace_id", "conversation_id"),
    comment="What search looks through, one row for each text.",
)
