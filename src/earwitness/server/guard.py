"""Who may ask what: one guard for every route.

Each route names the right it needs (`needs(Scope.READ)`), or stands in `OPEN`. A test walks the router,
so a route without a rule does not get past it.
"""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request
from starlette.exceptions import HTTPException

from earwitness.errors import Denied
from earwitness.library import Library
from earwitness.server.tokens import is_token
from earwitness.store.keys import Scope

SIGNED = frozenset({f"/webhooks/{name}" for name in ("openai", "elevenlabs", "twilio", "hume")})
OPEN = SIGNED | {
    "/",
    "/healthz",
    "/readyz",
    "/static",
    "/api/v1/auth/login",
}  # no key, but what is signed asks for that
OWN_LISTS = frozenset({"/api/v1/conversations", "/recordings"})  # show a subject what is theirs
LINK_SECONDS = 600  # how long a play link lives unless said otherwise
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks: the desk of their workspace, and the link they came by if they showed no key."""

    name: str
    library: Library
    link: str = ""  # its query parameters
    subject: str | None = None  # speaks for this person alone


class Links:
    """Addresses that open one conversation to whoever holds them, until a time (HMAC-SHA-256)."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, workspace: str, conversation: str, seconds: int = LINK_SECONDS) -> str:
        """Query parameters with which the page and the sound of this conversation open."""
        until = int(time.time()) + seconds
        mark = self._mark(workspace, conversation, until)
        return urlencode({"workspace": workspace, "until": until, "link": mark})

    def allows(self, conversation: str, query: Mapping[str, str]) -> bool:
        """Whether these query parameters were signed for this conversation and still hold."""
        until = query.get("until", "")
        if not _SECONDS.fullmatch(until) or int(until) < time.time():
            return False
        mark = self._mark(query.get("workspace", ""), conversation, int(until))
        return hmac.compare_digest(mark.encode(), query.get("link", "").encode())

    def _mark(self, workspace: str, conversation: str, until: int) -> str:
        message = f"play:{workspace}:{conversation}:{until}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()


def needs(right: Scope, *, or_link: bool = False, is_for_own: bool = False) -> Any:
    """The dependency of a route that asks for this right, or a play link instead; gives the `Visitor`.

    A login of a subject has the right to read what is theirs, and any right where `is_for_own`: there the
    route itself sees to it that they touch nothing of others.
    """

    def visitor(request: Request) -> Visitor:
        library: Library = request.app.state.library
        if or_link and _holds_link(request):
            link = urlencode({name: request.query_params[name] for name in ("workspace", "until", "link")})
            return Visitor("link", library.of_workspace(request.query_params["workspace"]), link)
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise HTTPException(401, "a key is needed here")
        if is_token(key):
            return _own_visitor(request, key.strip(), right, is_for_own=is_for_own)
        try:
            holder = library.keys.check(key.strip())
        except Denied as error:
            raise HTTPException(401, str(error)) from error
        if not holder.allows(right):
            raise HTTPException(403, f"this key lacks the right to {right.value}")
        return Visitor(holder.name, library.of_workspace(holder.workspace_id))

    visitor.right = right  # type: ignore[attr-defined]
    return Depends(visitor)


def _own_visitor(request: Request, token: str, right: Scope, *, is_for_own: bool) -> Visitor:
    login = request.app.state.tokens.read(token)
    if login is None:
        raise HTTPException(401, "the login is not valid, or over")
    is_own = "conversation_id" in request.path_params or request.url.path in OWN_LISTS
    if not (is_for_own or (right is Scope.READ and is_own)):
        raise HTTPException(403, "a login by research id opens only what is its own")
    library: Library = request.app.state.library
    own = library.of_workspace(login.workspace).of_subject(login.subject)
    return Visitor(login.subject, own, subject=login.subject)


def _holds_link(request: Request) -> bool:
    links: Links = request.app.state.links
    conversation = request.path_params.get("conversation_id", "")
    return request.method in ("GET", "HEAD") and links.allows(conversation, request.query_params)


Reader = Annotated[Visitor, needs(Scope.READ)]
Listener = Annotated[Visitor, needs(Scope.READ, or_link=True)]
RawReader = Annotated[Visitor, needs(Scope.READ_RAW)]  # the wire itself, as it came
Writer = Annotated[Visitor, needs(Scope.WRITE)]
Saver = Annotated[Visitor, needs(Scope.WRITE, is_for_own=True)]
Admin = Annotated[Visitor, needs(Scope.ADMIN)]
