"""When messages were said by their sender's clock; who may log in to save them."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Moment, Name

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.add_column(
            sa.Column("said_at", Moment, nullable=True, comment="when it was said, as its sender tells, UTC")
        )
        messages.add_column(
            sa.Column(
                "said_ns",
                sa.BigInteger,
                nullable=True,
                comment="when it was said, as its sender tells, ns since the conversation began",
            )
        )
    op.create_table(
        "subjects",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant"),
        sa.Column("id", Name, nullable=False, comment="research id, or whatever the person is known by"),
        sa.Column("created_at", Moment, nullable=False, comment="when it was registered, UTC"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_subjects_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "id", name="pk_subjects"),
        comment="Who may log in to save messages and read their own. Not rebuilt from journals.",
    )


def downgrade() -> None:
    op.drop_table("subjects")
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("said_ns")
        messages.drop_column("said_at")
