"""What search looks through, and the index that finds it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from earwitness.store.entries import entries_of, give_ids
from earwitness.store.types import Id, Moment, Name

revision = "0009"
down_revision = "0008"

# The entries are words and spaces and nothing else, so the tokenizer has only to cut at spaces. The index
# holds no text of its own; triggers keep it in step, also where rows go because their conversation goes.
_SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5"
    "(words, content='search_entries', content_rowid='id', tokenize='ascii')",
    "CREATE TRIGGER search_entries_in AFTER INSERT ON search_entries BEGIN"
    " INSERT INTO search_index(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_entries_out AFTER DELETE ON search_entries BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER search_entries_changed AFTER UPDATE OF id, words ON search_entries BEGIN"
    " INSERT INTO search_index(search_index, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO search_index(rowid, words) VALUES (new.id, new.words); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION earwitness_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    " AS $$ SELECT coalesce(string_agg(quote_literal(word) || ':' || place, ' '), '')::tsvector"
    " FROM unnest(string_to_array(words, ' ')) WITH ORDINALITY AS each(word, place) WHERE word <> '' $$",
    "ALTER TABLE search_entries ADD COLUMN vector tsvector"
    " GENERATED ALWAYS AS (earwitness_vector(words)) STORED",
    "COMMENT ON COLUMN search_entries.vector IS 'the words with their places'",
    "CREATE INDEX search_index ON search_entries USING gin (vector)",
)


_READ = {
    "conversations": ("id", "started_at"),
    "messages": ("conversation_id", "key", "text", "heard_text", "role", "seen_at"),
    "tool_calls": ("conversation_id", "key", "name", "arguments", "result", "error", "called_at"),
    "conversation_labels": ("conversation_id", "label"),
    "snapshots": ("conversation_id", "position", "label", "taken_at"),
}


def upgrade() -> None:
    table = op.create_table(
        "search_entries",
        sa.Column(
            "id",
            sa.BigInteger,
            nullable=False,
            autoincrement=False,
            comment="microseconds since the epoch when first seen times 1024, or the next free",
        ),
        sa.Column("workspace_id", Name, nullable=False, comment="tenant the row belongs to"),
        sa.Column("conversation_id", Id, nullable=False, comment="conversation the row belongs to"),
        sa.Column("kind", Name, nullable=False, comment="message, tool_call, label, snapshot or note"),
        sa.Column(
            "key",
            Name,
            nullable=False,
            comment="key of the message or tool call, the label, position of the snapshot, id of the note",
        ),
        sa.Column("role", Name, nullable=False, comment="of a message; tool of a tool call; else empty"),
        sa.Column(
            "words",
            sa.Text,
            nullable=False,
            comment="what is found by: words without case and accents, a space between them",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            name="fk_search_entries_workspace_id_conversation_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_search_entries"),
        sa.UniqueConstraint(
            "conversation_id", "kind", "key", name="uq_search_entries_conversation_id_kind_key"
        ),
        comment="What search looks through, one row for each text.",
    )
    op.create_index(
        "ix_search_entries_workspace_id_conversation_id",
        "search_entries",
        ["workspace_id", "conversation_id"],
    )
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    _fill(connection, table)


def _fill(connection: sa.Connection, table: sa.Table) -> None:
    """Everything that is in the catalog can be found, without a rebuild."""
    heads = connection.execute(sa.text("SELECT id FROM conversations ORDER BY id")).scalars().all()
    for head in heads:
        rows = {name: _rows(connection, name, head) for name in _READ}
        sheet = {(entry["kind"], entry["key"]): entry for entry in entries_of(rows)}
        give_ids(connection, {}, sheet)
        if sheet:
            connection.execute(sa.insert(table), list(sheet.values()))


def _rows(connection: sa.Connection, name: str, conversation: str) -> list[dict[str, Any]]:
    columns = ["workspace_id", *_READ[name]]
    table = sa.table(name, *(sa.column(each, Moment if each.endswith("_at") else None) for each in columns))
    of = table.c.id if name == "conversations" else table.c.conversation_id
    return [dict(row) for row in connection.execute(sa.select(table).where(of == conversation)).mappings()]


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_index")
        op.drop_table("search_entries")
    else:
        op.drop_table("search_entries")
        op.execute("DROP FUNCTION earwitness_vector")
