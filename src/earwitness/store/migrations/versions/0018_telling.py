"""What is watched, and what others are told."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.secrecy import Tree
from earwitness.store.types import Json, Moment, Name

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("id", Name, nullable=False, comment="UUIDv7"),
        sa.Column("workspace_id", Name, nullable=False, comment="tenant"),
        sa.Column("rule", Name, nullable=False, comment="name of the rule"),
        sa.Column(
            "about", Name, nullable=False, comment="the route, where each is judged by itself; else empty"
        ),
        sa.Column("state", Name, nullable=False, comment="firing or resolved"),
        sa.Column("value", sa.Double, nullable=False, comment="what was found last"),
        sa.Column("threshold", sa.Double, nullable=False, comment="from where on it is wrong"),
        sa.Column("message", sa.Text, nullable=False, comment="in words; nothing that was said in a call"),
        sa.Column("evidence", Json, nullable=False, comment="ids of conversations that show it"),
        sa.Column("began_at", Moment, nullable=False, comment="when it was found wrong, UTC"),
        sa.Column("seen_at", Moment, nullable=False, comment="when it was found wrong last, UTC"),
        sa.Column("resolved_at", Moment, nullable=True, comment="when it was over, UTC"),
        sa.Column(
            "told_at", Moment, nullable=True, comment="when somebody was told of it last, UTC; null: held off"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        comment="What was found wrong by the rules, and when it was over.",
    )
    op.create_index(
        "ix_alerts_workspace_id_rule_about_began_at", "alerts", ["workspace_id", "rule", "about", "began_at"]
    )
    op.create_index("ix_alerts_workspace_id_state_began_at", "alerts", ["workspace_id", "state", "began_at"])
    op.create_table(
        "alert_rules",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant"),
        sa.Column("name", Name, nullable=False, comment="name of the rule"),
        sa.Column("rule", Json, nullable=False, comment="the rule, as in the settings"),
        sa.Column("changed_at", Moment, nullable=False, comment="when, UTC"),
        sa.Column("changed_by", Name, nullable=False, comment="by whom, as the audit log names them"),
        sa.PrimaryKeyConstraint("workspace_id", "name", name="pk_alert_rules"),
        comment="Rules that were set over the API; those of the settings stand beside them.",
    )
    op.create_table(
        "outbox",
        sa.Column(
            "id",
            Name,
            nullable=False,
            comment="msg_..., the same at each try: whoever gets it knows it again",
        ),
        sa.Column("workspace_id", Name, nullable=False, comment="tenant"),
        sa.Column(
            "conversation_id", Name, nullable=False, comment="conversation it tells of; empty: of none"
        ),
        sa.Column(
            "event", Name, nullable=False, comment="started, completed, failed, redacted, erased or alert"
        ),
        sa.Column("endpoint", Name, nullable=False, comment="name of whom to tell, as in the settings"),
        sa.Column(
            "about",
            Name,
            nullable=False,
            comment="what is told once to each endpoint: the event and what it is of",
        ),
        sa.Column("body", Tree, nullable=True, comment="the document that is sent; null: erased"),
        sa.Column("state", Name, nullable=False, comment="waiting, delivered, failed (given up) or erased"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="how often it was tried"),
        sa.Column("problem", sa.Text, nullable=False, comment="what was wrong the last time; empty: nothing"),
        sa.Column("created_at", Moment, nullable=False, comment="when it came up, UTC"),
        sa.Column("next_at", Moment, nullable=False, comment="before then it is not tried, UTC"),
        sa.Column("delivered_at", Moment, nullable=True, comment="when it was taken, UTC"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("endpoint", "about", name="uq_outbox_endpoint_about"),
        comment="What others are told, and how far that has come.",
    )
    op.create_index("ix_outbox_state_next_at", "outbox", ["state", "next_at"])
    op.create_index("ix_outbox_workspace_id_conversation_id", "outbox", ["workspace_id", "conversation_id"])
    op.create_index("ix_outbox_workspace_id_created_at", "outbox", ["workspace_id", "created_at"])


def downgrade() -> None:
    for name in ("outbox", "alert_rules", "alerts"):
        op.drop_table(name)
