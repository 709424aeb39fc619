"""The way for saved messages past the framework: the same answers, for a fraction of the time.

Only requests with a valid login go this way; all others take the route in `chat`. `bench/save_message.py`
says what it is worth.
"""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness.errors import EarwitnessError
from earwitness.library import Library
from earwitness.server.bodies import read_body
from earwitness.server.chat import LARGEST_MESSAGE_BYTES, answer
from earwitness.server.guard import Visitor
from earwitness.server.problems import of_http, problem, status_of
from earwitness.server.tokens import Login

PATH = "/api/v1/chat/save-message"
_MOST_VISITORS = 10_000


class Express:
    """ASGI middleware of an application of `create_app`."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = headers
        self._visitors: dict[Login, Visitor] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor = None
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "POST":
            visitor = self._visitor(scope)
        if visitor is None:
            await self._app(scope, receive, send)
            return
        response = await _respond(visitor, Request(scope, receive))
        response.headers.update(self._headers)
        await response(scope, receive, send)

    def _visitor(self, scope: Scope) -> Visitor | None:
        """Whoever sends a login that holds."""
        value = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        scheme, _, token = value.decode("latin-1").partition(" ")
        state = scope["app"].state
        login = state.tokens.read(token.strip()) if scheme.lower() == "bearer" else None
        if login is None:
            return None
        if login not in self._visitors:
            if len(self._visitors) >= _MOST_VISITORS:
                self._visitors.clear()
            library: Library = state.library
            own = library.of_workspace(login.workspace).of_subject(login.subject)
            name = f"subject:{login.subject}"
            self._visitors[login] = Visitor(login.subject, own, subject=login.subject, id=name)
        return self._visitors[login]


async def _respond(visitor: Visitor, request: Request) -> Response:
    try:
        request.app.state.limits.count(f"{visitor.library.workspace}/{visitor.id}")
        body = await read_body(request, LARGEST_MESSAGE_BYTES)
        return await answer(visitor, request.app.state.saving, body)
    except EarwitnessError as error:
        return problem(status_of(error), str(error), error.hint)
    except HTTPException as error:
        return of_http(error)
