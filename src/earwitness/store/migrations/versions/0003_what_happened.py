"""Interruptions, snapshots, digits, gaps, findings, artifacts."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Json, Moment, Name

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "interruptions",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("position", sa.Integer, nullable=False, comment="place in the conversation, from 0"),
        sa.Column("by", Name, nullable=False, comment="party that started while the other spoke"),
        sa.Column("happened_at", Moment, nullable=False, comment="when, UTC"),
        sa.Column(
            "happened_ns", sa.BigInteger, nullable=False, comment="when, ns since the conversation began"
        ),
        sa.Column("message_key", Name, nullable=True, comment="key of the message being said"),
        sa.Column("did_cut", sa.Boolean, nullable=False, comment="true: the message was cut short by it"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_interruptions_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_interruptions"),
        comment="A party started while the other spoke.",
    )
    op.create_table(
        "snapshots",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("position", sa.Integer, nullable=False, comment="place in the conversation, from 0"),
        sa.Column("taken_at", Moment, nullable=False, comment="when, UTC"),
        sa.Column("taken_ns", sa.BigInteger, nullable=False, comment="when, ns since the conversation began"),
        sa.Column("label", sa.Text, nullable=False, comment="name given, or history_updated"),
        sa.Column("message_count", sa.Integer, nullable=False, comment="messages until then"),
        sa.Column("user_count", sa.Integer, nullable=False, comment="of role user"),
        sa.Column("assistant_count", sa.Integer, nullable=False, comment="of role assistant"),
        sa.Column("tool_count", sa.Integer, nullable=False, comment="tool calls until then"),
        sa.Column("data", Json, nullable=False, comment="what the application gave with it"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_snapshots_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_snapshots"),
        comment="State at one moment. Its history is the messages with seen_ns <= taken_ns.",
    )
    op.create_table(
        "digits",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("position", sa.Integer, nullable=False, comment="place in the conversation, from 0"),
        sa.Column("digit", Name, nullable=False, comment="key pressed"),
        sa.Column("party", Name, nullable=False, comment="who pressed it"),
        sa.Column("pressed_at", Moment, nullable=False, comment="when, UTC"),
        sa.Column(
            "pressed_ns", sa.BigInteger, nullable=False, comment="when, ns since the conversation began"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_digits_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_digits"),
        comment="Keys pressed on the telephone.",
    )
    op.create_table(
        "gaps",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("position", sa.Integer, nullable=False, comment="place in the conversation, from 0"),
        sa.Column("leg_id", Name, nullable=False, comment="leg on which it was seen"),
        sa.Column(
            "reason",
            Name,
            nullable=False,
            comment="overrun, disk_full, disk_error, crash, damage, torn, paused, parse_error",
        ),
        sa.Column("began_at", Moment, nullable=False, comment="last thing kept before it, UTC"),
        sa.Column(
            "began_ns",
            sa.BigInteger,
            nullable=False,
            comment="last thing kept before it, ns since the conversation began",
        ),
        sa.Column("ended_at", Moment, nullable=True, comment="first thing kept after it, UTC"),
        sa.Column(
            "ended_ns",
            sa.BigInteger,
            nullable=True,
            comment="first thing kept after it, ns since the conversation began",
        ),
        sa.Column("record_count", sa.BigInteger, nullable=True, comment="records lost, where known"),
        sa.Column("byte_count", sa.BigInteger, nullable=True, comment="bytes lost, where known"),
        sa.Column("detail", sa.Text, nullable=False, comment="in words"),
        sa.ForeignKeyConstraint(
            ["conversation_id", "leg_id"],
            ["legs.conversation_id", "legs.id"],
            name="fk_gaps_conversation_id_leg_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_gaps_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_gaps"),
        comment="Spans known to be missing.",
    )
    op.create_index("ix_gaps_conversation_id_leg_id", "gaps", ["conversation_id", "leg_id"])
    op.create_table(
        "findings",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("position", sa.Integer, nullable=False, comment="place in the conversation, from 0"),
        sa.Column("leg_id", Name, nullable=True, comment="leg on which it was seen"),
        sa.Column("code", Name, nullable=False, comment="kind of finding"),
        sa.Column("message", sa.Text, nullable=False, comment="in words"),
        sa.Column("found_at", Moment, nullable=False, comment="when, UTC"),
        sa.Column("found_ns", sa.BigInteger, nullable=False, comment="when, ns since the conversation began"),
        sa.Column("count", sa.BigInteger, nullable=False, comment="how often"),
        sa.ForeignKeyConstraint(
            ["conversation_id", "leg_id"],
            ["legs.conversation_id", "legs.id"],
            name="fk_findings_conversation_id_leg_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_findings_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "position", name="pk_findings"),
        comment="What to know before trusting this record.",
    )
    op.create_index("ix_findings_conversation_id_leg_id", "findings", ["conversation_id", "leg_id"])
    op.create_table(
        "artifacts",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Name, nullable=False, comment="conversation the row belongs to"),
        sa.Column("name", Name, nullable=False, comment="e.g. stereo.flac"),
        sa.Column("path", sa.Text, nullable=False, comment="where it lies in the object store"),
        sa.Column("media_type", Name, nullable=False, comment="e.g. audio/flac"),
        sa.Column("byte_count", sa.BigInteger, nullable=False, comment="its size"),
        sa.Column("sha256", Name, nullable=False, comment="of its bytes, hex"),
        sa.Column("version", sa.Integer, nullable=False, comment="of the projection that made it"),
        sa.Column("made_at", Moment, nullable=False, comment="when, UTC"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_artifacts_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "name", name="pk_artifacts"),
        comment="Files made from a conversation.",
    )


def downgrade() -> None:
    op.drop_table("artifacts")
    op.drop_table("findings")
    op.drop_table("gaps")
    op.drop_table("digits")
    op.drop_table("snapshots")
    op.drop_table("interruptions")
