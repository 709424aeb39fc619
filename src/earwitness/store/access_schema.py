"""The tables of the catalog that say who may come in. They cannot be rebuilt: only backups keep them."""

import sqlalchemy as sa

from earwitness.store.columns import column, maybe, metadata
from earwitness.store.secrecy import Handle
from earwitness.store.types import Json, Moment, Name

subjects = sa.Table(
    "subjects",
    metadata,
    column("workspace_id", Name, "tenant"),
    column("id", Handle, "research id, or whatever the person is known by"),
    column("created_at", Moment, "when it was registered, UTC"),
    sa.PrimaryKeyConstraint("workspace_id", "id"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    comment="Who may log in to save messages and read their own. Not rebuilt from journals.",
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    column("id", Name, "public part of the key", primary_key=True),
    column("workspace_id", Name, "tenant it opens"),
    column("name", sa.Text, "what it is for"),
    column("secret_sha256", Name, "of the secret part, hex; the secret itself is nowhere"),
    column("scopes", Json, "list of capture, write, read, read-raw, admin"),
    column("created_at", Moment, "when, UTC"),
    maybe("revoked_at", Moment, "from then on it opens nothing"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    sa.Index(None, "workspace_id"),
    comment="API keys. Not rebuilt from journals: they are kept by backups only.",
)

users = sa.Table(
    "users",
    metadata,
    column("workspace_id", Name, "tenant"),
    column("name", Name, "by which they log in"),
    column("role", Name, "viewer, reviewer, auditor or admin"),
    column("password_argon2", sa.Text, "Argon2id hash of the password"),
    column("created_at", Moment, "when, UTC"),
    sa.PrimaryKeyConstraint("workspace_id", "name"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    comment="People who log in with a password. Kept by backups only.",
)

sessions = sa.Table(
    "sessions",
    metadata,
    column("token_sha256", Name, "of the cookie, hex; the cookie itself is nowhere", primary_key=True),
    column("workspace_id", Name, "tenant it opens"),
    column("holder", Name, "whose login it is: key:<id> or user:<name>, asked anew at every use"),
    column("began_at", Moment, "login, UTC"),
    column("until", Moment, "from then on it opens nothing, UTC"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    sa.Index(None, "workspace_id", "holder"),
    comment="Logins of browsers. Not rebuilt from journals.",
)
