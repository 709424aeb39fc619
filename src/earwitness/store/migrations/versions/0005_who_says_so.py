"""Who says how a message was said: the provider, or a reading of ours."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Name

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.add_column(
            sa.Column(
                "confidence_source",
                Name,
                nullable=True,
                comment="provider, or derived:<producer> where confidence is its highest emotion score",
            )
        )
        messages.add_column(
            sa.Column(
                "sentiment_source",
                Name,
                nullable=True,
                comment="provider, or derived:<producer of the scores>",
            )
        )


def downgrade() -> None:
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("sentiment_source")
        messages.drop_column("confidence_source")
