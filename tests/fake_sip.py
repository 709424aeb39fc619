"""OpenAI's side of a SIP call: the REST interface that accepts it, and the connection beside it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

Talk = Callable[[ServerConnection], Awaitable[None]]

SAID: list[dict[str, Any]] = [
    {"type": "session.created", "session": {"id": "sess_1", "type": "realtime", "model": "gpt-realtime"}},
    {
        "type": "conversation.item.added",
        "item": {
            "id": "item_1",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Hello."}],
        },
    },
]


class FakeSip:
    """`accepts` and `connects` are the statuses it answers one after the other; the last one stays.

    `talk` is what goes over each connection, one after the other; the last one stays.
    """

    def __init__(self, *, accepts: tuple[int, ...] = (200,), connects: tuple[int, ...] = (101,)) -> None:
        self.accepts, self.connects = list(accepts), list(connects)
        self.talks: list[Talk] = [say_all]
        self.accepted: list[tuple[str, dict[str, str], Any]] = []  # path, headers, session
        self.connected: list[tuple[str, str | None]] = []  # path, authorization
        self._server: Server | None = None
        self._http: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(self._talk, "127.0.0.1", 0, process_request=self._connect)
        self._http = await asyncio.start_server(self._take, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        assert self._http
        self._http.close()
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """One address for both: what is no handshake goes to the REST side."""
        assert self._http
        return f"http://127.0.0.1:{self._http.sockets[0].getsockname()[1]}"

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET"):
            await self._pass_on(head, reader, writer)
            return
        first, *lines = head.decode().strip().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        self.accepted.append((first.split()[1], headers, body))
        status = HTTPStatus(self._next(self.accepts))
        writer.write(f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Length: 2\r\n\r\n{{}}".encode())
        writer.close()

    async def _pass_on(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert self._server
        there = await asyncio.open_connection(*self._server.sockets[0].getsockname()[:2])
        there[1].write(head)
        await asyncio.gather(_copy(reader, there[1]), _copy(there[0], writer))

    def _connect(self, connection: ServerConnection, request: Request) -> Response | None:
        self.connected.append((request.path, request.headers.get("Authorization")))
        status = self._next(self.connects)
        return (
            None
            if status == 101
            else connection.respond(HTTPStatus(status), "no such call sk-abcdefghijklmn")
        )

    async def _talk(self, connection: ServerConnection) -> None:
        talk = self.talks.pop(0) if len(self.talks) > 1 else self.talks[0]
        await talk(connection)

    def _next(self, statuses: list[int]) -> int:
        return statuses.pop(0) if len(statuses) > 1 else statuses[0]


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
    except ConnectionError:
        writer.transport.abort()
    writer.close()


async def say_all(connection: ServerConnection) -> None:
    """All of a short call, and its end."""
    for event in SAID:
        await connection.send(json.dumps(event))
    await connection.close(1000, "call ended")


async def break_off(connection: ServerConnection) -> None:
    """The beginning, and then nothing any more."""
    await connection.send(json.dumps(SAID[0]))
    connection.transport.abort()
