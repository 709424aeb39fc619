"""The connection to the catalog's database: SQLite in a file, or PostgreSQL, by URL."""

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import event, exc

from earwitness.errors import Damaged, EarwitnessError, SettingsError, StorageUnavailable
from earwitness.store.secrecy import Cipher, use

BUSY_TIMEOUT_S = 5.0
_SQL_ERROR = 1  # SQLITE_ERROR
_BROKEN = ("malformed", "not a database")


class Database:
    """Reading and writing transactions whose failures are errors of ours."""

    def __init__(
        self, url: str, *, busy_timeout_s: float = BUSY_TIMEOUT_S, cipher: Cipher | None = None
    ) -> None:
        self.engine = _engine(_url(url), busy_timeout_s)
        use(self.engine.dialect, cipher)
        self.is_sqlite = self.engine.dialect.name == "sqlite"
        self._one_view, self._alone = self.engine, self.engine
        if not self.is_sqlite:  # which begins no transaction unless told to, and has one view in each
            self._one_view = self.engine.execution_options(isolation_level="REPEATABLE READ")
            self._alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One consistent view. Raises `StorageUnavailable` or `Damaged` for what the database refuses."""
        with _translated(), self._one_view.connect() as connection:
            self._begin(connection, "BEGIN")
            yield connection

    @contextmanager
    def asking(self) -> Iterator[sa.Connection]:
        """The same for one question, which is a view by itself: no transaction is begun for it."""
        with _translated(), self._alone.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """All or nothing. On SQLite the write lock is taken at once, so that a reader need never upgrade."""
        with _translated(), self.engine.connect() as connection, connection.begin():
            self._begin(connection, "BEGIN IMMEDIATE")
            yield connection

    def _begin(self, connection: sa.Connection, how: str) -> None:
        """SQLite begins where and how we say; told by an event, each question would pay for it."""
        if self.is_sqlite:
            connection.exec_driver_sql(how)

    def scrub(self) -> None:
        """What was deleted is in no file of SQLite's any more. PostgreSQL's own vacuum sees to that there.

        The search index only marks words as deleted until it is written anew, which takes as long as it is
        large. Somebody who still reads an older view puts it off to the next time.
        """
        if self.is_sqlite:
            with self.writing() as writing:
                writing.execute(sa.text("INSERT INTO search_index(search_index) VALUES ('optimize')"))
            with contextlib.closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Every connection is closed; SQLite's side files are folded in."""
        self.engine.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    """What the database refuses is an error of ours; a row that another wrote first is the caller's."""
    try:
        yield
    except exc.IntegrityError:
        raise
    except exc.SQLAlchemyError as error:
        if (ours := _ours(error)) is not None:
            raise ours from error
        raise


def _url(text: str) -> sa.URL:
    try:
        url = sa.make_url(text)
        backend = url.get_backend_name()
    except (exc.ArgumentError, exc.NoSuchModuleError) as error:
        raise _unknown(text) from error
    if backend in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite" or not url.database or url.database == ":memory:":
        raise _unknown(text)
    return url


def _unknown(text: str) -> SettingsError:
    return SettingsError(
        f"database_url: cannot use {text.partition(':')[0]!r}",  # never the rest: it may hold a password
        hint="Leave it empty for SQLite in data_dir, or give postgresql://user@host/database.",
    )


def _engine(url: sa.URL, busy_timeout_s: float) -> sa.Engine:
    if url.get_backend_name() != "sqlite":
        try:
            return sa.create_engine(
                url,
                hide_parameters=True,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 5},
                json_deserializer=msgspec.json.decode,
            )
        except ImportError as error:
            raise SettingsError(
                "database_url: PostgreSQL needs the package psycopg",
                hint="pip install 'earwitness[postgres]'",
            ) from error
    _make_file(Path(url.database or ""))
    engine = sa.create_engine(
        url,
        hide_parameters=True,  # what people said belongs in no error message
        connect_args={"timeout": busy_timeout_s},
        json_deserializer=msgspec.json.decode,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say, see `_begin`
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _make_file(path: Path) -> None:
    """The file exists, for its owner only; SQLite gives its side files the same rights.

    One that is there is not opened: closing it again would end the locks that this process' other connections
    hold on it (SQLite, "How To Corrupt An SQLite Database File", section 2.2).
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise StorageUnavailable(
            f"{path}: {error.strerror}", hint="Check that data_dir is a folder you may write to."
        ) from error


def _ours(error: exc.SQLAlchemyError) -> EarwitnessError | None:
    """The error a caller can act on; None where it is a bug and no state of the database."""
    text = str(getattr(error, "orig", None) or error).strip()
    if isinstance(error, exc.DatabaseError) and any(word in text for word in _BROKEN):
        return Damaged(
            f"the catalog is damaged: {text}",
            hint="Move the file away and run: earwitness reindex. The journals hold everything.",
        )
    if (
        getattr(getattr(error, "orig", None), "sqlite_errorcode", None) == _SQL_ERROR
        and "no such" not in text
    ):
        return None  # our own SQL is wrong
    if isinstance(error, exc.OperationalError | exc.InterfaceError | exc.TimeoutError):
        return StorageUnavailable(f"the catalog does not answer: {text}", hint=_cure(text))
    return None


def _cure(text: str) -> str:
    if "locked" in text:
        return "Another process holds the catalog. Try again; nothing is lost, the journals go on."
    if "full" in text or "space" in text:
        return "Make room on the disk. Nothing is lost: rows are written again from the journals."
    if "readonly" in text or "unable to open" in text:
        return "Check that data_dir can be written by this user."
    if "no such" in text:
        return "The tables are not there. Run: earwitness db upgrade."
    return "Check that the database runs and that database_url is right. The journals go on meanwhile."
