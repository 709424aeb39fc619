"""Beside a call that OpenAI carries by SIP: accept it, if that is wished, and record a connection to it.

The connection sees every event of the call but not the caller's sound. It is opened as soon as the call is
told of, again and again until the call is there, and anew where it breaks; each one is a leg of its own.
"""

import asyncio
import http.client
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import quote, urlsplit

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from earwitness.capture.secrets import strike, strike_headers, strike_text
from earwitness.clock import Clock, SystemClock, here, uuid7
from earwitness.journal.record import Answered, Ended, Kind, Opened, Origin
from earwitness.journal.writer import Journal, LegWriter
from earwitness.settings import Sip

ANSWER_S = 10.0
PAUSES_S = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)  # between attempts; a call rings not much longer
MOST_BREAKS = 5  # after which a connection is not opened anew
LONGEST_MESSAGE_BYTES = 64 << 20
BODY_KEPT_BYTES = 4096
_TRY_AGAIN = frozenset(
    {404, 408, 409, 425, 429}
)  # the call is not there yet, or nobody has time; and all 5xx

T = TypeVar("T")

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Refusal(Exception):
    """The far end does not want to, or cannot be reached (no status)."""

    def __init__(self, status: int | None, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail

    @property
    def may_pass(self) -> bool:
        """Is it worth another attempt?"""
        return self.status is None or self.status in _TRY_AGAIN or self.status >= 500


class Beside:
    """Stands beside calls; `attend` one is done when its recording is."""

    def __init__(
        self,
        settings: Sip,
        journal: Journal,
        workspace: str,
        *,
        clock: Clock | None = None,
        pauses_s: tuple[float, ...] = PAUSES_S,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._workspace = workspace
        self._clock = clock or SystemClock()
        self._pauses_s = pauses_s
        self._base = settings.api_base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {settings.api_key}"}

    async def attend(self, call: str) -> None:
        """Record this call to its end. What is refused is a leg that says so. Raises nothing for the wire."""
        try:
            if self._settings.accept:
                await self._patiently(lambda: asyncio.to_thread(self._accept, call))
            is_lost = await self._record(call, await self._patiently(lambda: self._connect(call)))
        except Refusal as refusal:
            await self._tell(call, refusal)
            return
        try:
            for _ in range(MOST_BREAKS if is_lost else 0):
                is_lost = await self._record(call, await self._patiently(lambda: self._connect(call)))
                if not is_lost:
                    break
        except Refusal as refusal:  # the call is over; the leg that broke says that its end was not seen
            log.info("a call was not taken up again: status %s", refusal.status)

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What the attempt gives; tried again after a while where that may help."""
        for pause_s in self._pauses_s:
            try:
                return await attempt()
            except Refusal as refusal:
                if not refusal.may_pass:
                    raise
            await asyncio.sleep(pause_s)
        return await attempt()

    def _accept(self, call: str) -> None:
        """Answer the call. One that is answered already is as good; the first answer holds."""
        parts = urlsplit(self._base)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        far = kind(parts.hostname or "", parts.port, timeout=ANSWER_S)
        path = f"{parts.path}/v1/realtime/calls/{quote(call, safe='')}/accept"
        try:
            body = _encode({"type": "realtime", **self._settings.accept})
            far.request("POST", path, body, {**self._headers, "Content-Type": "application/json"})
            answer = far.getresponse()
            text = answer.read(BODY_KEPT_BYTES).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            raise Refusal(None, str(error) or type(error).__name__) from error
        finally:
            far.close()
        if answer.status != 409 and not 200 <= answer.status < 300:
            raise Refusal(answer.status, text)

    async def _connect(self, call: str) -> ClientConnection:
        url = f"ws{self._base.removeprefix('http')}{_path(call)}"
        try:
            return await _Connect(
                url,
                additional_headers=self._headers,
                compression=None,
                max_size=LONGEST_MESSAGE_BYTES,
                open_timeout=ANSWER_S,
                proxy=None,
            )
        except InvalidStatus as error:
            body = error.response.body[:BODY_KEPT_BYTES].decode("utf-8", "replace")
            raise Refusal(error.response.status_code, body) from error
        except (OSError, InvalidHandshake, TimeoutError) as error:
            raise Refusal(None, str(error) or type(error).__name__) from error

    async def _record(self, call: str, connection: ClientConnection) -> bool:
        """Everything that comes, until it ends; True where it broke off without a close frame."""
        writer = await self._open(call)
        answer = connection.response
        headers = strike_headers(tuple(answer.headers.raw_items())) if answer else ()
        answered = Answered(status=101, reason="Switching Protocols", headers=headers)
        self._append(writer, Origin.SERVER, Kind.ANSWERED, _encode(answered))
        ended = Ended(why="stopped", by="recorder")
        try:
            while True:
                message = await connection.recv()
                is_text = isinstance(message, str)
                payload = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
                self._append(writer, Origin.SERVER, Kind.TEXT if is_text else Kind.BINARY, strike(payload))
        except ConnectionClosed as closed:
            ended = Ended(why="lost" if closed.rcvd is None else "closed", by="server")
            if closed.rcvd is not None:
                payload = closed.rcvd.code.to_bytes(2, "big") + closed.rcvd.reason.encode()
                self._append(writer, Origin.SERVER, Kind.CLOSE, strike(payload))
        finally:
            self._append(writer, Origin.RECORDER, Kind.ENDED, _encode(ended))
            writer.close(timeout_s=0)
            connection.transport.abort()
        return ended.why == "lost"

    async def _tell(self, call: str, refusal: Refusal) -> None:
        """A leg that never came to be."""
        writer = await self._open(call)
        if refusal.status is not None:
            answered = Answered(status=refusal.status, body=strike_text(refusal.detail))
            self._append(writer, Origin.SERVER, Kind.ANSWERED, _encode(answered))
        why = "unreachable" if refusal.status is None else "refused"
        detail = strike_text(refusal.detail) if refusal.status is None else ""
        self._append(writer, Origin.RECORDER, Kind.ENDED, _encode(Ended(why=why, by="server", detail=detail)))
        writer.close(timeout_s=0)

    async def _open(self, call: str) -> LegWriter:
        now = self._clock.now()
        opened = Opened(
            clock=here(),
            leg=str(uuid7(now.wall_ns)),
            conversation=str(uuid7(now.wall_ns)),
            workspace=self._workspace,
            provider="openai",
            way="sip",
            links=(f"call:{call}",),
            path=_path(call),
        )
        writer = await asyncio.to_thread(self._journal.open_leg, opened.leg)
        writer.append(now, Origin.RECORDER, Kind.OPENED, strike(_encode(opened)))
        return writer

    def _append(self, writer: LegWriter, origin: Origin, kind: Kind, payload: bytes) -> None:
        writer.append(self._clock.now(), origin, kind, payload)


class _Connect(connect):
    """Goes where it is told to, and nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def _path(call: str) -> str:
    return f"/v1/realtime?call_id={quote(call, safe='')}"
