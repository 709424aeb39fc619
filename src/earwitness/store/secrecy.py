"""Column types whose values lie sealed in the database, where it was opened with a cipher.

What people said opens with the key alone. Names that rows are found by are sealed so that equal names look
alike: they can be asked for, and not read. Words of the search index become marks that cannot be read back.
Without a cipher all of them are what they say.
"""

import json
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

from earwitness.store.types import Name, storable_text

_ATTRIBUTE = "earwitness_cipher"


class Cipher(Protocol):
    """Seals texts of one installation."""

    def seal(self, text: str) -> str:
        """Another text each time, that `open` turns back."""

    def seal_name(self, text: str) -> str:
        """The same text for the same name, that `open` turns back."""

    def open(self, sealed: str) -> str:
        """The text; what was never sealed comes back as it is."""

    def mark(self, word: str) -> str:
        """The same letters for the same word, that nothing turns back."""


def use(dialect: sa.Dialect, cipher: Cipher | None) -> None:
    """Values that go through this dialect are sealed and opened by this cipher."""
    setattr(dialect, _ATTRIBUTE, cipher)


def cipher_of(dialect: sa.Dialect) -> Cipher | None:
    found: Cipher | None = getattr(dialect, _ATTRIBUTE, None)
    return found


class _Sealed(TypeDecorator[Any]):
    """What costs nothing to read where nothing is sealed: a million texts go through here."""

    __abstract__ = True

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        if cipher_of(dialect):
            return super().result_processor(dialect, coltype)
        return self.impl_instance.result_processor(dialect, coltype)


def as_stored(column: sa.Column[Any], dialect: sa.Dialect) -> sa.ColumnElement[Any]:
    """The column as the database has it: what is sealed stays so."""
    kind = column.type
    if not isinstance(kind, _Sealed):
        return column
    return sa.type_coerce(column, kind.load_dialect_impl(dialect)).label(column.name)


def opened(column: sa.Column[Any], stored: Any, dialect: sa.Dialect) -> Any:
    """The value of what `as_stored` gave; what this cipher did not seal stays as it is."""
    kind = column.type
    return kind.process_result_value(stored, dialect) if isinstance(kind, _Sealed) else stored


class Words(_Sealed):
    """What was said or written."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        cipher = cipher_of(dialect)
        return cipher.seal(value) if cipher and value else value

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        cipher = cipher_of(dialect)
        return cipher.open(value) if cipher and value else value


class Tree(_Sealed):
    """JSON with what was said or written in it; sealed, it is one JSON text."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else sa.JSON())

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        cipher = cipher_of(dialect)
        return cipher.seal(json.dumps(value)) if cipher and value else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        cipher = cipher_of(dialect)
        if not cipher or not isinstance(value, str):
            return value
        opened = cipher.open(value)
        return value if opened == value else json.loads(opened)


class Handle(_Sealed, Name):
    """A name that rows are found by."""

    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        cipher = cipher_of(dialect)
        text = None if value is None else storable_text(value)
        return cipher.seal_name(text) if cipher and text else text

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> str | None:
        cipher = cipher_of(dialect)
        return cipher.open(value) if cipher and value else value


class Marks(TypeDecorator[str]):
    """Words with a space between them, as the search index has them."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        cipher = cipher_of(dialect)
        return " ".join(map(cipher.mark, value.split())) if cipher and value else value
