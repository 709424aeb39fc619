"""The table of what was sent elsewhere after a call, or waits to be.

A row outlives its conversation's: what lies elsewhere is known until it is taken back.
"""

import sqlalchemy as sa

from earwitness.store.columns import column, maybe, metadata
from earwitness.store.types import Id, Json, Moment, Name

deliveries = sa.Table(
    "deliveries",
    metadata,
    column("workspace_id", Name, "tenant the conversation belongs to"),
    column("conversation_id", Id, "the conversation that was sent"),
    column("target", Name, "where to: traces:<url>, or mirror:<layout>:<url>"),
    maybe("made_at", Moment, "when the files were made that it was sent with, UTC; null: not sent yet"),
    column("paths", Json, "the files of it that lie there"),
    column("attempts", sa.Integer, "how often it failed in a row"),
    column("problem", sa.Text, "what was wrong the last time; empty: nothing"),
    maybe("again_at", Moment, "not to be tried before, UTC"),
    column("changed_at", Moment, "when this row was written, UTC"),
    sa.PrimaryKeyConstraint("conversation_id", "target"),
    comment="What left by itself after a call, by target.",
)
