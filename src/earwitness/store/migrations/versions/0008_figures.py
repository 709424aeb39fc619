"""What is measured on the sound, where lists can sort by it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = (
    ("response_p50_ms", sa.BigInteger, "median time from the caller's end to the agent's sound, measured"),
    ("response_p95_ms", sa.BigInteger, "95th percentile of the same"),
    ("first_sound_ms", sa.BigInteger, "when the agent was first heard; null: never, or not measured"),
    ("dead_air_ms", sa.BigInteger, "how long in all nobody spoke, stretches of more than 3 s"),
    ("overlap_ms", sa.BigInteger, "how long both spoke at once"),
    ("agent_share", sa.Double, "of all speech the agent's, 0 to 1"),
    ("interruptions_by_caller", sa.Integer, "how often the caller is heard to talk over the agent"),
    ("interruptions_by_agent", sa.Integer, "how often the agent is heard to talk over the caller"),
)
SORTED_BY = ("interruption_count", "response_p95_ms", "dead_air_ms")


def upgrade() -> None:  # column by column: on SQLite a table made anew would take all rows below it along
    for name, kind, comment in COLUMNS:
        op.add_column("conversations", sa.Column(name, kind(), nullable=True, comment=comment))
    for name in SORTED_BY:
        op.create_index(
            f"ix_conversations_workspace_id_{name}_id", "conversations", ["workspace_id", name, "id"]
        )


def downgrade() -> None:
    for name in reversed(SORTED_BY):
        op.drop_index(f"ix_conversations_workspace_id_{name}_id", "conversations")
    for name, _, _ in reversed(COLUMNS):
        op.drop_column("conversations", name)
