"""Making the rows of one conversation what they should be, touching only those that differ."""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from earwitness.clock import ACKNOWLEDGED_STEP, SystemClock
from earwitness.errors import Conflict
from earwitness.store import own, schema
from earwitness.store.tabulate import KEYS, Row, Sheet
from earwitness.store.types import microseconds, moment

Sheets = dict[str, Sheet]

_ID_REACH = 1000  # how far past its microsecond a message's id may lie and still be its own
_PARAMETERS = 500  # SQLite of 3.40 takes 32,766 in one statement; smaller ones keep memory flat


def keep_others_out(connection: sa.Connection) -> None:
    """Nobody else writes messages until this transaction ends; to be called first in it."""
    if connection.dialect.name == "postgresql":  # on SQLite every writer is alone
        connection.execute(sa.text("LOCK TABLE messages IN SHARE ROW EXCLUSIVE MODE"))


def revision(connection: sa.Connection, workspace: str, conversation: str) -> int | None:
    """How often the conversation's rows have changed; None: it is not there. Locks it for the writer.

    Raises `Conflict` where another workspace holds that id.
    """
    table = schema.conversations
    found = connection.execute(
        sa.select(table.c.revision, table.c.workspace_id).where(table.c.id == conversation).with_for_update()
    ).one_or_none()
    if found is None:
        return None
    if found.workspace_id != workspace:
        raise Conflict(f"conversation {conversation} belongs to another workspace")
    return int(found.revision)


def require_legs(
    connection: sa.Connection, workspace: str, conversation: str, wanted: Collection[str] | None
) -> None:
    """These are the conversation's legs until the transaction ends; None: whichever they are.

    Raises `Conflict` where they are not: some were joined or split off meanwhile, or it was deleted.
    """
    if wanted is None:
        return
    revision(connection, workspace, conversation)
    c = schema.legs.c
    where = (c.workspace_id == workspace) & (c.conversation_id == conversation)
    if set(connection.scalars(sa.select(c.id).where(where).with_for_update())) != set(wanted):
        raise Conflict(f"conversation {conversation} has other legs now", hint="Tell it again from those.")


def read_sheets(connection: sa.Connection, conversation: str) -> Sheets:
    """All rows the catalog holds of it, in the shape of `tabulate`."""
    sheets: Sheets = {}
    for name, key in KEYS.items():
        table = schema.metadata.tables[name]
        rows = connection.execute(sa.select(table).where(_of(table, conversation))).mappings()
        sheets[name] = {tuple(row[part] for part in key): dict(row) for row in rows}
    return sheets


def write(connection: sa.Connection, old: Sheets, new: Sheets, was: int | None) -> int:
    """The rows are `new` afterwards. `old` is what they are now, `was` their revision. Returns the new one.

    `new["messages"]` must carry ids: see `give_ids`.
    """
    (head,) = new["conversations"].values()
    now = (was or 0) + 1
    if was is None:
        ensure_workspace(connection, head["workspace_id"])
    _put_head(connection, head, now, is_new=was is None)
    children = [name for name in KEYS if name not in ("conversations", "legs")]
    _put_rows(connection, "legs", old, new, head["id"])
    for name in children:
        _delete_rows(connection, name, old.get(name, {}).keys() - new[name].keys(), head["id"])
        _put_rows(connection, name, old, new, head["id"])
    _delete_rows(connection, "legs", old.get("legs", {}).keys() - new["legs"].keys(), head["id"])
    return now


def differs(old: Sheets, new: Sheets) -> bool:
    """Is there any row to write or to delete?"""
    return any(
        old.get(name, {}).keys() != new[name].keys()
        or any(_is_changed(old[name][key], row) for key, row in new[name].items())
        for name in KEYS
    )


def give_ids(
    connection: sa.Connection,
    old: Sheet,
    new: Sheet,
    orders: Mapping[tuple[Any, ...], tuple[str, int]],
    given: Mapping[tuple[Any, ...], int],
) -> None:
    """Every message has its id afterwards: the microsecond it was first seen, or the next free one.

    Those of one microsecond have theirs in the order in which they were first seen (`orders`, by key), not in
    the one in which they stand: that may still change while a call runs.

    A message that was acknowledged by a number has that (`given`, by key), and no other message such a one.
    A message that has one keeps it. After a rebuild ids are the same, but where messages of two
    conversations share a microsecond and are written in another order.
    """
    wanting: dict[int, Row] = {}
    for key, row in sorted(
        new.items(), key=lambda item: (item[1]["seen_at"], orders[item[0]], item[1]["position"])
    ):
        before, number = old.get(key, {}).get("id"), given.get(key)
        first = microseconds(row["seen_at"]) if number is None else number
        reach = _ID_REACH if number is None else 1
        if before is not None and first <= before < first + reach and _may_have(before, number):
            row["id"] = before
        else:
            wanting[first if number == first and first not in wanting else _free(first, wanting)] = row
    while taken := _taken(connection, list(wanting)):
        for number in sorted(taken, reverse=True):
            row = wanting.pop(number)
            wanting[_free(number + 1, wanting.keys() | taken)] = row
    for number, row in wanting.items():
        row["id"] = number


