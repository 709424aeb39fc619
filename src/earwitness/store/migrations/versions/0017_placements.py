"""Legs joined and split by hand, and how far their clocks are apart."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Id, Moment, Name

revision = "0017"
down_revision = "0016"

COLUMNS = (
    ("joined_by", Name, "what put it here: link:<link>, or hand:<who>; null: nothing had to"),
    ("clock_offset_ms", sa.BigInteger, "how far its clock is ahead, by the sound it shares"),
    ("clock_certainty", sa.Double, "how sure that is, 0 to 1; null: not compared"),
    ("clock_against", Id, "leg whose clock it was compared with"),
)


def _column(name: str, kind: Any, comment: str) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, comment=comment)


def upgrade() -> None:
    op.create_table(
        "placements",
        _column("leg_id", Id, "leg that was put somewhere by hand"),
        _column("workspace_id", Name, "tenant"),
        _column("conversation_id", Id, "conversation it belongs to since, whatever its links say"),
        _column("author", Name, "who decided, as in `annotations`"),
        _column("decided_at", Moment, "when, UTC"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_placements_workspace_id"),
        sa.PrimaryKeyConstraint("leg_id", name="pk_placements"),
        comment="Legs that people joined with others, or split off. Not rebuilt from journals.",
    )
    op.create_index(
        "ix_placements_workspace_id_conversation_id", "placements", ["workspace_id", "conversation_id"]
    )
    for name, kind, comment in COLUMNS:
        op.add_column("legs", sa.Column(name, kind, nullable=True, comment=comment))


def downgrade() -> None:
    for name, _, _ in reversed(COLUMNS):
        op.drop_column("legs", name)
    op.drop_table("placements")
