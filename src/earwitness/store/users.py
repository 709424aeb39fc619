"""People who log in with a name and a password, each with a role in one workspace."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import exc

from earwitness.clock import Clock, SystemClock
from earwitness.errors import Conflict, Denied, InvalidInput, NotFound
from earwitness.store import passwords, schema
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rights import SCOPES_OF, Holder, Role
from earwitness.store.rows import Row
from earwitness.store.types import moment, storable_text
from earwitness.store.writing import ensure_workspace

LONGEST_NAME = 100
_users = schema.users


class User(Row, frozen=True, kw_only=True):
    """A user without their password."""

    TABLE: ClassVar[str] = "users"
    workspace_id: str
    name: str
    role: str
    created_at: datetime

    @property
    def holder(self) -> Holder:
        return Holder(
            id=f"user:{self.name}",
            name=self.name,
            workspace_id=self.workspace_id,
            scopes=SCOPES_OF[Role(self.role)],
        )


class Users:
    """The users of all workspaces."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def add(self, workspace: str, name: str, role: str, password: str) -> User:
        """A new user. Raises `Conflict` where the name is taken, `InvalidInput` for what is none."""
        is_name = 0 < len(name) <= LONGEST_NAME and name.isprintable() and name == name.strip()
        if not is_name or storable_text(name) != name:
            raise InvalidInput("not a user name", hint=f"1 to {LONGEST_NAME} printable characters.")
        user = User(
            workspace_id=workspace,
            name=name,
            role=_role(role).value,
            created_at=moment(self._clock.now().wall_ns),
        )
        row = {field: getattr(user, field) for field in user.__struct_fields__}
        kept = {"password_argon2": passwords.hashed(password, user=name)}
        try:
            with self._database.writing() as connection:
                ensure_workspace(connection, workspace)
                connection.execute(sa.insert(_users), row | kept)
        except exc.IntegrityError as error:
            raise Conflict(f"user {name} exists", hint="Choose another name.") from error
        return user

    def check(self, workspace: str, name: str, password: str) -> User:
        """The user with this password. Raises `Denied`, alike and after as long for every reason."""
        wanted = sa.select(*columns(User), _users.c.password_argon2).where(_is(workspace, name))
        with self._database.reading() as connection:
            found = connection.execute(wanted).one_or_none()
        if not passwords.is_right(password, found.password_argon2 if found else None) or found is None:
            raise Denied("user or password is wrong", hint="Ask whoever runs this for a new password.")
        return to_row(User, found[:-1])

    def get(self, workspace: str, name: str) -> User:
        """The user as they stand now. Raises `NotFound`."""
        with self._database.reading() as connection:
            found = connection.execute(sa.select(*columns(User)).where(_is(workspace, name))).one_or_none()
        if found is None:
            raise _missing(name)
        return to_row(User, found)

    def set_role(self, workspace: str, name: str, role: str) -> None:
        """From the next request on they have this role. Raises `NotFound`."""
        self._change(workspace, name, role=_role(role).value)

    def set_password(self, workspace: str, name: str, password: str) -> None:
        """The old password opens nothing any more, nor does a session begun with it. Raises `NotFound`."""
        self._change(workspace, name, password_argon2=passwords.hashed(password, user=name))
        self._end_sessions(workspace, name)

    def remove(self, workspace: str, name: str) -> None:
        """They are no user afterwards. Raises `NotFound`."""
        with self._database.writing() as connection:
            if not connection.execute(sa.delete(_users).where(_is(workspace, name))).rowcount:
                raise _missing(name)
        self._end_sessions(workspace, name)

    def list(self, workspace: str) -> tuple[User, ...]:
        """All of the workspace, by name."""
        wanted = sa.select(*columns(User)).where(_users.c.workspace_id == workspace).order_by(_users.c.name)
        with self._database.reading() as connection:
            return tuple(to_row(User, row) for row in connection.execute(wanted))

    def _change(self, workspace: str, name: str, **values: str) -> None:
        with self._database.writing() as connection:
            change = sa.update(_users).where(_is(workspace, name)).values(**values)
            if not connection.execute(change).rowcount:
                raise _missing(name)

    def _end_sessions(self, workspace: str, name: str) -> None:
        c = schema.sessions.c
        of_user = (c.workspace_id == workspace) & (c.holder == f"user:{name}")
        with self._database.writing() as connection:
            connection.execute(sa.delete(schema.sessions).where(of_user))


def _is(workspace: str, name: str) -> sa.ColumnElement[bool]:
    return (_users.c.workspace_id == workspace) & (_users.c.name == name)


def _missing(name: str) -> NotFound:
    return NotFound(f"no user {name}", hint="See who there is: earwitness users list.")


def _role(word: str) -> Role:
    try:
        return Role(word)
    except ValueError as error:
        raise InvalidInput(f"unknown role {word!r}", hint=f"One of: {', '.join(Role)}.") from error
