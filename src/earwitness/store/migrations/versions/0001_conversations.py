"""Conversations and their legs, each row in a workspace; API keys."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Json, Moment, Name

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", Name, nullable=False, comment="name of the tenant"),
        sa.Column("created_at", Moment, nullable=False, comment="when it was first used, UTC"),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
        comment="Tenants. Nothing crosses from one to another.",
    )
    op.create_table(
        "api_keys",
        sa.Column("id", Name, nullable=False, comment="public part of the key"),
        sa.Column("workspace_id", Name, nullable=False, comment="tenant it opens"),
        sa.Column("name", sa.Text, nullable=False, comment="what it is for"),
        sa.Column(
            "secret_sha256",
            Name,
            nullable=False,
            comment="of the secret part, hex; the secret itself is nowhere",
        ),
        sa.Column("scopes", Json, nullable=False, comment="list of capture, write, read, read-raw, admin"),
        sa.Column("created_at", Moment, nullable=False, comment="when, UTC"),
        sa.Column("revoked_at", Moment, nullable=True, comment="from then on it opens nothing"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_api_keys_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        comment="API keys. Not rebuilt from journals: they are kept by backups only.",
    )
    op.create_index("ix_api_keys_workspace_id", "api_keys", ["workspace_id"])
    op.create_table(
        "conversations",
        sa.Column("id", Name, nullable=False, comment="UUIDv7"),
        sa.Column("workspace_id", Name, nullable=False, comment="tenant"),
        sa.Column(
            "call_id",
            Name,
            nullable=False,
            comment="the provider's id of the call (call_sid, rtc_..., conversation id), else the own id",
        ),
        sa.Column("recording_id", Name, nullable=False, comment="YYYYmmdd_HHMMSS_<call_id>, start in UTC"),
        sa.Column("providers", Json, nullable=False, comment="list of the providers of its legs, in order"),
        sa.Column(
            "subject",
            Name,
            nullable=True,
            comment="the person it belongs to: research id, customer id, phone number",
        ),
        sa.Column(
            "labels",
            Json,
            nullable=False,
            comment="list of labels; table conversation_labels has the same as rows",
        ),
        sa.Column("metadata", Json, nullable=False, comment="whatever the application said of it"),
        sa.Column(
            "status",
            Name,
            nullable=False,
            comment="active, complete, partial (something is known to be missing), failed",
        ),
        sa.Column("reasons", Json, nullable=False, comment="why it is partial or failed"),
        sa.Column("started_at", Moment, nullable=False, comment="first record of the first leg, UTC"),
        sa.Column(
            "began_at_ns", sa.BigInteger, nullable=False, comment="the same, exact: ns since the epoch"
        ),
        sa.Column("ended_at", Moment, nullable=True, comment="end, UTC; null while it runs"),
        sa.Column("duration_ms", sa.BigInteger, nullable=False, comment="length in milliseconds"),
        sa.Column("message_count", sa.Integer, nullable=False, comment="messages of all roles"),
        sa.Column("user_count", sa.Integer, nullable=False, comment="messages of role user"),
        sa.Column("assistant_count", sa.Integer, nullable=False, comment="messages of role assistant"),
        sa.Column("tool_count", sa.Integer, nullable=False, comment="tool calls"),
        sa.Column("interruption_count", sa.Integer, nullable=False, comment="interruptions by either side"),
        sa.Column("gap_count", sa.Integer, nullable=False, comment="spans known to be missing"),
        sa.Column("outcome", sa.Text, nullable=True, comment="as the application said at the end"),
        sa.Column("satisfaction", sa.Text, nullable=True, comment="as the application said at the end"),
        sa.Column(
            "health_score", sa.Integer, nullable=False, comment="0 to 100: how far the record can be trusted"
        ),
        sa.Column("usage", Json, nullable=False, comment="tokens and seconds as the provider reported them"),
        sa.Column(
            "revision",
            sa.BigInteger,
            nullable=False,
            comment="counts the changes of this conversation's rows",
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_conversations_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("workspace_id", "id", name="uq_conversations_workspace_id_id"),
        comment="One row per conversation: what lists filter and sort by.",
    )
    op.create_index("ix_conversations_workspace_id_call_id", "conversations", ["workspace_id", "call_id"])
    op.create_index(
        "ix_conversations_workspace_id_duration_ms_id", "conversations", ["workspace_id", "duration_ms", "id"]
    )
    op.create_index(
        "ix_conversations_workspace_id_health_score_id",
        "conversations",
        ["workspace_id", "health_score", "id"],
    )
    op.create_index(
        "ix_conversations_workspace_id_message_count_id",
        "conversations",
        ["workspace_id", "message_count", "id"],
    )
    op.create_index(
        "ix_conversations_workspace_id_recording_id", "conversations", ["workspace_id", "recording_id"]
    )
    op.create_index(
        "ix_conversations_workspace_id_started_at_id", "conversations", ["workspace_id", "started_at", "id"]
    )
    op.create_index(
        "ix_conversations_workspace_id_status_started_at_id",
        "conversations",
        ["workspace_id", "status", "started_at", "id"],
    )
    op.create_index(
        "ix_conversations_workspace_id_subject_started_at_id",
        "conversations",
        ["workspace_id", "subject", "started_at", "id"],
    )
    op.create_table(
        "conversation_labels",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("label", Name, nullable=False, comment="one label"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_conversation_labels_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "label", name="pk_conversation_labels"),
        comment="The labels of conversations, one row each.",
    )
    op.create_index(
        "ix_conversation_labels_workspace_id_label_conversation_id",
        "conversation_labels",
        ["workspace_id", "label", "conversation_id"],
    )
    op.create_table(
        "conversation_links",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column(
            "link",
            Name,
            nullable=False,
            comment="one link: legs that share it belong to this conversation",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_conversation_links_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "link", name="pk_conversation_links"),
        comment="By which names the legs of conversations found together, one row each.",
    )
    op.create_index(
        "ix_conversation_links_workspace_id_link_conversation_id",
        "conversation_links",
        ["workspace_id", "link", "conversation_id"],
    )
    op.create_table(
        "legs",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("id", Name, nullable=False, comment="UUIDv7"),
        sa.Column("position", sa.Integer, nullable=False, comment="place in the conversation, from 0"),
        sa.Column("provider", Name, nullable=False, comment="whose protocol it speaks"),
        sa.Column(
            "way", Name, nullable=False, comment="how the bytes came in: tap, record, ingest, webhook, import"
        ),
        sa.Column("route", sa.Text, nullable=False, comment="route of the tap"),
        sa.Column("opened_at", Moment, nullable=False, comment="first record, UTC"),
        sa.Column(
            "opened_ns",
            sa.BigInteger,
            nullable=False,
            comment="first record, ns since the conversation began",
        ),
        sa.Column("closed_at", Moment, nullable=True, comment="end; null while it is open, UTC"),
        sa.Column(
            "closed_ns",
            sa.BigInteger,
            nullable=True,
            comment="end; null while it is open, ns since the conversation began",
        ),
        sa.Column(
            "why_closed",
            Name,
            nullable=True,
            comment="closed, lost, refused, unreachable, stopped, done, crash",
        ),
        sa.Column("closed_by", Name, nullable=False, comment="client, server or recorder"),
        sa.Column("close_code", sa.BigInteger, nullable=True, comment="WebSocket close code"),
        sa.Column(
            "answer_status", sa.BigInteger, nullable=True, comment="HTTP status of the handshake; 101 is up"
        ),
        sa.Column("path", sa.Text, nullable=False, comment="path and query, secrets struck"),
        sa.Column("user_agent", sa.Text, nullable=False, comment="the client's User-Agent"),
        sa.Column("peer", sa.Text, nullable=False, comment="the client's address"),
        sa.Column("links", Json, nullable=False, comment="link keys by which legs join"),
        sa.Column(
            "provider_ids",
            Json,
            nullable=False,
            comment="the provider's ids: call_sid, session_id, model ...",
        ),
        sa.Column(
            "provider_conversation_id",
            Name,
            nullable=True,
            comment="the provider's id of this call or session",
        ),
        sa.Column("record_count", sa.BigInteger, nullable=False, comment="records in its journal"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_legs_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_legs"),
        sa.UniqueConstraint("conversation_id", "id", name="uq_legs_conversation_id_id"),
        comment="Captured connections. A conversation has one or more.",
    )
    op.create_index("ix_legs_provider", "legs", ["workspace_id", "provider", "conversation_id"])
    op.create_index(
        "ix_legs_workspace_id_provider_conversation_id", "legs", ["workspace_id", "provider_conversation_id"]
    )


def downgrade() -> None:
    op.drop_table("legs")
    op.drop_table("conversation_links")
    op.drop_table("conversation_labels")
    op.drop_table("conversations")
    op.drop_table("api_keys")
    op.drop_table("workspaces")
