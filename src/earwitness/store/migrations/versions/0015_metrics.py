"""By whom a call was answered, and how often its files could not be stored: metrics ask for both."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Name

revision = "0015"
down_revision = "0014"

_INDEX = "ix_conversations_workspace_id_agent_started_at_id"


def upgrade() -> None:
    op.add_column(
        "conversations",
        sa.Column(
            "agent",
            Name,
            nullable=False,
            server_default=sa.text("''"),
            comment="which agent answered, by its name or id",
        ),
    )
    op.add_column(
        "conversations",
        sa.Column(
            "failed_saves",
            sa.Integer,
            nullable=False,
            server_default="0",
            comment="how often its files could not be stored",
        ),
    )
    op.create_index(_INDEX, "conversations", ["workspace_id", "agent", "started_at", "id"])


def downgrade() -> None:
    op.drop_index(_INDEX, "conversations")
    op.drop_column("conversations", "failed_saves")
    op.drop_column("conversations", "agent")
