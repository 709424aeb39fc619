"""Logins of browsers: kept as a hash, ended at once, and never worth more than whose login it is.

A session holds no rights of its own. It names a key or a user, who are asked anew at every use: a revoked
key, another role or a removed user counts from the next request on.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from earwitness.clock import Clock, SystemClock
from earwitness.errors import Denied, NotFound
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.keys import Keys
from earwitness.store.rights import Holder
from earwitness.store.types import moment
from earwitness.store.users import Users

LIFE = timedelta(hours=12)  # however much it is used
_TOKEN_BYTES = 32
_sessions = schema.sessions


class Session(NamedTuple):
    """Somebody's login: the secret of the cookie, and who they are."""

    token: str
    holder: Holder

    @property
    def csrf(self) -> str:
        """What a page of ours sends along with every change, and no other page can know."""
        return hashlib.sha256(b"csrf:" + self.token.encode()).hexdigest()


class Sessions:
    """The browser logins of all workspaces."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._keys, self._users = Keys(database, clock=clock), Users(database, clock=clock)

    def begin(self, holder: Holder) -> Session:
        """A new session of theirs; those of anybody that are over are forgotten."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        now = moment(self._clock.now().wall_ns)
        row = {
            "token_sha256": _digest(token),
            "workspace_id": holder.workspace_id,
            "holder": holder.id,
            "began_at": now,
            "until": now + LIFE,
        }
        with self._database.writing() as connection:
            connection.execute(sa.delete(_sessions).where(_sessions.c.until <= now))
            connection.execute(sa.insert(_sessions), row)
        return Session(token, holder)

    def check(self, token: str) -> Session:
        """The session that `token` opens, with the rights its holder has now. Raises `Denied`."""
        c = _sessions.c
        wanted = sa.select(c.workspace_id, c.holder).where(
            c.token_sha256 == _digest(token), c.until > moment(self._clock.now().wall_ns)
        )
        with self._database.reading() as connection:
            found = connection.execute(wanted).one_or_none()
        if found is None:
            raise Denied("the login is over", hint="Log in again.")
        return Session(token, self.holder(found.workspace_id, found.holder))

    def holder(self, workspace: str, holder: str) -> Holder:
        """The key or user of this id as they stand now. Raises `Denied` where there is none any more."""
        kind, _, name = holder.partition(":")
        try:
            if kind == "key":
                return self._keys.get(workspace, name).holder
            return self._users.get(workspace, name).holder
        except NotFound as error:
            raise Denied("whose login this is has no access any more", hint="Log in again.") from error

    def end(self, token: str) -> None:
        """It opens nothing any more."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(_sessions).where(_sessions.c.token_sha256 == _digest(token)))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