def _may_have(number: int, given: int | None) -> bool:
    return (number % ACKNOWLEDGED_STEP == 0) == (given is not None)


def _free(number: int, used: Any) -> int:
    """The next one that nobody uses, and that nobody was told of."""
    while number in used or number % ACKNOWLEDGED_STEP == 0:
        number += 1
    return number


def _taken(connection: sa.Connection, numbers: list[int]) -> set[int]:
    found: set[int] = set()
    column = schema.messages.c.id
    for start in range(0, len(numbers), _PARAMETERS):
        chunk = numbers[start : start + _PARAMETERS]
        found.update(connection.scalars(sa.select(column).where(column.in_(chunk))))
    return found


def _is_changed(old: Row, new: Row) -> bool:
    return old is not new and any(old[name] != value for name, value in new.items())


def _of(table: sa.Table, conversation: str) -> sa.ColumnElement[bool]:
    return (table.c.id if table is schema.conversations else table.c.conversation_id) == conversation


def ensure_workspace(connection: sa.Connection, workspace: str) -> None:
    """The workspace has its row."""
    table = schema.workspaces
    if connection.scalar(sa.select(table.c.id).where(table.c.id == workspace)) is None:
        now = moment(SystemClock().now().wall_ns)
        connection.execute(sa.insert(table), {"id": workspace, "created_at": now})


def adopt_legs(connection: sa.Connection, old: Sheets, new: Sheets) -> None:
    """Legs that come new leave the conversation they stood in; one that is left without legs goes."""
    table, heads = schema.legs, schema.conversations
    (head,) = new["conversations"].values()
    coming = [key[0] for key in new["legs"].keys() - old.get("legs", {}).keys()]
    if not coming:
        return
    found = connection.execute(
        sa.select(table.c.id, table.c.conversation_id, table.c.workspace_id).where(table.c.id.in_(coming))
    ).all()
    if any(row.workspace_id != head["workspace_id"] for row in found):
        raise Conflict(f"a leg of conversation {head['id']} belongs to another workspace")
    connection.execute(sa.delete(table).where(table.c.id.in_([row.id for row in found])))
    for conversation in {row.conversation_id for row in found}:
        is_empty = ~sa.exists().where(table.c.conversation_id == conversation)
        if connection.execute(sa.delete(heads).where(heads.c.id == conversation, is_empty)).rowcount:
            own.move(connection, head["workspace_id"], conversation, head["id"])
        connection.execute(
            sa.update(heads).where(heads.c.id == conversation).values(revision=heads.c.revision + 1)
        )


def _put_head(connection: sa.Connection, head: Row, revision: int, *, is_new: bool) -> None:
    table = schema.conversations
    values = {**head, "revision": revision}
    if is_new:
        connection.execute(sa.insert(table), values)
    else:
        connection.execute(sa.update(table).where(table.c.id == head["id"]).values(values))


def _put_rows(connection: sa.Connection, name: str, old: Sheets, new: Sheets, conversation: str) -> None:
    table = schema.metadata.tables[name]
    before = old.get(name, {})
    fresh = [row for key, row in new[name].items() if key not in before]
    changed = [row for key, row in new[name].items() if key in before and _is_changed(before[key], row)]
    if changed:
        where = [table.c[part] == sa.bindparam(f"_{part}") for part in KEYS[name]]
        statement = sa.update(table).where(_of(table, conversation), *where)
        statement = statement.values({column: sa.bindparam(column) for column in changed[0]})
        connection.execute(
            statement, [{**row, **{f"_{part}": row[part] for part in KEYS[name]}} for row in changed]
        )
    if fresh:
        connection.execute(sa.insert(table), fresh)


def _delete_rows(connection: sa.Connection, name: str, gone: set[tuple[Any, ...]], conversation: str) -> None:
    if gone:
        table = schema.metadata.tables[name]
        where = [table.c[part] == sa.bindparam(f"_{part}") for part in KEYS[name]]
        connection.execute(
            sa.delete(table).where(_of(table, conversation), *where),
            [{f"_{part}": value for part, value in zip(KEYS[name], key, strict=True)} for key in gone],
        )
