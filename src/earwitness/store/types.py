"""Column types that mean the same in SQLite and in PostgreSQL."""

import hashlib
import math
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_US = (datetime(9999, 12, 31, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LARGEST = 2**63 - 1
_CLIP_FROM = 240
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # no database takes NUL, UTF-8 no lone surrogate


def moment(wall_ns: int) -> datetime:
    """The UTC time of nanoseconds since the epoch, cut to whole microseconds and to what a date can be."""
    return _EPOCH + timedelta(microseconds=min(max(wall_ns // 1000, 0), _LAST_US))


def microseconds(at: datetime) -> int:
    """Microseconds since the epoch, exact."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def storable_text(text: str) -> str:
    """The text with U+FFFD for what no database can hold. The journal keeps what really came."""
    return _UNSTORABLE.sub("\ufffd", text)


def storable(value: Any) -> Any:
    """The same for a JSON tree. Keys become text; numbers that are none in JSON become text too."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {storable_text(str(key)): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def storable_row(row: dict[str, Any]) -> dict[str, Any]:
    """The row as every database takes it: see `storable`; whole numbers are cut to 64 bits."""
    return {name: _storable_value(value) for name, value in row.items()}


def _storable_value(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return min(max(value, -_LARGEST), _LARGEST)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return storable(value)


def clip(text: str) -> str:
    """A text that an index takes: long ones keep their head and get a digest of the whole."""
    if len(text) <= _CLIP_FROM:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{text[:_CLIP_FROM]}#{digest}"


class Moment(TypeDecorator[datetime]):
    """A UTC time with microseconds.

    PostgreSQL: `timestamptz`. SQLite: text `YYYY-MM-DD HH:MM:SS.ffffff`, which compares rightly with
    what SQLite's own `datetime()` yields. Times without a zone are refused.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Name(TypeDecorator[str]):
    """Text compared byte by byte, so that ranges over ids mean the same everywhere.

    No length: providers keep none. What no database can hold is replaced, in questions as in rows.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(sa.Text(collation=collation))

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else storable_text(value)


Id = Name
Json = sa.JSON().with_variant(JSONB(), "postgresql")
