"""A catalog on every database there is: SQLite always, a real PostgreSQL where its wheel can start."""

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.store import migrate
from earwitness.store.catalog import Catalog
from postgres import new_database, postgres

__all__ = ["postgres"]


@pytest.fixture(scope="session")
def ready_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema, to be copied."""
    file = tmp_path_factory.mktemp("ready") / "catalog.sqlite"
    migrate.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def ready_postgres(postgres: str) -> str:
    """The name of a database with the newest schema, to be copied."""
    migrate.upgrade(new_database(postgres, "ready", "template1"))
    return "ready"


KINDS = ["sqlite", "postgresql"]


def _copy_of_ready(request: pytest.FixtureRequest, folder: Path) -> str:
    """The URL of a new database with tables and no rows, of the kind the fixture is asked for."""
    if request.param == "sqlite":
        file = folder / "catalog.sqlite"
        shutil.copy(request.getfixturevalue("ready_sqlite"), file)
        return f"sqlite:///{file}"
    template = request.getfixturevalue("ready_postgres")
    return new_database(request.getfixturevalue("postgres"), f"t{uuid.uuid4().hex}", template)


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'catalog.sqlite'}"
    return new_database(request.getfixturevalue("postgres"), f"t{uuid.uuid4().hex}", "template1")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with tables and no rows."""
    if request.param == "sqlite":
        return _copy_of_ready(request, tmp_path)
    emptied: str = request.getfixturevalue("one_postgres")
    import psycopg

    with psycopg.connect(emptied, autocommit=True) as connection:
        connection.execute(
            "TRUNCATE workspaces, audit_entries, audit_checkpoints, holds, erasures, tombstones CASCADE"
        )
        connection.execute("UPDATE alembic_version SET version_num = %s", (migrate.HEAD,))
    return emptied


@pytest.fixture(scope="session")
def one_postgres(postgres: str, ready_postgres: str) -> str:
    """A database with tables that tests empty for one another: much faster than one for each."""
    return new_database(postgres, "one", ready_postgres)


@pytest.fixture
def catalog(url: str) -> Iterator[Catalog]:
    opened = Catalog.open(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module", params=KINDS)
def shared_catalog(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Catalog]:
    """One catalog for all tests of a module, for those that only ask."""
    opened = Catalog.open(_copy_of_ready(request, tmp_path_factory.mktemp("shared")))
    yield opened
    opened.close()
