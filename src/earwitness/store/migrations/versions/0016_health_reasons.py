"""What stands against a record, where lists can filter by it and counts are made of it."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Json, Name

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column(
        "conversations",
        sa.Column(
            "health_reasons",
            Json,
            nullable=False,
            server_default="[]",  # until the work after the call is done again
            comment="codes of what stands against it, gravest first",
        ),
    )
    op.create_table(
        "health_reasons",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("code", Name, nullable=False, comment="one thing that stands against the record"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_health_reasons_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "code", name="pk_health_reasons"),
        comment="What takes away from the trust in records, one row each.",
    )
    op.create_index(
        "ix_health_reasons_workspace_id_code_conversation_id",
        "health_reasons",
        ["workspace_id", "code", "conversation_id"],
    )


def downgrade() -> None:
    op.drop_table("health_reasons")
    op.drop_column("conversations", "health_reasons")
