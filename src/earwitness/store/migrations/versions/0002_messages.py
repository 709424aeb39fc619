"""Messages and tool calls."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Json, Moment, Name

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column(
            "id",
            sa.BigInteger,
            nullable=False,
            autoincrement=False,
            comment="microseconds since the epoch when first seen or the next free: unique, in time order",
        ),
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("leg_id", Name, nullable=False, comment="leg on which it was seen"),
        sa.Column(
            "key",
            Name,
            nullable=False,
            comment="leg id and the provider's item id: the same after every rebuild",
        ),
        sa.Column(
            "position",
            sa.Integer,
            nullable=False,
            comment="place in the conversation, from 0: the order to read in",
        ),
        sa.Column("provider", Name, nullable=False, comment="whose protocol the leg speaks"),
        sa.Column(
            "provider_conversation_id",
            Name,
            nullable=True,
            comment="call_sid, session or conversation id at the provider",
        ),
        sa.Column("provider_message_id", Name, nullable=False, comment="the provider's id of the message"),
        sa.Column("role", Name, nullable=False, comment="user, assistant or system"),
        sa.Column(
            "party", Name, nullable=True, comment="who speaks: caller, agent, human_agent; null: nobody"
        ),
        sa.Column("text", sa.Text, nullable=False, comment="what was generated or recognised"),
        sa.Column("heard_text", sa.Text, nullable=False, comment="what reached the ear of it"),
        sa.Column(
            "status",
            Name,
            nullable=False,
            comment="open, completed, incomplete, interrupted, failed, removed",
        ),
        sa.Column("seen_at", Moment, nullable=False, comment="first sign of it, UTC"),
        sa.Column(
            "seen_ns",
            sa.BigInteger,
            nullable=False,
            comment="first sign of it, ns since the conversation began",
        ),
        sa.Column(
            "started_at", Moment, nullable=False, comment="start of speech, of typed text its arrival, UTC"
        ),
        sa.Column(
            "started_ns",
            sa.BigInteger,
            nullable=False,
            comment="start of speech, of typed text its arrival, ns since the conversation began",
        ),
        sa.Column("ended_at", Moment, nullable=True, comment="end of speech, UTC"),
        sa.Column(
            "ended_ns", sa.BigInteger, nullable=True, comment="end of speech, ns since the conversation began"
        ),
        sa.Column(
            "evidence",
            Name,
            nullable=True,
            comment="what proves how much was heard: server, platform_mark, client_claim, modelled, unknown",
        ),
        sa.Column("sent_ms", sa.BigInteger, nullable=True, comment="length of the audio generated"),
        sa.Column("heard_ms", sa.BigInteger, nullable=True, comment="length of the audio heard"),
        sa.Column(
            "is_inserted", sa.Boolean, nullable=False, comment="put in by the application, never spoken"
        ),
        sa.Column("is_audible", sa.Boolean, nullable=False, comment="false: text only, or out of band"),
        sa.Column("phase", Name, nullable=True, comment="as the provider says, e.g. commentary"),
        sa.Column(
            "response_id", Name, nullable=True, comment="the provider's id of the generation it came from"
        ),
        sa.Column(
            "confidence",
            sa.Double,
            nullable=True,
            comment="of the recognition, 0 to 1, where the provider says",
        ),
        sa.Column("sentiment", Name, nullable=True, comment="positive, neutral or negative, where known"),
        sa.Column("emotion_scores", Json, nullable=True, comment="name -> score, where known"),
        sa.ForeignKeyConstraint(
            ["conversation_id", "leg_id"],
            ["legs.conversation_id", "legs.id"],
            name="fk_messages_conversation_id_leg_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_messages_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("conversation_id", "key", name="uq_messages_conversation_id_key"),
        comment="What was said or typed, one row per message, written while the call runs.",
    )
    op.create_index("ix_messages_conversation_id_leg_id", "messages", ["conversation_id", "leg_id"])
    op.create_index("ix_messages_conversation_id_position", "messages", ["conversation_id", "position"])
    op.create_index("ix_messages_workspace_id_id", "messages", ["workspace_id", "id"])
    op.create_index(
        "ix_messages_workspace_id_provider_role", "messages", ["workspace_id", "provider", "role"]
    )
    op.create_index(
        "ix_messages_workspace_id_provider_conversation_id",
        "messages",
        ["workspace_id", "provider_conversation_id"],
    )
    op.create_table(
        "tool_calls",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("leg_id", Name, nullable=False, comment="leg on which it was seen"),
        sa.Column(
            "key",
            Name,
            nullable=False,
            comment="leg id and the provider's call id: the same after every rebuild",
        ),
        sa.Column("position", sa.Integer, nullable=False, comment="place in the conversation, from 0"),
        sa.Column("call_id", Name, nullable=False, comment="the provider's id of the tool call"),
        sa.Column("name", Name, nullable=False, comment="name of the tool"),
        sa.Column("arguments", sa.Text, nullable=False, comment="JSON text as the model wrote it"),
        sa.Column("result", sa.Text, nullable=True, comment="as sent back; null: none came"),
        sa.Column("error", sa.Text, nullable=True, comment="what went wrong"),
        sa.Column("called_at", Moment, nullable=False, comment="when the arguments were whole, UTC"),
        sa.Column(
            "called_ns",
            sa.BigInteger,
            nullable=False,
            comment="when the arguments were whole, ns since the conversation began",
        ),
        sa.Column("returned_at", Moment, nullable=True, comment="when the result went back, UTC"),
        sa.Column(
            "returned_ns",
            sa.BigInteger,
            nullable=True,
            comment="when the result went back, ns since the conversation began",
        ),
        sa.Column("latency_ms", sa.BigInteger, nullable=True, comment="from call to result"),
        sa.ForeignKeyConstraint(
            ["conversation_id", "leg_id"],
            ["legs.conversation_id", "legs.id"],
            name="fk_tool_calls_conversation_id_leg_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_tool_calls_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "key", name="pk_tool_calls"),
        comment="What the agent asked tools to do.",
    )
    op.create_index("ix_tool_calls_conversation_id_leg_id", "tool_calls", ["conversation_id", "leg_id"])
    op.create_index("ix_tool_calls_workspace_id_name", "tool_calls", ["workspace_id", "name"])


def downgrade() -> None:
    op.drop_table("tool_calls")
    op.drop_table("messages")
