"""A conversation with all that is known of it: what its journals tell, and what the catalog alone has."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from earwitness.pipeline.clocks import Clocks, ahead_ns, known, with_clocks
from earwitness.pipeline.line import Told, tell
from earwitness.redaction.policies import Policies
from earwitness.store import own
from earwitness.store.catalog import Catalog
from earwitness.store.rows import ConversationRow


def tell_whole(
    conversation_id: str, folders: Sequence[Path], policies: Policies, catalog: Catalog, clocks: Clocks
) -> Told:
    """As `line.tell`, with what people said of it since, and its clocks set as far as they are certain."""
    told = tell(conversation_id, folders, policies, ahead_ns(clocks))
    conversation = own.added(catalog.database, told.conversation)
    return replace(told, conversation=with_clocks(conversation, clocks))


def tell_known(row: ConversationRow, folders: Sequence[Path], policies: Policies, catalog: Catalog) -> Told:
    """The same, with its clocks as they were compared after the call."""
    clocks = known(catalog.legs(row.workspace_id, row.id))
    return tell_whole(row.id, folders, policies, catalog, clocks)
