"""API keys: shown once, kept as a hash, refused from the moment they are revoked.

A key is `ew_<id>_<secret>`: eight letters to find it by, 32 random bytes to prove it. A fast hash is
right for a secret of that strength; there is nothing to guess.
"""

import base64
import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, NamedTuple

import sqlalchemy as sa
from sqlalchemy import exc

from earwitness.clock import Clock, SystemClock
from earwitness.errors import Conflict, Denied, InvalidInput, NotFound
from earwitness.store import schema
from earwitness.store.database import Database
from earwitness.store.reading import columns, to_row
from earwitness.store.rights import Holder, Scope
from earwitness.store.rows import Row
from earwitness.store.types import moment, storable_text
from earwitness.store.writing import ensure_workspace

__all__ = ["ApiKey", "Keys", "NewKey", "Scope"]

_ALPHABET = string.ascii_lowercase + string.digits
_ID_LETTERS = 8
_SECRET_BYTES = 32
_KEY = re.compile(r"ew_([a-z0-9]{8})_([A-Za-z0-9_-]{43})\Z")
_NOBODY = "0" * 64  # compared with where the id is unknown, so that the answer takes as long


class ApiKey(Row, frozen=True, kw_only=True):
    """A key without its secret."""

    TABLE: ClassVar[str] = "api_keys"
    id: str
    workspace_id: str
    name: str
    scopes: list[str]
    created_at: datetime
    revoked_at: datetime | None

    @property
    def holder(self) -> Holder:
        return Holder(
            id=f"key:{self.id}",
            name=self.name,
            workspace_id=self.workspace_id,
            scopes=frozenset(Scope(held) for held in self.scopes),
        )

    def allows(self, scope: Scope) -> bool:
        """Does the key give this right, by itself or by a wider one?"""
        return self.holder.allows(scope)


class NewKey(NamedTuple):
    """A key and its text, which nobody can see again."""

    text: str
    key: ApiKey


class Keys:
    """The keys of all workspaces."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def create(self, name: str, scopes: Iterable[str], workspace: str = "default") -> NewKey:
        """A new key. Raises `InvalidInput` for no or unknown scopes."""
        granted = sorted({_scope(scope).value for scope in scopes})
        if not granted:
            raise InvalidInput("a key without scopes opens nothing", hint=f"Some of: {', '.join(Scope)}.")
        key = ApiKey(
            id="".join(secrets.choice(_ALPHABET) for _ in range(_ID_LETTERS)),
            workspace_id=workspace,
            name=storable_text(name),
            scopes=granted,
            created_at=moment(self._clock.now().wall_ns),
            revoked_at=None,
        )
        secret = base64.urlsafe_b64encode(secrets.token_bytes(_SECRET_BYTES)).decode().rstrip("=")
        row = {field: getattr(key, field) for field in key.__struct_fields__}
        try:
            with self._database.writing() as connection:
                ensure_workspace(connection, workspace)
                connection.execute(sa.insert(schema.api_keys), {**row, "secret_sha256": _digest(secret)})
        except exc.IntegrityError as error:
            raise Conflict("that key id is taken", hint="Try again: ids are random.") from error
        return NewKey(f"ew_{key.id}_{secret}", key)

    def check(self, text: str) -> ApiKey:
        """The key that `text` is. Raises `Denied`, alike for every reason."""
        parts = _KEY.match(text)
        key_id, secret = parts.groups() if parts else ("", "")
        table = schema.api_keys
        wanted = sa.select(*columns(ApiKey), table.c.secret_sha256).where(table.c.id == key_id)
        with self._database.reading() as connection:
            found = connection.execute(wanted).one_or_none()
        is_right = hmac.compare_digest(_digest(secret), found.secret_sha256 if found else _NOBODY)
        if found is None or not is_right or found.revoked_at is not None:
            raise Denied("the API key is not valid", hint="Make one with: earwitness keys create.")
        return to_row(ApiKey, found[:-1])

    def get(self, workspace: str, key_id: str) -> ApiKey:
        """A key that is still valid, by its id. Raises `NotFound`."""
        c = schema.api_keys.c
        mine = (c.workspace_id == workspace) & (c.id == key_id) & c.revoked_at.is_(None)
        with self._database.reading() as connection:
            found = connection.execute(sa.select(*columns(ApiKey)).where(mine)).one_or_none()
        if found is None:
            raise NotFound(f"no key {key_id}", hint="See what there is: earwitness keys list.")
        return to_row(ApiKey, found)

    def revoke(self, workspace: str, key_id: str) -> None:
        """The key opens nothing any more; revoking twice keeps the first time. Raises `NotFound`."""
        table = schema.api_keys
        mine = (table.c.workspace_id == workspace) & (table.c.id == key_id)
        now = moment(self._clock.now().wall_ns)
        with self._database.writing() as connection:
            if connection.scalar(sa.select(table.c.id).where(mine)) is None:
                raise NotFound(f"no key {key_id}", hint="See what there is: earwitness keys list.")
            connection.execute(
                sa.update(table).where(mine, table.c.revoked_at.is_(None)).values(revoked_at=now)
            )

    def list(self, workspace: str) -> tuple[ApiKey, ...]:
        """All keys of the workspace, revoked ones too, oldest first."""
        table = schema.api_keys
        wanted = (
            sa.select(*columns(ApiKey))
            .where(table.c.workspace_id == workspace)
            .order_by(table.c.created_at, table.c.id)
        )
        with self._database.reading() as connection:
            return tuple(to_row(ApiKey, row) for row in connection.execute(wanted))


def _scope(word: str) -> Scope:
    try:
        return Scope(word)
    except ValueError as error:
        raise InvalidInput(f"unknown scope {word!r}", hint=f"One of: {', '.join(Scope)}.") from error


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
