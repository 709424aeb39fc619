"""Turns and routes in the list, and what is rare found at once."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Json

revision = "0021"
down_revision = "0020"

INDEXES = {
    "ix_conversations_workspace_id_outcome_id": ("conversations", ["workspace_id", "outcome", "id"]),
    "ix_conversations_workspace_id_derived_outcome_id": (
        "conversations",
        ["workspace_id", "derived_outcome", "id"],
    ),
    "ix_legs_workspace_id_route_conversation_id": ("legs", ["workspace_id", "route", "conversation_id"]),
}
# Of the messages that were said, those before which somebody else spoke.
TURNS = """
UPDATE conversations SET turn_count = (
    SELECT count(*) FROM (
        SELECT coalesce(party, role) AS who, lag(coalesce(party, role)) OVER (ORDER BY position) AS before
        FROM messages
        WHERE messages.conversation_id = conversations.id AND role <> 'system' AND NOT is_inserted
    ) AS said
    WHERE before IS NULL OR before <> who
)
"""
ROUTES = """
UPDATE conversations SET routes = (
    SELECT {array}(route) FROM (
        SELECT route, min(position) FROM legs
        WHERE legs.conversation_id = conversations.id AND route <> ''
        GROUP BY route ORDER BY min(position)
    ) AS ways
)
WHERE EXISTS (SELECT 1 FROM legs WHERE legs.conversation_id = conversations.id AND route <> '')
"""


def upgrade() -> None:
    turns = "how often the floor was taken: messages of one party on end are one turn"
    routes = "routes of the tap by which its legs came"
    op.add_column(
        "conversations",
        sa.Column("turn_count", sa.Integer, nullable=False, server_default="0", comment=turns),
    )
    op.add_column(
        "conversations", sa.Column("routes", Json, nullable=False, server_default="[]", comment=routes)
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(TURNS)
    op.execute(ROUTES.format(array="json_group_array" if is_sqlite else "jsonb_agg"))
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_column("conversations", "routes")
    op.drop_column("conversations", "turn_count")
