"""How far each file of a journal has come on its way to the object store."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Moment, Name

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "shipments",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("leg_id", Name, nullable=False, comment="the leg whose journal it is of"),
        sa.Column("name", Name, nullable=False, comment="name of the file in the leg's folder"),
        sa.Column("path", Name, nullable=False, comment="where it lies in the object store"),
        sa.Column("byte_count", sa.BigInteger, nullable=False, comment="its size"),
        sa.Column("sha256", Name, nullable=False, comment="of its bytes, hex"),
        sa.Column(
            "state",
            Name,
            nullable=False,
            comment="sealed, uploaded, verified, remote (the local copy is gone)",
        ),
        sa.Column(
            "attempts", sa.Integer, nullable=False, comment="how often the store gave back something else"
        ),
        sa.Column("problem", sa.Text, nullable=False, comment="what was wrong the last time; empty: nothing"),
        sa.Column("changed_at", Moment, nullable=False, comment="when it came to this state, UTC"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_shipments_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "path", name="pk_shipments"),
        comment="Files of journals on their way to the object store.",
    )
    op.create_index("ix_shipments_state_changed_at", "shipments", ["state", "changed_at"])


def downgrade() -> None:
    op.drop_table("shipments")
