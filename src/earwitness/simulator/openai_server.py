"""The fake OpenAI Realtime upstream: a WebSocket server that speaks as the provider does.

Which script a session follows stands in its URL, in parameters of our own beside the provider's:
`sim_scenario` (default `order`), `sim_speed`, `sim_expire_ms` (the session ends by itself after that).
"""

import asyncio
import http
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from earwitness.simulator.openai_requests import handle
from earwitness.simulator.openai_session import Session
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import SCENARIOS

MAX_FRAME_BYTES = 16 << 20  # the provider takes 15 MiB of audio in one append
PATH = "/v1/realtime"
KEY_PROTOCOL = "openai-insecure-api-key."
BETA_SHAPE = "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."
REFUSALS = {
    400: ("invalid_request_error", "invalid_value", "sim_speed and sim_expire_ms must be positive numbers."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    404: ("invalid_request_error", "unknown_url", "Unknown request URL."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached. Please try again later."),
}


class OpenAIServer:
    """Answers any number of sessions at once. Port 0 takes a free one; `url` tells it once started.

    With `api_key` every other key is refused with 401; without, any key or none will do. With `beta` it
    speaks the names of before May 2026; without, a client that asks for those is sent away as the provider
    does.
    """

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, api_key: str | None = None, beta: bool = False
    ) -> None:
        self._host, self._port = host, port
        self._api_key, self._beta = api_key, beta
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            self._host,
            self._port,
            process_request=self._refusal,
            select_subprotocol=_subprotocol,
            max_size=MAX_FRAME_BYTES,
            compression=None,
            server_header=None,
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Scheme, host and port: what a route's `upstream` or a client's base URL begins with."""
        return f"ws://{self._host}:{self._port}"

    def _refusal(self, connection: ServerConnection, request: Request) -> Response | None:
        parts = urlsplit(request.path)
        known = SCENARIOS.get(_query(request.path).get("sim_scenario", "order"))
        status = 404 if parts.path != PATH or known is None else known.status
        if not _numbers(request.path):
            status = 400
        if self._api_key is not None and self._api_key not in _keys(request.headers):
            status = 401
        if status == 101:
            return None
        kind, code, message = REFUSALS[status]
        body = json.dumps({"error": {"message": message, "type": kind, "param": None, "code": code}}).encode()
        headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
        return Response(status, http.HTTPStatus(status).phrase, headers, body)

    async def _serve(self, connection: ServerConnection) -> None:
        request = connection.request
        if request is None:
            return
        query = _query(request.path)

        async def send(frame: str) -> None:
            with suppress(ConnectionClosed):  # the answer goes nowhere; the reading loop ends the session
                await connection.send(frame)

        session = Session(
            send,
            SCENARIOS[query.get("sim_scenario", "order")],
            Pace(float(query.get("sim_speed", "1"))),
            model=query.get("model", "gpt-realtime"),
            beta=self._beta,
        )
        if "OpenAI-Beta" in request.headers and not self._beta:
            await session.refuse("beta_api_shape_disabled", BETA_SHAPE)
            await connection.close(4000, "invalid_request_error.beta_api_shape_disabled")
            return
        await session.open()
        expire_ms = float(query["sim_expire_ms"]) if "sim_expire_ms" in query else None
        try:
            await _until_closed(connection, session, expire_ms)
        finally:
            await session.close()


async def _until_closed(connection: ServerConnection, session: Session, expire_ms: float | None) -> None:
    with suppress(ConnectionClosed):
        try:
            async with asyncio.timeout(None if expire_ms is None else session.pace.wait_s(expire_ms)):
                async for frame in connection:
                    await handle(session, frame)
        except TimeoutError:
            message = "Your session hit the maximum duration of 60 minutes."
            await session.refuse("session_expired", message)
            await connection.close(1001)


def _query(target: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(target).query))


def _numbers(target: str) -> bool:
    """Are our own numbers in the address ones that can be used?"""
    query = _query(target)
    try:
        return all(float(query[name]) > 0 for name in ("sim_speed", "sim_expire_ms") if name in query)
    except ValueError:
        return False


def _keys(headers: Headers) -> Iterable[str]:
    """Every key that the client shows: in the header, or as browsers do in a subprotocol."""
    for value in headers.get_all("Authorization"):
        yield value.removeprefix("Bearer ")
    for value in headers.get_all("Sec-WebSocket-Protocol"):
        for name in value.split(","):
            if name.strip().startswith(KEY_PROTOCOL):
                yield name.strip().removeprefix(KEY_PROTOCOL)


def _subprotocol(connection: ServerConnection, offered: Iterable[Subprotocol]) -> Subprotocol | None:
    return next((name for name in offered if name == "realtime"), None)
