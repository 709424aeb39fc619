"""Which conversations have all their files, so that what is still to be made is found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

INDEX = "ix_conversations_files_version_started_at_id"
_LAST_MADE = "figures.json"  # as it was when this step was written


def upgrade() -> None:
    comment = "of its files once all are made; 0: not yet"
    made = sa.Column("files_version", sa.Integer, nullable=False, server_default="0", comment=comment)
    op.add_column("conversations", made)
    head = sa.table("conversations", sa.column("id"), sa.column("files_version"))
    file = sa.table("artifacts", sa.column("conversation_id"), sa.column("name"), sa.column("version"))
    is_last = (file.c.conversation_id == head.c.id) & (file.c.name == _LAST_MADE)
    known = sa.select(file.c.version).where(is_last).scalar_subquery()
    op.execute(sa.update(head).where(sa.exists().where(is_last)).values(files_version=known))
    op.create_index(INDEX, "conversations", ["files_version", "started_at", "id"])


def downgrade() -> None:
    op.drop_index(INDEX, "conversations")
    op.drop_column("conversations", "files_version")
