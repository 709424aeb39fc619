"""The server that a fake voice AI or a bot stands on: scripts by name, refusals, many calls at once.

Which script a call follows stands in its URL: `sim_scenario` (default `order`) and `sim_speed`. Providers
whose own clients set no parameters name the script where they can; each server says where.
"""

import http
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar, Self
from urllib.parse import parse_qsl, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import SCENARIOS, Scenario

MAX_FRAME_BYTES = 16 << 20  # OpenAI takes 15 MiB of audio in one append


class Upstream(ABC):
    """Port 0 takes a free one; `url` tells it once started. `speed` is for calls that name none."""

    PATH: ClassVar[str]
    SCENARIO_IN: ClassVar[str] = ""  # the provider's own parameter that may name the script

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, speed: float = 1.0) -> None:
        self._host, self._port, self._speed = host, port, speed
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            self._host,
            self._port,
            process_request=self._answer,
            select_subprotocol=self.subprotocol,
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

    @abstractmethod
    async def converse(
        self, socket: ServerConnection, query: dict[str, str], scenario: Scenario, pace: Pace
    ) -> None:
        """One call, until its socket ends; may let `ConnectionClosed` through."""

    def status(self, request: Request) -> int:
        """101, or what is answered in its place."""
        scenario = self._scenario(request.path)
        if self._pace(request.path) is None:
            return 400
        return 404 if urlsplit(request.path).path != self.PATH or scenario is None else scenario.status

    def refusal(self, status: int) -> dict[str, Any]:
        """The body that the provider gives with this status."""
        return {"detail": http.HTTPStatus(status).phrase}

    def subprotocol(self, socket: ServerConnection, offered: Iterable[Subprotocol]) -> Subprotocol | None:
        return None

    def _answer(self, socket: ServerConnection, request: Request) -> Response | None:
        status = self.status(request)
        if status == 101:
            return None
        body = json.dumps(self.refusal(status)).encode()
        headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
        return Response(status, http.HTTPStatus(status).phrase, headers, body)

    async def _serve(self, socket: ServerConnection) -> None:
        request = socket.request
        if request is None:
            return
        scenario, pace = self._scenario(request.path), self._pace(request.path)
        if scenario is not None and pace is not None:
            with suppress(ConnectionClosed):
                await self.converse(socket, query_of(request.path), scenario, pace)

    def _scenario(self, target: str) -> Scenario | None:
        query = query_of(target)
        own = query.get(self.SCENARIO_IN, "")
        return SCENARIOS.get(query.get("sim_scenario", own if own in SCENARIOS else "order"))

    def _pace(self, target: str) -> Pace | None:
        speed = positive(query_of(target), "sim_speed", self._speed)
        return None if speed is None else Pace(speed)


def query_of(target: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(target).query))


def positive(query: dict[str, str], name: str, default: float = 0.0) -> float | None:
    """A number of our own in the address; None where there is none that can be used."""
    try:
        number = float(query.get(name, default))
    except ValueError:
        return None
    return number if number > 0 else None


async def tell(socket: ServerConnection, message: dict[str, Any]) -> None:
    """Sends it; once the socket is gone it goes nowhere: the reading loop ends the call."""
    with suppress(ConnectionClosed):
        await socket.send(json.dumps(message, separators=(",", ":")))
