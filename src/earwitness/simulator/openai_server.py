"""The fake OpenAI Realtime upstream: a WebSocket server that speaks as the provider does.

Which script a session follows stands in its URL, in parameters of our own beside the provider's:
`sim_scenario` (default `order`), `sim_speed`, `sim_expire_ms` (the session ends by itself after that).
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request
from websockets.typing import Subprotocol

from earwitness.simulator.openai_requests import handle
from earwitness.simulator.openai_session import Session
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Scenario
from earwitness.simulator.upstream import Upstream, positive, query_of

PATH = "/v1/realtime"
EXPIRE = "sim_expire_ms"
KEY_PROTOCOL = "openai-insecure-api-key."
BETA_SHAPE = "The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API."
REFUSALS = {
    400: ("invalid_request_error", "invalid_value", "sim_speed and sim_expire_ms must be positive numbers."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    404: ("invalid_request_error", "unknown_url", "Unknown request URL."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached. Please try again later."),
}


class OpenAIServer(Upstream):
    """Answers any number of sessions at once.

    With `api_key` every other key is refused with 401; without, any key or none will do. With `beta` it
    speaks the names of before May 2026; without, a client that asks for those is sent away as the provider
    does.
    """

    PATH = PATH

    def __init__(
        self, *, host: str = "127.0.0.1", port: int = 0, api_key: str | None = None, beta: bool = False
    ) -> None:
        super().__init__(host=host, port=port)
        self._api_key, self._beta = api_key, beta

    def status(self, request: Request) -> int:
        if self._api_key is not None and self._api_key not in _keys(request.headers):
            return 401
        query = query_of(request.path)
        if EXPIRE in query and positive(query, EXPIRE) is None:
            return 400
        return super().status(request)

    def refusal(self, status: int) -> dict[str, Any]:
        kind, code, message = REFUSALS[status]
        return {"error": {"message": message, "type": kind, "param": None, "code": code}}

    def subprotocol(self, socket: ServerConnection, offered: Iterable[Subprotocol]) -> Subprotocol | None:
        return next((name for name in offered if name == "realtime"), None)

    async def converse(
        self, socket: ServerConnection, query: dict[str, str], scenario: Scenario, pace: Pace
    ) -> None:
        async def send(frame: str) -> None:
            with suppress(ConnectionClosed):  # the answer goes nowhere; the reading loop ends the session
                await socket.send(frame)

        model = query.get("model", "gpt-realtime")
        session = Session(send, scenario, pace, model=model, beta=self._beta)
        assert socket.request is not None
        if "OpenAI-Beta" in socket.request.headers and not self._beta:
            await session.refuse("beta_api_shape_disabled", BETA_SHAPE)
            await socket.close(4000, "invalid_request_error.beta_api_shape_disabled")
            return
        await session.open()
        try:
            await _until_closed(socket, session, positive(query, EXPIRE))
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


def _keys(headers: Headers) -> Iterable[str]:
    """Every key that the client shows: in the header, or as browsers do in a subprotocol."""
    for value in headers.get_all("Authorization"):
        yield value.removeprefix("Bearer ")
    for value in headers.get_all("Sec-WebSocket-Protocol"):
        for name in value.split(","):
            if name.strip().startswith(KEY_PROTOCOL):
                yield name.strip().removeprefix(KEY_PROTOCOL)
