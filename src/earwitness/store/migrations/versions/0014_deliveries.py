"""What left by itself after a call: copies at a mirror, traces at a collector."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Id, Json, Moment, Name

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the conversation belongs to"),
        sa.Column("conversation_id", Id, nullable=False, comment="the conversation that was sent"),
        sa.Column("target", Name, nullable=False, comment="where to: traces:<url>, or mirror:<layout>:<url>"),
        sa.Column(
            "made_at",
            Moment,
            nullable=True,
            comment="when the files were made that it was sent with, UTC; null: not sent yet",
        ),
        sa.Column("paths", Json, nullable=False, comment="the files of it that lie there"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="how often it failed in a row"),
        sa.Column("problem", sa.Text, nullable=False, comment="what was wrong the last time; empty: nothing"),
        sa.Column("again_at", Moment, nullable=True, comment="not to be tried before, UTC"),
        sa.Column("changed_at", Moment, nullable=False, comment="when this row was written, UTC"),
        sa.PrimaryKeyConstraint("conversation_id", "target", name="pk_deliveries"),
        comment="What left by itself after a call, by target.",
    )


def downgrade() -> None:
    op.drop_table("deliveries")
