"""The audit log with its checkpoints; legal holds, erasures and tombstones."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from earwitness.store.types import Id, Json, Moment, Name

revision = "0007"
down_revision = "0006"


def _column(name: str, kind: Any, comment: str, **options: Any) -> sa.Column[Any]:
    options.setdefault("nullable", False)
    return sa.Column(name, kind, comment=comment, **options)


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        _column(
            "number",
            sa.BigInteger,
            "place in the log of this installation, from 0 without holes",
            autoincrement=False,
        ),
        _column("workspace_id", Name, "tenant it happened in; empty where none was shown"),
        _column("at", Moment, "when, UTC"),
        _column("action", Name, "read, play, export, search, delete, hold, erase, seal ..."),
        _column("outcome", Name, "done, denied, refused, deferred, failed"),
        _column("conversation_id", Id, "conversation it was about", nullable=True),
        _column("facts", Json, "what else is known of it, nothing personal: part of the leaf as it stands"),
        _column("private", Json, "who, about whom, from where: name -> [salt, value]; null once erased"),
        _column("commitments", Json, "name -> SHA-256 of salt and value: what the leaf holds of `private`"),
        _column("leaf_hash", Name, "of the entry as a leaf of the Merkle tree (RFC 9162), hex"),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entries"),
        comment="Every access, change and refusal, in order. Only ever appended to.",
    )
    for columns in (("workspace_id", "number"), ("workspace_id", "conversation_id", "number")):
        op.create_index(f"ix_audit_entries_{'_'.join(columns)}", "audit_entries", list(columns))
    op.create_table(
        "audit_checkpoints",
        _column("size", sa.BigInteger, "entries it covers", autoincrement=False),
        _column("at", Moment, "when it was signed, UTC"),
        _column("peaks", Json, "roots of the whole subtrees, largest first, hex: to go on from here"),
        _column("note", sa.Text, "the signed checkpoint as it was handed to the sinks"),
        _column("undelivered", Json, "sinks that have not taken it yet"),
        sa.PrimaryKeyConstraint("size", name="pk_audit_checkpoints"),
        comment="Signed heads of the audit log.",
    )
    op.create_table(
        "holds",
        _column("workspace_id", Name, "tenant"),
        _column("conversation_id", Id, "conversation that must stay"),
        _column("placed_at", Moment, "since when, UTC"),
        _column("placed_by", sa.Text, "by whom"),
        _column("reason", sa.Text, "why"),
        sa.PrimaryKeyConstraint("workspace_id", "conversation_id", name="pk_holds"),
        comment="Legal holds that are in force. The audit log tells of those that were.",
    )
    op.create_table(
        "erasures",
        _column("id", Id, "UUIDv7"),
        _column("workspace_id", Name, "tenant"),
        _column("conversation_id", Id, "conversation to be erased"),
        _column("requested_at", Moment, "when it was asked for, UTC"),
        _column("done_at", Moment, "when nothing was left, UTC", nullable=True),
        _column("state", Name, "deferred, under_way or done"),
        _column("reason", sa.Text, "why it is to go"),
        _column("deferred_because", sa.Text, "what keeps it, e.g. a legal hold; empty: nothing"),
        _column("certificate", Json, "what was destroyed; empty until it is done"),
        sa.PrimaryKeyConstraint("id", name="pk_erasures"),
        comment="Requests to erase, kept for ever: the certificate names ids and counts, no person.",
    )
    for columns in (("workspace_id", "conversation_id"), ("state", "workspace_id")):
        op.create_index(f"ix_erasures_{'_'.join(columns)}", "erasures", list(columns))
    op.create_table(
        "tombstones",
        _column("id", Id, "of a conversation or of a leg"),
        _column("workspace_id", Name, "tenant"),
        _column("erased_at", Moment, "when, UTC"),
        sa.PrimaryKeyConstraint("id", name="pk_tombstones"),
        comment="What was erased and must not come back: not from a backup, not from a journal found again.",
    )
    op.create_index("ix_tombstones_workspace_id_id", "tombstones", ["workspace_id", "id"])


def downgrade() -> None:
    for table in ("tombstones", "erasures", "holds", "audit_checkpoints", "audit_entries"):
        op.drop_table(table)
