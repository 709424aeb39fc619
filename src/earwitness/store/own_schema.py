"""The tables of what people said of conversations afterwards. No journal has it: a rebuild keeps it.

They hang on no row of `conversations`, so that a rebuild, which makes those anew, does not take them away.
They go when the conversation is deleted.
"""

import sqlalchemy as sa

from earwitness.store.columns import column, maybe, metadata
from earwitness.store.secrecy import Words
from earwitness.store.types import Id, Moment, Name

annotations = sa.Table(
    "annotations",
    metadata,
    column("id", Id, "UUIDv7", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column("conversation_id", Id, "conversation it is about"),
    column("kind", Name, "rating, note or span"),
    maybe("rating", sa.Integer, "1 to 5"),
    column("text", Words, "in words"),
    maybe("message_key", Name, "key of the message it is about"),
    maybe("from_ms", sa.BigInteger, "begin of the span, ms since the conversation began"),
    maybe("to_ms", sa.BigInteger, "end of the span"),
    column("author", Name, "key:<id>, user:<name>, cli:<name>: as the audit log names them"),
    column("created_at", Moment, "when, UTC"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    sa.Index(None, "workspace_id", "conversation_id"),
    comment="Ratings, notes and marked spans. Not rebuilt from journals.",
)

redaction_marks = sa.Table(
    "redaction_marks",
    metadata,
    column("id", Id, "UUIDv7", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column("conversation_id", Id, "conversation it is about"),
    column("words", Words, "taken out wherever they stand; empty: a stretch"),
    maybe("from_ms", sa.BigInteger, "begin of the stretch, ms since it began"),
    maybe("to_ms", sa.BigInteger, "end of the stretch"),
    column("author", Name, "who marked it, as in `annotations`"),
    column("created_at", Moment, "when, UTC"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    sa.Index(None, "workspace_id", "conversation_id"),
    comment="What people marked to be taken out. Not rebuilt from journals.",
)

label_decisions = sa.Table(
    "label_decisions",
    metadata,
    column("workspace_id", Name, "tenant"),
    column("conversation_id", Id, "conversation it is about"),
    column("label", Name, "the label"),
    column("is_set", sa.Boolean, "false: taken away, whatever the call said itself"),
    column("author", Name, "who decided, as in `annotations`"),
    column("decided_at", Moment, "when, UTC"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    sa.PrimaryKeyConstraint("workspace_id", "conversation_id", "label"),
    comment="Labels set or taken away afterwards; the last word holds. Not rebuilt from journals.",
)

placements = sa.Table(
    "placements",
    metadata,
    column("leg_id", Id, "leg that was put somewhere by hand", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column("conversation_id", Id, "conversation it belongs to since, whatever its links say"),
    column("author", Name, "who decided, as in `annotations`"),
    column("decided_at", Moment, "when, UTC"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    sa.Index(None, "workspace_id", "conversation_id"),
    comment="Legs that people joined with others, or split off. Not rebuilt from journals.",
)

OWN = (annotations, redaction_marks, label_decisions)
