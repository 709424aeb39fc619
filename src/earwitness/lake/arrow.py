"""Rows as Arrow tables, and as the bytes of Parquet files."""

import functools
import io
import json
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from earwitness.lake.tables import TABLES, Row

_KINDS: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
    tuple: pa.list_(pa.string()),
    list: pa.list_(pa.string()),
    dict: pa.string(),
}


@functools.cache
def schema_of(table: str) -> pa.Schema:
    """The columns of a table of the lake."""
    cls = TABLES[table]
    kinds = get_type_hints(cls)
    return columns({name: kinds[name] for name in cls.__struct_fields__})


def columns(kinds: Mapping[str, Any]) -> pa.Schema:
    """Columns of these kinds: texts, 64-bit numbers, days, UTC times in microseconds, lists of texts. What
    is a tree is JSON, as text."""
    return pa.schema([_field(name, kind) for name, kind in kinds.items()])


def _field(name: str, kind: Any) -> pa.Field:
    is_nullable = get_origin(kind) in (types.UnionType,)
    if is_nullable:
        kind = next(each for each in get_args(kind) if each is not type(None))
    return pa.field(name, _KINDS[get_origin(kind) or kind], nullable=is_nullable)


def to_arrow(table: str, rows: Sequence[Row]) -> pa.Table:
    names = TABLES[table].__struct_fields__
    return filled(schema_of(table), [{name: getattr(row, name) for name in names} for row in rows])


def filled(schema: pa.Schema, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """A table of these rows; of each, what the schema names."""
    return pa.table({name: [_plain(row[name]) for row in rows] for name in schema.names}, schema=schema)


def _plain(value: Any) -> Any:
    """No database takes a lone surrogate; no Arrow either."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return _plain(json.dumps(value, ensure_ascii=False))
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def to_parquet(table: pa.Table) -> bytes:
    """The same table, the same bytes."""
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd")
    return file.getvalue()


def from_parquet(table: str, content: bytes, conversation: str | None = None) -> pa.Table:
    """All rows of a file, or those of one conversation."""
    chosen = None if conversation is None else [("conversation_id", "=", conversation)]
    return pq.read_table(io.BytesIO(content), schema=schema_of(table), filters=chosen)


def joined(table: str, parts: Iterable[pa.Table]) -> pa.Table:
    """All rows, conversation by conversation in the order they began."""
    whole = pa.concat_tables([schema_of(table).empty_table(), *parts])
    return whole.sort_by([("conversation_id", "ascending")])


def without(whole: pa.Table, conversation: str) -> pa.Table:
    """All rows but those of this conversation."""
    return whole.filter(pc.field("conversation_id") != conversation)


def ends_of(whole: pa.Table) -> tuple[str, str]:
    """The first and the last conversation of a table that has rows."""
    least: dict[str, Any] = pc.min_max(whole["conversation_id"]).as_py()
    return least["min"], least["max"]


def documents(found: pa.Table) -> list[dict[str, Any]]:
    """Its rows as JSON has them."""
    plain: list[dict[str, Any]] = msgspec.to_builtins(found.to_pylist())
    return plain
