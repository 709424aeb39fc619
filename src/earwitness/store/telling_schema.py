"""The tables of what is watched, and of what others are told. No journal has them: a rebuild keeps them.

They name conversations without a foreign key: what was told stays told. Erasing empties the bodies.
"""

import sqlalchemy as sa

from earwitness.store.columns import column, maybe, metadata
from earwitness.store.secrecy import Tree
from earwitness.store.types import Id, Json, Moment, Name

alerts = sa.Table(
    "alerts",
    metadata,
    column("id", Id, "UUIDv7", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column("rule", Name, "name of the rule"),
    column("about", Name, "the route, where each is judged by itself; else empty"),
    column("state", Name, "firing or resolved"),
    column("value", sa.Double, "what was found last"),
    column("threshold", sa.Double, "from where on it is wrong"),
    column("message", sa.Text, "in words; nothing that was said in a call"),
    column("evidence", Json, "ids of conversations that show it"),
    column("began_at", Moment, "when it was found wrong, UTC"),
    column("seen_at", Moment, "when it was found wrong last, UTC"),
    maybe("resolved_at", Moment, "when it was over, UTC"),
    maybe("told_at", Moment, "when somebody was told of it last, UTC; null: held off"),
    sa.Index(None, "workspace_id", "state", "began_at"),
    sa.Index(None, "workspace_id", "rule", "about", "began_at"),
    comment="What was found wrong by the rules, and when it was over.",
)

alert_rules = sa.Table(
    "alert_rules",
    metadata,
    column("workspace_id", Name, "tenant"),
    column("name", Name, "name of the rule"),
    column("rule", Json, "the rule, as in the settings"),
    column("changed_at", Moment, "when, UTC"),
    column("changed_by", Name, "by whom, as the audit log names them"),
    sa.PrimaryKeyConstraint("workspace_id", "name"),
    comment="Rules that were set over the API; those of the settings stand beside them.",
)

outbox = sa.Table(
    "outbox",
    metadata,
    column("id", Name, "msg_..., the same at each try: whoever gets it knows it again", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column("conversation_id", Id, "conversation it tells of; empty: of none"),
    column("event", Name, "started, completed, failed, redacted, erased or alert"),
    column("endpoint", Name, "name of whom to tell, as in the settings"),
    column("about", Name, "what is told once to each endpoint: the event and what it is of"),
    maybe("body", Tree, "the document that is sent; null: erased"),
    column("state", Name, "waiting, delivered, failed (given up) or erased"),
    column("attempts", sa.Integer, "how often it was tried"),
    column("problem", sa.Text, "what was wrong the last time; empty: nothing"),
    column("created_at", Moment, "when it came up, UTC"),
    column("next_at", Moment, "before then it is not tried, UTC"),
    maybe("delivered_at", Moment, "when it was taken, UTC"),
    sa.UniqueConstraint("endpoint", "about"),
    sa.Index(None, "state", "next_at"),
    sa.Index(None, "workspace_id", "created_at"),
    sa.Index(None, "workspace_id", "conversation_id"),
    comment="What others are told, and how far that has come.",
)
