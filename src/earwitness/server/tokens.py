"""Logins of the people who are recorded: signed tokens (JWT, RFC 7519, HS256) that open what is theirs."""

import time
from collections import OrderedDict
from functools import cached_property
from typing import NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from earwitness.library import Library
from earwitness.store.secret_file import ensure_secret

_ALGORITHM = "HS256"  # fixed: what a token says of it is not believed
_ISSUER = "earwitness"
_REMEMBERED = 10_000


class Login(NamedTuple):
    """Who a token speaks for."""

    workspace: str
    subject: str


class Tokens:
    """Makes and reads tokens of one installation; its secret is made with the first."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._rules = jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": _ISSUER},
            aud={"essential": True, "value": _ISSUER},
            sub={"essential": True},
            exp={"essential": True},
        )
        self._known: OrderedDict[str, tuple[Login, float]] = OrderedDict()  # checked before, until when

    @property
    def seconds(self) -> int:
        """How long a token lives."""
        return self._library.settings.api.token_minutes * 60

    @cached_property
    def _key(self) -> OctKey:
        return OctKey.import_key(ensure_secret(self._library.data_path, "tokens"))

    def issue(self, login: Login) -> str:
        """A token for this login, from now on."""
        now = int(time.time())
        claims = {
            "iss": _ISSUER,
            "aud": _ISSUER,
            "sub": login.subject,
            "workspace": login.workspace,
            "iat": now,
            "nbf": now,
            "exp": now + self.seconds,
        }
        return jwt.encode({"alg": _ALGORITHM, "typ": "JWT"}, claims, self._key, algorithms=[_ALGORITHM])

    def read(self, token: str) -> Login | None:
        """Whom it speaks for; None where it is not ours, or not of now."""
        known = self._known.get(token)
        if known is not None:
            return known[0] if time.time() < known[1] else None
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM]).claims
            self._rules.validate(claims)
        except (JoseError, ValueError):
            return None
        login = Login(str(claims.get("workspace", "default")), str(claims["sub"]))
        self._known[token] = (login, float(claims["exp"]))
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return login


def is_token(credential: str) -> bool:
    """Does it look like a token, and not like a key?"""
    return credential.count(".") == 2
