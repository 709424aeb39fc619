"""The tables of what is in the object store, or on its way there."""

import sqlalchemy as sa

from earwitness.store.columns import column, metadata, of_conversation
from earwitness.store.types import Id, Moment, Name

shipments = sa.Table(
    "shipments",
    metadata,
    *of_conversation(),
    column("leg_id", Id, "the leg whose journal it is of"),
    column("name", Name, "name of the file in the leg's folder"),
    column("path", Name, "where it lies in the object store"),
    column("byte_count", sa.BigInteger, "its size"),
    column("sha256", Name, "of its bytes, hex"),
    column("state", Name, "sealed, uploaded, verified, remote (the local copy is gone)"),
    column("attempts", sa.Integer, "how often the store gave back something else"),
    column("problem", sa.Text, "what was wrong the last time; empty: nothing"),
    column("changed_at", Moment, "when it came to this state, UTC"),
    sa.PrimaryKeyConstraint("conversation_id", "path"),
    sa.Index(None, "state", "changed_at"),
    comment="Files of journals on their way to the object store.",
)

artifacts = sa.Table(
    "artifacts",
    metadata,
    *of_conversation(),
    column("name", Name, "e.g. stereo.flac"),
    column("path", sa.Text, "where it lies in the object store"),
    column("media_type", Name, "e.g. audio/flac"),
    column("byte_count", sa.BigInteger, "its size"),
    column("sha256", Name, "of its bytes, hex"),
    column("version", sa.Integer, "of the projection that made it"),
    column("made_at", Moment, "when, UTC"),
    sa.PrimaryKeyConstraint("conversation_id", "name"),
    comment="Files made from a conversation.",
)
