"""A tap between real clients and a tiny upstream, for the tests of the capture room."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve

from earwitness.capture.tap import Tap
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Ended, Kind, Opened, Origin, Record
from earwitness.journal.writer import Journal, Limits
from earwitness.settings import Route, Settings
from earwitness.settings import Tap as Listen

HEAD = (
    b"GET %s HTTP/1.1\r\nHost: tap\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n"
)
ACCEPT = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
Handler = Callable[[ServerConnection], Awaitable[None]]


class Rig:
    """A running tap with the route `/r`, and what its journal holds."""

    def __init__(self, tap: Tap, journal: Journal, root: Path) -> None:
        self.tap = tap
        self.journal = journal
        self.root = root

    def url(self, path: str = "/r/v1/realtime", scheme: str = "ws") -> str:
        return f"{scheme}://127.0.0.1:{self.tap.port}{path}"

    async def records(self) -> list[Record]:
        """Stop the tap; all records of its only leg."""
        await self.tap.stop(grace_s=0.5)
        (folder,) = leg_folders(self.root)
        return list(read_leg(folder))

    async def legs(self) -> list[list[Record]]:
        await self.tap.stop(grace_s=0.5)
        return [list(read_leg(folder)) for folder in leg_folders(self.root)]


@asynccontextmanager
async def tapped(root: Path, upstream: str, **options: Any) -> AsyncIterator[Rig]:
    """`listen`, `route`, `settings` refine the settings; the rest goes to `Tap`."""
    listen = Listen(port=0, **options.pop("listen", {}))
    route = Route(**{"provider": "openai", "upstream": upstream, **options.pop("route", {})})
    settings = Settings(data_dir=str(root), tap=listen, routes={"r": route}, **options.pop("settings", {}))
    journal = Journal(root / "journal", limits=Limits(flush_ms=25))
    tap = Tap(settings, journal, **options)
    await tap.start()
    try:
        yield Rig(tap, journal, root / "journal")
    finally:
        await tap.stop(grace_s=0.5)
        await asyncio.to_thread(journal.close)


@asynccontextmanager
async def upstream(handler: Handler, **options: Any) -> AsyncIterator[tuple[Server, str]]:
    """A WebSocket server and its address."""
    async with serve(handler, "127.0.0.1", 0, **{"max_size": None, **options}) as server:
        scheme = "wss" if "ssl" in options else "ws"
        yield server, f"{scheme}://localhost:{server.sockets[0].getsockname()[1]}"


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def seen(records: list[Record], origin: Origin) -> list[tuple[Kind, bytes]]:
    """What one end sent after the handshake."""
    return [(r.kind, r.payload) for r in records if r.origin is origin and r.kind is not Kind.ANSWERED]


def opened(records: list[Record]) -> Opened:
    return msgspec.json.decode(records[0].payload, type=Opened)


def ended(records: list[Record]) -> Ended:
    return msgspec.json.decode(records[-1].payload, type=Ended)


def stored_bytes(root: Path) -> bytes:
    """Every byte below a folder, names included."""
    return b"".join(
        str(path).encode() + (path.read_bytes() if path.is_file() else b"")
        for path in sorted(root.rglob("*"))
    )


async def raw(port: int, data: bytes, *, ends: bool = False) -> bytes:
    """Send bytes as they are; everything that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    if ends:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer
