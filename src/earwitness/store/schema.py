"""The tables of the catalog. Column comments are the documentation of the schema.

Its search index, which differs by database, is made by the migration that makes `search_entries`.
All but `workspaces` and the tables of `access_schema`, `own_schema` and `trail` can be rebuilt from the
journals. Times are kept twice: `*_at` on the calendar (UTC), for questions in SQL; `*_ns` on the
conversation's own clock, for players.
The id of a message that was acknowledged when it was saved is the number it was acknowledged by.
"""

import sqlalchemy as sa

from earwitness.store import shipping_schema, trail  # noqa: F401  (its table is one of the metadata)
from earwitness.store.access_schema import api_keys, sessions, subjects, users
from earwitness.store.columns import clock, column, maybe, metadata, of_conversation, of_leg, sequence
from earwitness.store.own_schema import annotations, label_decisions
from earwitness.store.secrecy import Handle, Marks, Tree, Words
from earwitness.store.types import Id, Json, Moment, Name

__all__ = ["annotations", "api_keys", "label_decisions", "metadata", "sessions", "subjects", "trail", "users"]

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
    column("user_count", sa.Integer, "messages of role user"),
    column("assistant_count", sa.Integer, "messages of role assistant"),
    column("tool_count", sa.Integer, "tool calls"),
    column("interruption_count", sa.Integer, "interruptions by either side"),
    column("gap_count", sa.Integer, "spans known to be missing"),
    maybe("outcome", sa.Text, "as the application said at the end"),
    maybe("satisfaction", Words, "as the application said at the end"),
    column("health_score", sa.Integer, "0 to 100: how far the record can be trusted"),
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
    sa.Index(None, "workspace_id", "call_id"),
    sa.Index(None, "workspace_id", "recording_id"),
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

conversation_links = sa.Table(
    "conversation_links",
    metadata,
    *of_conversation(),
    column("link", Name, "one link: legs that share it belong to this conversation"),
    sa.PrimaryKeyConstraint("conversation_id", "link"),
    sa.Index(None, "workspace_id", "link", "conversation_id"),
    comment="By which names the legs of conversations found together, one row each.",
)

legs = sa.Table(
    "legs",
    metadata,
    *of_conversation(),
    column("id", Id, "UUIDv7", primary_key=True),
    column("position", sa.Integer, "place in the conversation, from 0"),
    column("provider", Name, "whose protocol it speaks"),
    column("way", Name, "how the bytes came in: tap, record, ingest, webhook, import"),
    column("route", sa.Text, "route of the tap"),
    *clock("opened", "first record"),
    *clock("closed", "end; null while it is open", nullable=True),
    maybe("why_closed", Name, "closed, lost, refused, unreachable, stopped, done, crash"),
    column("closed_by", Name, "client, server or recorder"),
    maybe("close_code", sa.BigInteger, "WebSocket close code"),
    maybe("answer_status", sa.BigInteger, "HTTP status of the handshake; 101 is up"),
    column("path", Words, "path and query, secrets struck"),
    column("user_agent", Words, "the client's User-Agent"),
    column("peer", Words, "the client's address"),
    column("links", Json, "link keys by which legs join"),
    column("provider_ids", Json, "the provider's ids: call_sid, session_id, model ..."),
    maybe("provider_conversation_id", Name, "the provider's id of this call or session"),
    column("record_count", sa.BigInteger, "records in its journal"),
    sa.UniqueConstraint("conversation_id", "id"),
    sa.Index("ix_legs_provider", "workspace_id", "provider", "conversation_id"),
    sa.Index(None, "workspace_id", "provider_conversation_id"),
    comment="Captured connections. A conversation has one or more.",
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

search_entries = sa.Table(
    "search_entries",
    metadata,
    column(
        "id",
        sa.BigInteger,
        "microseconds since the epoch when first seen times 1024, or the next free",
        primary_key=True,
        autoincrement=False,
    ),
    *of_conversation(),
    column("kind", Name, "message, tool_call, label, snapshot or note"),
    column(
        "key", Name, "key of the message or tool call, the label, position of the snapshot, id of the note"
    ),
    column("role", Name, "of a message; tool of a tool call; else empty"),
    column("words", Marks, "what is found by: words without case and accents, a space between them"),
    sa.UniqueConstraint("conversation_id", "kind", "key"),
    sa.Index(None, "workspace_id", "conversation_id"),
    comment="What search looks through, one row for each text.",
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
