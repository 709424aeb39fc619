"""Whether the heard words of a message are an estimate."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

# Of older rows only the cautious half can be told; `reindex` tells which words were told or timed.
CUT = """
UPDATE messages SET is_estimated = true
WHERE status = 'interrupted' AND is_audible AND coalesce(heard_ms, 0) >= 60
"""


def upgrade() -> None:
    meaning = "which words were heard is reckoned from heard_ms, neither told nor timed"
    op.add_column(
        "messages",
        sa.Column("is_estimated", sa.Boolean, nullable=False, server_default=sa.false(), comment=meaning),
    )
    op.execute(CUT)


def downgrade() -> None:
    op.drop_column("messages", "is_estimated")
