"""Whether words were taken out of a conversation, and whether they are still to be had."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Name

revision = "0022"
down_revision = "0021"

INDEX = "ix_conversations_redaction_is_abridged_ended_at"


def upgrade() -> None:
    state = "clear (nothing is taken out), redacted, or quarantined: that failed, and all is withheld"
    gone = "true: what was taken out is nowhere any more, in no journal either"
    op.add_column(
        "conversations", sa.Column("redaction", Name, nullable=False, server_default="clear", comment=state)
    )
    op.add_column(
        "conversations",
        sa.Column("is_abridged", sa.Boolean, nullable=False, server_default=sa.false(), comment=gone),
    )
    op.create_index(INDEX, "conversations", ["redaction", "is_abridged", "ended_at"])


def downgrade() -> None:
    op.drop_index(INDEX, "conversations")
    op.drop_column("conversations", "is_abridged")
    op.drop_column("conversations", "redaction")
