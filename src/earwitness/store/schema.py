"""The tables of the catalog. Column comments are the documentation of the schema.

Its search index, which differs by database, is made by the migration that makes `search_entries`.
All but `workspaces` and the tables of `access_schema`, `own_schema`, `telling_schema` and `trail` can be
rebuilt from the journals. Times are kept twice: `*_at` on the calendar (UTC), for questions in SQL; `*_ns` on
the conversation's own clock, for players.
The id of a message that was acknowledged when it was saved is the number it was acknowledged by.
"""

import sqlalchemy as sa

from earwitness.store import leaving_schema, trail  # noqa: F401  (its table is one of the metadata)
from earwitness.store.access_schema import api_keys, sessions, subjects, users
from earwitness.store.columns import clock, column, maybe, metadata, of_conversation, of_leg, sequence
from earwitness.store.legs_schema import conversation_links, legs
from earwitness.store.own_schema import annotations, label_decisions, placements
from earwitness.store.search_schema import search_entries
from earwitness.store.secrecy import Handle, Tree, Words
from earwitness.store.shipping_schema import artifacts, shipments
from earwitness.store.telling_schema import alert_rules, alerts, outbox
from earwitness.store.types import Id, Json, Moment, Name

__all__ = ["alert_rules", "alerts", "annotations", "api_keys", "artifacts", "conversation_links"]
__all__ += ["label_decisions", "legs", "metadata", "outbox", "placements", "search_entries", "sessions"]
__all__ += ["shipments", "subjects", "trail", "users"]  # they stand beside this, by what they are for

workspaces = sa.Table(
    "workspaces",
    metadata,
    column("id", Name, "name of the tenant", primary_key=True),
    column("created_at", Moment, "when it was first used, UTC"),
    comment="Tenants. Nothing crosses from one to another.",
)

