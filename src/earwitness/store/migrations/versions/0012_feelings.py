"""How the caller felt, and how it came out where only we say so: columns of the list."""

import sqlalchemy as sa
from alembic import op

from earwitness.store.secrecy import Handle

revision = "0012"
down_revision = "0011"

COLUMNS = (
    ("derived_outcome", Handle, "as rules or a language model found, where the application said nothing"),
    ("sentiment_score", sa.Integer, "how the caller felt: 0 negative, 50 neutral, 100 positive; the mean"),
)


def upgrade() -> None:
    for name, kind, comment in COLUMNS:
        op.add_column("conversations", sa.Column(name, kind(), nullable=True, comment=comment))


def downgrade() -> None:
    for name, _, _ in reversed(COLUMNS):
        op.drop_column("conversations", name)
