"""What people say of a conversation afterwards: ratings, notes, spans, labels."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Id, Moment, Name

revision = "0010"
down_revision = "0009"


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    options.setdefault("nullable", False)
    return sa.Column(name, kind, comment=comment, **options)


def upgrade() -> None:
    op.create_table(
        "annotations",
        _column("id", Id, "UUIDv7"),
        _column("workspace_id", Name, "tenant"),
        _column("conversation_id", Id, "conversation it is about"),
        _column("kind", Name, "rating, note or span"),
        _column("rating", sa.Integer, "1 to 5", nullable=True),
        _column("text", sa.Text, "in words"),
        _column("message_key", Name, "key of the message it is about", nullable=True),
        _column(
            "from_ms", sa.BigInteger, "begin of the span, ms since the conversation began", nullable=True
        ),
        _column("to_ms", sa.BigInteger, "end of the span", nullable=True),
        _column("author", Name, "key:<id>, user:<name>, cli:<name>: as the audit log names them"),
        _column("created_at", Moment, "when, UTC"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_annotations_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_annotations"),
        comment="Ratings, notes and marked spans. Not rebuilt from journals.",
    )
    op.create_index(
        "ix_annotations_workspace_id_conversation_id", "annotations", ["workspace_id", "conversation_id"]
    )
    op.create_table(
        "label_decisions",
        _column("workspace_id", Name, "tenant"),
        _column("conversation_id", Id, "conversation it is about"),
        _column("label", Name, "the label"),
        _column("is_set", sa.Boolean, "false: taken away, whatever the call said itself"),
        _column("author", Name, "who decided, as in `annotations`"),
        _column("decided_at", Moment, "when, UTC"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_label_decisions_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "conversation_id", "label", name="pk_label_decisions"),
        comment="Labels set or taken away afterwards; the last word holds. Not rebuilt from journals.",
    )


def downgrade() -> None:
    op.drop_table("label_decisions")
    op.drop_table("annotations")