conversations = sa.Table(
    "conversations",
    metadata,
    column("id", Id, "UUIDv7", primary_key=True),
    column("workspace_id", Name, "tenant"),
    column(
        "call_id", Name, "the provider's id of the call (call_sid, rtc_..., conversation id), else the own id"
    ),
    column("recording_id", Name, "YYYYmmdd_HHMMSS_<call_id>, start in UTC"),
    column("providers", Json, "list of the providers of its legs, in order"),
    column("routes", Json, "routes of the tap by which its legs came", server_default="[]"),
    maybe("subject", Handle, "the person it belongs to: research id, customer id, phone number"),
    column("labels", Json, "list of labels; table conversation_labels has the same as rows"),
    column("metadata", Tree, "whatever the application said of it"),
    column("status", Name, "active, complete, partial (something is known to be missing), failed"),
    column("reasons", Json, "why it is partial or failed"),
    column("started_at", Moment, "first record of the first leg, UTC"),
    column("began_at_ns", sa.BigInteger, "the same, exact: ns since the epoch"),
    maybe("ended_at", Moment, "end, UTC; null while it runs"),
    column("duration_ms", sa.BigInteger, "length in milliseconds"),
    column("message_count", sa.Integer, "messages of all roles"),
    column(
        "turn_count",
        sa.Integer,
        "how often the floor was taken: messages of one party on end are one turn",
        server_default="0",
    ),
    column("user_count", sa.Integer, "messages of role user"),
    column("assistant_count", sa.Integer, "messages of role assistant"),
    column("tool_count", sa.Integer, "tool calls"),
    column("interruption_count", sa.Integer, "interruptions by either side"),
    column("gap_count", sa.Integer, "spans known to be missing"),
    column("agent", Name, "which agent answered, by its name or id", server_default=sa.text("''")),
    maybe("outcome", sa.Text, "as the application said at the end"),
    maybe(
        "derived_outcome", Handle, "as rules or a language model found, where the application said nothing"
    ),
    maybe(
        "sentiment_score", sa.Integer, "how the caller felt: 0 negative, 50 neutral, 100 positive; the mean"
    ),
    maybe("satisfaction", Words, "as the application said at the end"),
    column("health_score", sa.Integer, "0 to 100: how far the record can be trusted"),
    column("health_reasons", Json, "codes of what stands against it, gravest first", server_default="[]"),
    maybe(
        "response_p50_ms", sa.BigInteger, "median time from the caller's end to the agent's sound, measured"
    ),
    maybe("response_p95_ms", sa.BigInteger, "95th percentile of the same"),
    maybe("first_sound_ms", sa.BigInteger, "when the agent was first heard; null: never, or not measured"),
    maybe("dead_air_ms", sa.BigInteger, "how long in all nobody spoke, stretches of more than 3 s"),
    maybe("overlap_ms", sa.BigInteger, "how long both spoke at once"),
    maybe("agent_share", sa.Double, "of all speech the agent's, 0 to 1"),
    maybe("interruptions_by_caller", sa.Integer, "how often the caller is heard to talk over the agent"),
    maybe("interruptions_by_agent", sa.Integer, "how often the agent is heard to talk over the caller"),
    column(
        "redaction",
        Name,
        "clear (nothing is taken out), redacted, or quarantined: that failed, and all is withheld",
        server_default=sa.text("'clear'"),
    ),
    column(
        "is_abridged",
        sa.Boolean,
        "true: what was taken out is nowhere any more, in no journal either",
        server_default=sa.false(),
    ),
    column("failed_saves", sa.Integer, "how often its files could not be stored", server_default="0"),
    column("files_version", sa.Integer, "of its files once all are made; 0: not yet", server_default="0"),
    column("usage", Json, "tokens and seconds as the provider reported them"),
    column("revision", sa.BigInteger, "counts the changes of this conversation's rows"),
    sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.id"]),
    sa.UniqueConstraint("workspace_id", "id"),
    sa.Index(None, "workspace_id", "started_at", "id"),
    sa.Index(None, "workspace_id", "duration_ms", "id"),
    sa.Index(None, "workspace_id", "message_count", "id"),
    sa.Index(None, "workspace_id", "health_score", "id"),
    sa.Index(None, "workspace_id", "interruption_count", "id"),
    sa.Index(None, "workspace_id", "response_p95_ms", "id"),
    sa.Index(None, "workspace_id", "dead_air_ms", "id"),
    sa.Index(None, "workspace_id", "status", "started_at", "id"),
    sa.Index(None, "workspace_id", "subject", "started_at", "id"),
    sa.Index(None, "workspace_id", "agent", "started_at", "id"),
    sa.Index(None, "workspace_id", "outcome", "id"),
    sa.Index(None, "workspace_id", "derived_outcome", "id"),
    sa.Index(None, "workspace_id", "call_id"),
    sa.Index(None, "workspace_id", "recording_id"),
    sa.Index(None, "files_version", "started_at", "id"),
    sa.Index(None, "redaction", "is_abridged", "ended_at"),
    comment="One row per conversation: what lists filter and sort by.",
)

conversation_labels = sa.Table(
    "conversation_labels",
    metadata,
    *of_conversation(),
    column("label", Name, "one label"),
    sa.PrimaryKeyConstraint("conversation_id", "label"),
    sa.Index(None, "workspace_id", "label", "conversation_id"),
    comment="The labels of conversations, one row each.",
)

health_reasons = sa.Table(
    "health_reasons",
    metadata,
    *of_conversation(),
    column("code", Name, "one thing that stands against the record"),
    sa.PrimaryKeyConstraint("conversation_id", "code"),
    sa.Index(None, "workspace_id", "code", "conversation_id"),
    comment="What takes away from the trust in records, one row each.",
)

