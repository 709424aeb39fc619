"""A browser's login as a cookie, and the rules by which a request that brings it is one of our own pages'.

A cookie comes along with whatever page makes the browser ask. So it counts only where the browser says that
the page is ours (Fetch Metadata, Origin), and changes need a word that only our pages can know.
"""

import hmac
import ipaddress

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from earwitness.store.sessions import LIFE, Session

CSRF_HEADER = "X-CSRF-Token"
_SECURE_NAME = (
    "__Host-earwitness"  # browsers take it only over TLS, for this host alone (RFC 6265bis, 4.1.3.2)
)
_LOCAL_NAME = "earwitness"
_READS = ("GET", "HEAD")


def token_of(request: Request) -> str:
    """The session's secret that the request brings; empty where it brings none."""
    return request.cookies.get(_name(request), "")


def give(request: Request, response: Response, session: Session) -> None:
    """Let the browser keep this session. Call `refuse_in_the_clear` before it is begun."""
    response.set_cookie(
        _name(request),
        session.token,
        max_age=int(LIFE.total_seconds()),
        path="/",
        secure=_is_tls(request),
        httponly=True,
        samesite="strict",
    )


def take_back(request: Request, response: Response) -> None:
    """Let the browser forget it."""
    response.delete_cookie(
        _name(request), path="/", secure=_is_tls(request), httponly=True, samesite="strict"
    )


def refuse_in_the_clear(request: Request) -> None:
    """Raises 403 for a login that others on the network could read."""
    if not _is_tls(request) and not _is_here(request):
        raise HTTPException(403, "a browser logs in over TLS, or on this machine itself (see docs: deploy)")


def refuse_other_pages(request: Request, *, changes: bool) -> None:
    """Raises 403 for a request that a page of another origin made, as the browser tells."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    own = f"{request.url.scheme}://{request.headers.get('host', '')}"
    is_own = origin == own or (origin is None and not changes)
    if not is_own or site not in (None, "same-origin", "none"):
        raise HTTPException(403, "a page of another origin may not use this login")


def check(request: Request, session: Session) -> None:
    """Raises 403 unless a page of ours made the request, and for changes, knew the session's word."""
    changes = request.method not in _READS
    refuse_other_pages(request, changes=changes)
    said = request.headers.get(CSRF_HEADER, "")
    if changes and not hmac.compare_digest(said.encode(), session.csrf.encode()):
        raise HTTPException(403, f"a change by cookie needs the header {CSRF_HEADER}")


def _name(request: Request) -> str:
    return _SECURE_NAME if _is_tls(request) else _LOCAL_NAME


def _is_tls(request: Request) -> bool:
    return request.url.scheme == "https"


def _is_here(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
