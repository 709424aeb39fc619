"""How a conversation came out, where rules or a language model say so and the application does not."""

import sqlalchemy as sa

from earwitness.model.conversation import Conversation
from earwitness.store import schema
from earwitness.store.database import Database


def put_derived(database: Database, of: Conversation, outcome: str | None) -> None:
    """It stands in the conversation's row; nothing does where the application said how it came out.

    Where the conversation is not in the catalog nothing happens.
    """
    table = schema.conversations
    where = (table.c.workspace_id == of.workspace) & (table.c.id == of.id)
    derived = outcome if of.outcome is None else None
    with database.writing() as connection:
        connection.execute(sa.update(table).where(where).values(derived_outcome=derived))
