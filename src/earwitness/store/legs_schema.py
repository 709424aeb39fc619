"""The tables of legs: what each was, what put it where it stands, and how far its clock is off."""

import sqlalchemy as sa

from earwitness.store.columns import clock, column, maybe, metadata, of_conversation
from earwitness.store.secrecy import Words
from earwitness.store.types import Id, Json, Name

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
    column("way", Name, "how the bytes came in: tap, record, ingest, events, webhook, sip, import, fetched"),
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
    maybe("joined_by", Name, "what put it here: link:<link>, or hand:<who>; null: nothing had to"),
    maybe("clock_offset_ms", sa.BigInteger, "how far its clock is ahead, by the sound it shares"),
    maybe("clock_certainty", sa.Double, "how sure that is, 0 to 1; null: not compared"),
    maybe("clock_against", Id, "leg whose clock it was compared with"),
    sa.UniqueConstraint("conversation_id", "id"),
    sa.Index("ix_legs_provider", "workspace_id", "provider", "conversation_id"),
    sa.Index(None, "workspace_id", "route", "conversation_id"),
    sa.Index(None, "workspace_id", "provider_conversation_id"),
    comment="Captured connections. A conversation has one or more.",
)
