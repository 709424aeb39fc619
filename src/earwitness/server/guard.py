"""Who may ask what: one guard for every route.

Each route names the right it needs (`needs(Scope.READ)`), or stands in `OPEN`. A test walks the router,
so a route without a rule does not get past it.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from starlette.exceptions import HTTPException

from earwitness.errors import Denied
from earwitness.library import Library
from earwitness.server import cookies
from earwitness.server.links import Links
from earwitness.server.tokens import is_token
from earwitness.server.witness import asking
from earwitness.store.keys import Scope
from earwitness.store.rights import Holder

SIGNED = frozenset({f"/webhooks/{name}" for name in ("openai", "elevenlabs", "twilio", "hume")})
PAGES = frozenset(
    {"/", "/conversations", "/conversations/{conversation_id}", "/live", "/dashboard", "/protection"}
)
PROBES = frozenset({"/healthz", "/readyz"})
OPEN = (
    SIGNED  # no key: what is signed asks for that ...
    | PROBES
    | PAGES
    | {"/static", "/api/v1/auth/login", "/api/v1/session"}  # ... and the rest tells nothing of a call
)
# These show a subject what is theirs.
OWN_LISTS = frozenset({"/api/v1/conversations", "/api/v1/search", "/api/v1/export", "/recordings"})
_SIGNED_WORDS = ("workspace", "by", "until", "link")


View = Annotated[
    Literal["redacted", "raw"],
    Query(description="raw: with what redaction takes out; needs read-raw and a reason"),
]
Reason = Annotated[str, Query(max_length=500, description="why the raw view is needed; goes into the trail")]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks: the desk of their workspace, and the link they came by if they showed no key."""

    name: str
    library: Library
    link: str = ""  # its query parameters
    subject: str | None = None  # speaks for this person alone
    id: str = ""  # key:<id>, user:<name>, subject:<id>: as the trail and limits name them
    scopes: frozenset[Scope] = frozenset()


def needs(right: Scope, *, or_link: bool = False, is_for_own: bool = False) -> Any:
    """The dependency of a route that asks for this right, or a play link instead; gives the `Visitor`.

    A login of a subject has the right to read what is theirs, and any right where `is_for_own`: there the
    route itself sees to it that they touch nothing of others.
    """

    def visitor(request: Request, view: View = "redacted", reason: Reason = "") -> Visitor:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        key = key.strip()
        if scheme.lower() == "bearer" and is_token(key):
            visitor = _by_login(request, key, right, is_for_own=is_for_own)
        elif scheme.lower() == "bearer" and key:
            visitor = _with_right(request, _by_key(request, key), right)
        elif (session := _by_cookie(request)) is not None:
            visitor = _with_right(request, session, right)
        elif or_link and (link := _by_link(request)) is not None:
            visitor = link
        else:
            raise HTTPException(401, "a key is needed here")
        if view == "raw":
            visitor = _unredacted(request, visitor, reason)
        request.app.state.limits.count(f"{visitor.library.workspace}/{visitor.id}")
        return visitor

    visitor.right = right  # type: ignore[attr-defined]
    return Depends(visitor)


def _unredacted(request: Request, visitor: Visitor, reason: str) -> Visitor:
    """The same visitor, who sees and hears what redaction takes out for others. The trail says why."""
    library = visitor.library.unredacted(reason.strip())
    request.state.access = library.access
    if not visitor.scopes & {Scope.READ_RAW, Scope.ADMIN}:
        raise HTTPException(403, f"{visitor.name} lacks the right to {Scope.READ_RAW.value}")
    if not reason.strip():
        raise HTTPException(422, "say why: view=raw needs a reason=")
    return replace(visitor, library=library)


def _witnessed(request: Request, visitor: Visitor) -> Visitor:
    """From here on whatever is answered is noted as theirs, refusals too."""
    actor = f"link:{visitor.id}" if visitor.link else visitor.id
    workspace = visitor.library.workspace
    access = asking(visitor.library, request.scope, workspace=workspace, actor=actor, name=visitor.name)
    visitor.library.access = request.state.access = access
    return visitor


def _with_right(request: Request, holder: Holder, right: Scope) -> Visitor:
    library: Library = request.app.state.library
    own = library.of_workspace(holder.workspace_id)
    visitor = _witnessed(request, Visitor(holder.name, own, id=holder.id, scopes=holder.scopes))
    if not holder.allows(right):
        raise HTTPException(403, f"{holder.name} lacks the right to {right.value}")
    return visitor


def _by_key(request: Request, key: str) -> Holder:
    address = request.client.host if request.client else ""
    library, patience = request.app.state.library, request.app.state.patience
    try:
        holder: Holder = library.keys.check(key).holder
    except Denied as error:  # whoever has a right one is never kept waiting for the guesses of others
        patience.ask(address)
        patience.note_failure(address)
        raise HTTPException(401, str(error)) from error
    return holder


def _by_cookie(request: Request) -> Holder | None:
    token = cookies.token_of(request)
    if not token:
        return None
    try:
        session = request.app.state.library.sessions.check(token)
    except Denied:
        return None
    cookies.check(request, session)
    holder: Holder = session.holder
    return holder


def _by_login(request: Request, token: str, right: Scope, *, is_for_own: bool) -> Visitor:
    login = request.app.state.tokens.read(token)
    if login is None:
        raise HTTPException(401, "the login is not valid, or over")
    library: Library = request.app.state.library
    own = library.of_workspace(login.workspace).of_subject(login.subject)
    subject = login.subject
    visitor = _witnessed(request, Visitor(subject, own, subject=subject, id=f"subject:{subject}"))
    is_own = "conversation_id" in request.path_params or request.url.path in OWN_LISTS
    if not (is_for_own or (right is Scope.READ and is_own)):
        raise HTTPException(403, "a login by research id opens only what is its own")
    return visitor


def _by_link(request: Request) -> Visitor | None:
    query, library = request.query_params, request.app.state.library
    links: Links = request.app.state.links
    conversation = request.path_params.get("conversation_id", "")
    if request.method not in ("GET", "HEAD") or not links.allows(conversation, query):
        return None
    by, workspace = query.get("by", ""), query["workspace"]
    try:
        if by and not library.sessions.holder(workspace, by).allows(Scope.READ):
            return None
    except Denied:
        return None
    signed = urlencode({name: query.get(name, "") for name in _SIGNED_WORDS})
    return _witnessed(request, Visitor("link", library.of_workspace(workspace), signed, id=by))


Reader = Annotated[Visitor, needs(Scope.READ)]
Listener = Annotated[Visitor, needs(Scope.READ, or_link=True)]
RawReader = Annotated[Visitor, needs(Scope.READ_RAW)]  # as it came
Writer = Annotated[Visitor, needs(Scope.WRITE)]
Saver = Annotated[Visitor, needs(Scope.WRITE, is_for_own=True)]
Auditor = Annotated[Visitor, needs(Scope.AUDIT)]
Admin = Annotated[Visitor, needs(Scope.ADMIN)]
