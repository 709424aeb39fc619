"""All the ways in by name, where the database tells what its columns hold."""

from alembic import op

from earwitness.store.types import Name

revision = "0020"
down_revision = "0019"

BEFORE = "how the bytes came in: tap, record, ingest, webhook, import"
NOW = "how the bytes came in: tap, record, ingest, events, webhook, sip, import, fetched"


def upgrade() -> None:
    _say(NOW, instead_of=BEFORE)


def downgrade() -> None:
    _say(BEFORE, instead_of=NOW)


def _say(comment: str, *, instead_of: str) -> None:
    if op.get_bind().dialect.supports_comments:  # SQLite keeps none
        op.alter_column("legs", "way", comment=comment, existing_comment=instead_of, existing_type=Name)
