"""One end of a call that took place, played again: to whoever dials, or by dialling."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.frames import EXTERNAL_CLOSE_CODES, CloseCode
from websockets.typing import Subprotocol

from earwitness.errors import EarwitnessError, InvalidInput, StorageUnavailable
from earwitness.simulator.caller import PATIENCE_MS, race
from earwitness.simulator.pace import Pace
from earwitness.simulator.upstream import MAX_FRAME_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that went over the socket, `at_ms` after it was up. `is_own`: the end we play sent it."""

    at_ms: float
    is_own: bool
    kind: Literal["text", "binary", "close"]
    payload: bytes  # of a close: its code in two bytes and the reason, or nothing (RFC 6455, 5.5.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What is played. `steps` may be asked for again; `messages` is how many of them are own messages.

    `in_turn`: an own message also waits until the other end has sent as many as stand before it.
    """

    steps: Callable[[], Iterator[Step]]
    messages: int
    subprotocols: tuple[str, ...] = ()
    speed: float = 1.0
    in_turn: bool = False


class Broken(EarwitnessError):
    """The other end did not stay, or did not say what was waited for."""


async def answer(script: Script, *, port: int = 0, on_url: Callable[[str], None]) -> None:
    """Listen on loopback and play to the first who dials; returns when that is done. Port 0: a free one.

    Whoever dials meanwhile is told to try later. Raises `Broken`, and `OSError` where the port is taken.
    """
    first: asyncio.Future[ServerConnection] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def hold(socket: ServerConnection) -> None:
        if first.done():
            await socket.close(CloseCode.TRY_AGAIN_LATER, "one call at a time")
            return
        first.set_result(socket)
        await over.wait()

    def choose(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
        return next((name for name in offered if name in script.subprotocols), None)

    async with serve(
        hold,
        "127.0.0.1",
        port,
        select_subprotocol=choose,
        max_size=MAX_FRAME_BYTES,
        compression=None,
        server_header=None,
    ) as server:
        on_url(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        try:
            await _Play(script, await first).whole()
        finally:
            over.set()


async def dial(script: Script, url: str, headers: Iterable[tuple[str, str]] = ()) -> None:
    """Connect to `url` and play to whoever answers. Raises `InvalidInput`, `StorageUnavailable`, `Broken`."""
    offered = [Subprotocol(name) for name in script.subprotocols] or None
    try:
        socket = await connect(
            url,
            additional_headers=list(headers),
            subprotocols=offered,
            max_size=MAX_FRAME_BYTES,
            compression=None,
            user_agent_header=None,
        )
    except InvalidURI as error:
        raise InvalidInput(
            f"{url} is no address of a WebSocket", hint="Write it like ws://127.0.0.1:8080/media."
        ) from error
    except (InvalidHandshake, ValueError) as error:
        raise Broken(f"{url}: {error}", hint="Does it need a key? --header 'Name: value'.") from error
    except OSError as error:
        raise StorageUnavailable(f"nobody answers at {url}: {error}", hint="Does it run there?") from error
    async with socket:
        await _Play(script, socket).whole()


class _Play:
    def __init__(self, script: Script, socket: Connection) -> None:
        self._script, self._socket = script, socket
        self._pace = Pace(script.speed)
        self._sent = 0
        self._heard = 0
        self._news = asyncio.Event()

    async def whole(self) -> None:
        """All of it, then the close as it was recorded. Raises `Broken`."""
        await race(self._speak(), self._listen())
        if self._sent < self._script.messages:
            raise Broken(
                f"the other end hung up after {self._sent} of {self._script.messages} messages",
                hint="They are sent at their recorded times: let it stay for them, or raise --speed.",
            )

    async def _speak(self) -> None:
        before, late_ms = 0, 0.0
        with suppress(ConnectionClosed):  # `_listen` ends too, and `whole` judges what was sent
            for step in self._script.steps():
                if step.kind != "close" and not step.is_own:
                    before += 1
                    continue
                if self._script.in_turn and await self._turn(before):
                    late_ms = max(late_ms, self._pace.now_ms() - step.at_ms)
                await self._pace.until(step.at_ms + late_ms)
                if step.kind == "close":
                    await self._socket.close(*_closing(step.payload))
                    return
                await self._socket.send(step.payload, text=step.kind == "text")
                self._sent += 1
            await self._socket.close()

    async def _turn(self, before: int) -> bool:
        """True where it had to be waited for. Raises `Broken` where it does not come."""
        waited = self._heard < before
        while self._heard < before:
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), PATIENCE_MS / 1000)
            except TimeoutError:
                raise Broken(
                    f"message {self._heard + 1} of the other end did not come within {PATIENCE_MS // 1000} s",
                    hint="It may send fewer than were recorded: without --in-turn nothing is waited for.",
                ) from None
        return waited

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            while True:
                await self._socket.recv(decode=False)
                self._heard += 1
                self._news.set()


def _closing(payload: bytes) -> tuple[int, str]:
    """Code and reason of a recorded close, where they may be sent."""
    code = int.from_bytes(payload[:2], "big")
    if code in EXTERNAL_CLOSE_CODES or 3000 <= code < 5000:
        return code, payload[2:].decode("utf-8", "replace")
    return CloseCode.NORMAL_CLOSURE, ""
