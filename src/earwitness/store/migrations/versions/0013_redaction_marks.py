"""What people marked to be taken out of a conversation."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Id, Moment, Name

revision = "0013"
down_revision = "0012"


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    options.setdefault("nullable", False)
    return sa.Column(name, kind, comment=comment, **options)


def upgrade() -> None:
    op.create_table(
        "redaction_marks",
        _column("id", Id, "UUIDv7"),
        _column("workspace_id", Name, "tenant"),
        _column("conversation_id", Id, "conversation it is about"),
        _column("words", sa.Text, "taken out wherever they stand; empty: a stretch"),
        _column("from_ms", sa.BigInteger, "begin of the stretch, ms since it began", nullable=True),
        _column("to_ms", sa.BigInteger, "end of the stretch", nullable=True),
        _column("author", Name, "who marked it, as in `annotations`"),
        _column("created_at", Moment, "when, UTC"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_redaction_marks_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_redaction_marks"),
        comment="What people marked to be taken out. Not rebuilt from journals.",
    )
    op.create_index(
        "ix_redaction_marks_workspace_id_conversation_id",
        "redaction_marks",
        ["workspace_id", "conversation_id"],
    )


def downgrade() -> None:
    op.drop_table("redaction_marks")
