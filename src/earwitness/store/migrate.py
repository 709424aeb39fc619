"""Bringing a database to a version of the schema, up or down."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import inspect

from earwitness.errors import InvalidInput, SettingsError
from earwitness.store.database import Database

HEAD = "0023"
SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x45617277  # "Earw": one upgrade at a time on a shared PostgreSQL


class Revision(NamedTuple):
    """One version of the schema."""

    id: str
    title: str
    is_current: bool


def ensure_head(database: Database) -> None:
    """The database has the newest schema afterwards, with all its rows.

    Raises `SettingsError` for a schema that is newer than this program.
    """
    with database.reading() as connection:
        found = _revision(connection)
    if found == HEAD:
        return
    _refuse_unknown(found)
    _run(database, lambda commands, config: commands.upgrade(config, "head"))


def upgrade(url: str, revision: str = "head") -> None:
    """Up to `revision`; rows stay. All of it happens, or nothing."""
    _on(url, lambda commands, config: commands.upgrade(config, revision))


def downgrade(url: str, revision: str = "-1") -> None:
    """Down to `revision` (`base`: nothing left). What the older schema cannot hold is dropped."""
    _on(url, lambda commands, config: commands.downgrade(config, revision))


def current(url: str) -> str | None:
    """The version the database has; None where it has no tables."""
    database = Database(url)
    try:
        with database.reading() as connection:
            return _revision(connection)
    finally:
        database.close()


def history(url: str) -> tuple[Revision, ...]:
    """All versions this program knows, newest first."""
    from alembic.script import ScriptDirectory

    now = current(url)
    scripts = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(Revision(s.revision, s.doc or "", s.revision == now) for s in scripts)


def _revision(connection: sa.Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _refuse_unknown(found: str | None) -> None:
    if found is not None and found > HEAD:
        raise SettingsError(
            f"the catalog has schema {found}, this program knows {HEAD}",
            hint="Run the newer Earwitness, or let the newer one do: earwitness db downgrade.",
        )


def _on(url: str, step: Callable[[Any, Any], None]) -> None:
    database = Database(url)
    try:
        _run(database, step)
    finally:
        database.close()


def _config() -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def _run(database: Database, step: Callable[[Any, Any], None]) -> None:
    from alembic import command, util

    config = _config()
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        config.attributes["connection"] = connection
        try:
            step(command, config)
        except util.CommandError as error:
            raise InvalidInput(
                f"schema revision: {error}", hint="See the known ones with: earwitness db history."
            ) from error
