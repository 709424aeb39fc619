"""People who log in: users with a role, and the sessions of their browsers."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Moment, Name

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("workspace_id", Name, nullable=False, comment="tenant"),
        sa.Column("name", Name, nullable=False, comment="by which they log in"),
        sa.Column("role", Name, nullable=False, comment="viewer, reviewer, auditor or admin"),
        sa.Column("password_argon2", sa.Text, nullable=False, comment="Argon2id hash of the password"),
        sa.Column("created_at", Moment, nullable=False, comment="when, UTC"),
        sa.PrimaryKeyConstraint("workspace_id", "name", name="pk_users"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_users_workspace_id"),
        comment="People who log in with a password. Kept by backups only.",
    )
    op.create_table(
        "sessions",
        sa.Column(
            "token_sha256", Name, nullable=False, comment="of the cookie, hex; the cookie itself is nowhere"
        ),
        sa.Column("workspace_id", Name, nullable=False, comment="tenant it opens"),
        sa.Column(
            "holder",
            Name,
            nullable=False,
            comment="whose login it is: key:<id> or user:<name>, asked anew at every use",
        ),
        sa.Column("began_at", Moment, nullable=False, comment="login, UTC"),
        sa.Column("until", Moment, nullable=False, comment="from then on it opens nothing, UTC"),
        sa.PrimaryKeyConstraint("token_sha256", name="pk_sessions"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], name="fk_sessions_workspace_id"),
        comment="Logins of browsers. Not rebuilt from journals.",
    )
    op.create_index("ix_sessions_workspace_id_holder", "sessions", ["workspace_id", "holder"])


def downgrade() -> None:
    op.drop_table("sessions")
    op.drop_table("users")
