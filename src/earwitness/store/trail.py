"""The tables of protection: who did what, what may not go, what is gone. None is rebuilt from journals.

They name conversations without a foreign key: a trail outlives what it tells of.
"""

import sqlalchemy as sa

from earwitness.store.columns import column, maybe, metadata
from earwitness.store.secrecy import Tree, Words
from earwitness.store.types import Id, Json, Moment, Name

audit_entries = sa.Table(
    "audit_entries",
    metadata,
    column(
        "number",
        sa.BigInteger,
        "place in the log of this installation, from 0 without holes",
        primary_key=True,
        autoincrement=False,
    ),
    column("workspace_id", Name, "tenant it happened in; empty where none was shown"),
    column("at", Moment, "when, UTC"),
    column("action", Name, "read, play, export, search, delete, hold, erase, seal ..."),
    column("outcome", Name, "done, denied, refused, deferred, failed"),
    maybe("conversation_id", Id, "conversation it was about"),
    column("facts", Json, "what else is known of it, nothing personal: part of the leaf as it stands"),
    column("private", Tree, "who, about whom, from where: name -> [salt, value]; null once erased"),
    column("commitments", Json, "name -> SHA-256 of salt and value: what the leaf holds of `private`"),
    column("leaf_hash", Name, "of the entry as a leaf of the Merkle tree (RFC 9162), hex"),
    sa.Index(None, "workspace_id", "number"),
    sa.Index(None, "workspace_id", "conversation_id", "number"),
    comment="Every access, change and refusal, in order. Only ever appended to.",
)

audit_checkpoints = sa.Table(
    "audit_checkpoints",
    metadata,
    column("size", sa.BigInteger, "entries it covers", primary_key=True, autoincrement=False),
    column("at", Moment, "when it was signed, UTC"),
    column("peaks", Json, "roots of the whole subtrees, largest first, hex: to go on from here"),
    column("note", sa.Text, "the signed checkpoint as it was handed to the sinks"),
    column("undelivered", Json, "sinks that have not taken it yet"),
    comment="Signed heads of the audit log.",
)

holds = sa.Table(
    "holds",
    metadata,
    column("workspace_id", Name, "tenant"),
    column("conversation_id", Id, "conversation that must stay"),
    column("placed_at", Moment, "since when, UTC"),
    column("placed_by", sa.Text, "by whom"),
    column("reason", Words, "why"),
    sa.PrimaryKeyConstraint("workspace_id", "conversation_id"),
    comment="Legal holds that are in force. The audit log tells of those that were.",
)

erasures = sa.Table(
    "erasures",
    metadata,
    column("id", Id, "UUIDv7", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column("conversation_id", Id, "conversation to be erased"),
    column("requested_at", Moment, "when it was asked for, UTC"),
    maybe("done_at", Moment, "when nothing was left, UTC"),
    column("state", Name, "deferred, under_way or done"),
    column("reason", Words, "why it is to go"),
    column("deferred_because", sa.Text, "what keeps it, e.g. a legal hold; empty: nothing"),
    column("certificate", Tree, "what was destroyed; empty until it is done"),
    sa.Index(None, "workspace_id", "conversation_id"),
    sa.Index(None, "state", "workspace_id"),
    comment="Requests to erase, kept for ever: the certificate names ids and counts, no person.",
)

tombstones = sa.Table(
    "tombstones",
    metadata,
    column("id", Id, "of a conversation or of a leg", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column("erased_at", Moment, "when, UTC"),
    sa.Index(None, "workspace_id", "id"),
    comment="What was erased and must not come back: not from a backup, not from a journal found again.",
)
