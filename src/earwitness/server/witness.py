"""Every answer leaves a trace before its first byte goes out: one place for all routes.

The guard says who asks; here it is written down how it came out. What cannot be written down is not answered.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness.errors import EarwitnessError
from earwitness.library import Library
from earwitness.privacy.access import Access
from earwitness.privacy.audit import Outcome
from earwitness.server.problems import problem

LOGIN = "/api/v1/auth/login"
SELF_EVIDENT = (
    frozenset(  # a saved message is its own trace, in the journal; the rest shows nothing of anybody
        {"/api/v1/chat/save-message", "/api/v1/chat/save-messages", "/metrics", "/docs", "/openapi.json"}
    )
)
REFUSALS = frozenset({401, 403, 404, 429})
_VERBS = {  # by the last fixed part of a path; else by the method
    "audio": "play",
    "listen": "play",
    "waveform": "play",
    "export": "export",
    "search": "search",
    "live": "follow",
    "sound": "listen-in",
    "link": "share",
    "subjects": "export",
    "audit": "audit",
    "login": "login",
    "session": "login",
}
_POSTED = {**_VERBS, "hold": "hold", "redact": "redact", "audio": "change"}  # sound that is sent, not heard
_DELETED = {"hold": "hold", "subjects": "erase", "session": "logout"}
_BY_METHOD = {"GET": "read", "HEAD": "read", "DELETE": "delete"}
_CREDENTIALS = ("link", "until", "key", "token", "ew_key")


def verb(method: str, path: str) -> str:
    """What is done by asking for this route, in one word."""
    words = {"DELETE": _DELETED, "POST": _POSTED}.get(method, _VERBS)
    fixed = [part for part in path.split("/") if part and not part.startswith("{")]
    named = next((words[part] for part in reversed(fixed[-2:]) if part in words), None)
    return named or _BY_METHOD.get(method, "change")


def asking(library: Library, scope: Scope, *, workspace: str, actor: str, **private: Any) -> Access:
    """The access that this request is. It is noted when its answer begins."""
    path = _path(scope)
    return Access(
        library.audit,
        verb(scope["method"], path),
        workspace=workspace,
        actor=actor,
        facts={"route": f"{scope['method']} {path}"},
        is_late=True,
        **{"address": (scope.get("client") or ("",))[0], "query": _query(scope), **private},
    )


class Witness:
    """ASGI middleware of an application of `create_app`; the outermost, so that nothing gets past it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        is_untold = False

        async def told(message: Message) -> None:
            nonlocal is_untold
            if message["type"] == "http.response.start":
                try:
                    await _note(scope, message["status"])
                except EarwitnessError:
                    is_untold = True
                    answer = problem(503, "the audit trail cannot be written", "Nothing was answered.")
                    await answer(scope, receive, send)
            if not is_untold:
                await send(message)

        await self._app(scope, receive, told)


async def _note(scope: Scope, status: int) -> None:
    path, access = _path(scope), scope["state"].get("access")
    if access is None:
        if status not in REFUSALS - {404} and not (path == LOGIN and scope["method"] == "POST"):
            return  # an open route, or no route at all: there is nothing behind it
        access = asking(scope["app"].state.library, scope, workspace="", actor="")
    elif path in SELF_EVIDENT and status < 400:
        return
    await asyncio.to_thread(access.note, _outcome(status), status=status, **_range(scope))


def _outcome(status: int) -> Outcome:
    if status in REFUSALS:
        return Outcome.DENIED
    if status >= 500:
        return Outcome.FAILED
    if status >= 400:
        return Outcome.REFUSED
    return Outcome.DEFERRED if status == 202 else Outcome.DONE


def _path(scope: Scope) -> str:
    """The route's path as it was declared; of an unknown one nothing, for it is a stranger's text."""
    route = scope.get("route")
    declared = getattr(route, "path", "")
    if declared:
        return str(declared)
    return str(scope["path"]) if scope["path"] in SELF_EVIDENT else ""


def _query(scope: Scope) -> Mapping[str, str] | None:
    pairs = parse_qsl(scope.get("query_string", b"").decode("latin-1"))
    return {name: value for name, value in pairs if name not in _CREDENTIALS} or None


def _range(scope: Scope) -> dict[str, str]:
    found = next((value for name, value in scope["headers"] if name == b"range"), b"")
    return {"range": found.decode("latin-1")[:64]} if found else {}