messages = sa.Table(
    "messages",
    metadata,
    column(
        "id",
        sa.BigInteger,
        "microseconds since the epoch when first seen or the next free: unique, in time order",
        primary_key=True,
        autoincrement=False,
    ),
    *of_conversation(),
    *of_leg(),
    column("key", Name, "leg id and the provider's item id: the same after every rebuild"),
    column("position", sa.Integer, "place in the conversation, from 0: the order to read in"),
    column("provider", Name, "whose protocol the leg speaks"),
    maybe("provider_conversation_id", Name, "call_sid, session or conversation id at the provider"),
    column("provider_message_id", Name, "the provider's id of the message"),
    column("role", Name, "user, assistant or system"),
    maybe("party", Name, "who speaks: caller, agent, human_agent; null: nobody"),
    column("text", Words, "what was generated or recognised"),
    column("heard_text", Words, "what reached the ear of it"),
    column("status", Name, "open, completed, incomplete, interrupted, failed, removed"),
    *clock("seen", "first sign of it"),
    *clock("said", "when it was said, as its sender tells", nullable=True),
    *clock("started", "start of speech, of typed text its arrival"),
    *clock("ended", "end of speech", nullable=True),
    maybe(
        "evidence",
        Name,
        "what proves how much was heard: server, platform_mark, client_claim, modelled, unknown",
    ),
    maybe("sent_ms", sa.BigInteger, "length of the audio generated"),
    maybe("heard_ms", sa.BigInteger, "length of the audio heard"),
    column(
        "is_estimated",
        sa.Boolean,
        "which words were heard is reckoned from heard_ms, neither told nor timed",
        server_default=sa.false(),
    ),
    column("is_inserted", sa.Boolean, "put in by the application, never spoken"),
    column("is_audible", sa.Boolean, "false: text only, or out of band"),
    maybe("phase", Name, "as the provider says, e.g. commentary"),
    maybe("response_id", Name, "the provider's id of the generation it came from"),
    maybe("confidence", sa.Double, "of the recognition, 0 to 1, where the provider says"),
    maybe(
        "confidence_source",
        Name,
        "provider, or derived:<producer> where confidence is its highest emotion score",
    ),
    maybe("sentiment", Name, "positive, neutral or negative, where known"),
    maybe("sentiment_source", Name, "provider, or derived:<producer of the scores>"),
    maybe("emotion_scores", Json, "name -> score, where known"),
    sa.UniqueConstraint("conversation_id", "key"),
    sa.Index(None, "conversation_id", "position"),
    sa.Index(None, "workspace_id", "id"),
    sa.Index(None, "workspace_id", "provider", "role"),
    sa.Index(None, "workspace_id", "provider_conversation_id"),
    comment="What was said or typed, one row per message, written while the call runs.",
)

tool_calls = sa.Table(
    "tool_calls",
    metadata,
    *of_conversation(),
    *of_leg(),
    column("key", Name, "leg id and the provider's call id: the same after every rebuild"),
    column("position", sa.Integer, "place in the conversation, from 0"),
    column("call_id", Name, "the provider's id of the tool call"),
    column("name", Name, "name of the tool"),
    column("arguments", Words, "JSON text as the model wrote it"),
    maybe("result", Words, "as sent back; null: none came"),
    maybe("error", Words, "what went wrong"),
    *clock("called", "when the arguments were whole"),
    *clock("returned", "when the result went back", nullable=True),
    maybe("latency_ms", sa.BigInteger, "from call to result"),
    sa.PrimaryKeyConstraint("conversation_id", "key"),
    sa.Index(None, "workspace_id", "name"),
    comment="What the agent asked tools to do.",
)

interruptions = sequence(
    "interruptions",
    column("by", Name, "party that started while the other spoke"),
    *clock("happened", "when"),
    maybe("message_key", Name, "key of the message being said"),
    column("did_cut", sa.Boolean, "true: the message was cut short by it"),
    comment="A party started while the other spoke.",
)

snapshots = sequence(
    "snapshots",
    *clock("taken", "when"),
    column("label", Words, "name given, or history_updated"),
    column("message_count", sa.Integer, "messages until then"),
    column("user_count", sa.Integer, "of role user"),
    column("assistant_count", sa.Integer, "of role assistant"),
    column("tool_count", sa.Integer, "tool calls until then"),
    column("data", Tree, "what the application gave with it"),
    comment="State at one moment. Its history is the messages with seen_ns <= taken_ns.",
)

digits = sequence(
    "digits",
    column("digit", Handle, "key pressed"),
    column("party", Name, "who pressed it"),
    *clock("pressed", "when"),
    comment="Keys pressed on the telephone.",
)

gaps = sequence(
    "gaps",
    *of_leg(),
    column("reason", Name, "overrun, disk_full, disk_error, crash, damage, torn, paused, parse_error"),
    *clock("began", "last thing kept before it"),
    *clock("ended", "first thing kept after it", nullable=True),
    maybe("record_count", sa.BigInteger, "records lost, where known"),
    maybe("byte_count", sa.BigInteger, "bytes lost, where known"),
    column("detail", Words, "in words"),
    comment="Spans known to be missing.",
)

findings = sequence(
    "findings",
    *of_leg(nullable=True),
    column("code", Name, "kind of finding"),
    column("message", Words, "in words"),
    *clock("found", "when"),
    column("count", sa.BigInteger, "how often"),
    comment="What to know before trusting this record.",
)
