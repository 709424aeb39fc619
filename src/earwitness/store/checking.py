"""Are the rows of a conversation those that its journals give? What is not is named: table, key, column."""

from collections.abc import Iterator

from earwitness.model.conversation import Conversation
from earwitness.store import own, writing
from earwitness.store.database import Database
from earwitness.store.tabulate import tabulate

TOLD = (  # what journals alone decide; the rest is measured on the sound, or added by the application
    "legs",
    "messages",
    "tool_calls",
    "interruptions",
    "snapshots",
    "digits",
    "gaps",
)


def differences(database: Database, conversation: Conversation) -> Iterator[str]:
    """`conversation` as its journals tell it now; one line for each row that says otherwise."""
    with database.reading() as connection:
        there = writing.read_sheets(connection, conversation.id)
        should = tabulate(own.with_own(connection, conversation)).sheets
    for table in TOLD:
        for key in sorted(there[table].keys() | should[table].keys(), key=str):
            what = f"{table} {'/'.join(map(str, key))} of conversation {conversation.id}"
            if key not in should[table]:
                yield f"{what} is in no journal"
            elif key not in there[table]:
                yield f"{what} is missing in the catalog"
            else:
                row = there[table][key]
                changed = [name for name, value in should[table][key].items() if row.get(name) != value]
                if changed:
                    yield f"{what} was changed: {', '.join(changed)}"
