"""The two ends of a leg until its handshake is through."""

import asyncio
from collections.abc import Callable
from typing import cast

from earwitness.capture.crowd import Crowd
from earwitness.capture.head import HEAD_BYTES, Answer, Request, read_answer, read_request
from earwitness.capture.problems import Refused, bad_request, too_many
from earwitness.capture.pump import tune
from earwitness.errors import InvalidInput

HANDSHAKE_S = 10.0
BODY_BYTES = 8 * 1024  # looked at of a refusal; more than is kept, so that no credential is cut in two


class Front(asyncio.Protocol):
    """A caller's connection, until a splice takes it over. Holds back what follows the head until then."""

    transport: asyncio.Transport

    def __init__(self, on_request: Callable[["Front", Request], None], crowd: Crowd | None = None) -> None:
        self.held = b""  # what came after the head; forwarded when the upstream has said 101
        self.is_gone = asyncio.Event()
        self.upstream: asyncio.Transport | None = None  # read no faster than the caller takes a refusal
        self._on_request = on_request
        self._head = b""
        self._has_head = False
        self._timer: asyncio.TimerHandle | None = None
        self._crowd = crowd or Crowd(0)  # of those whose head is not here yet, by address
        self._address = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass of it
        tune(transport)
        address = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._crowd.enter(address):
            self.refuse(too_many("connections from this address"))
            return
        self._address = address
        self._timer = asyncio.get_running_loop().call_later(HANDSHAKE_S, self.transport.abort)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._has_head:
            self.held += data
            if len(self.held) > HEAD_BYTES:
                self.transport.pause_reading()
            return
        self._head += data
        try:
            request = read_request(self._head)
        except InvalidInput as error:
            self.refuse(bad_request(str(error), error.hint))
            return
        if request is not None:
            self._has_head = True
            self._stop_timer()
            self.held, self._head = self._head[request.size :], b""
            self._on_request(self, request)

    def refuse(self, refused: Refused) -> None:
        """Answer ourselves and close. Does nothing where the caller is gone."""
        self._has_head = True
        if not self.transport.is_closing():
            self.transport.write(refused.answer)
            self.transport.close()

    def pause_writing(self) -> None:
        if self.upstream is not None and not self.upstream.is_closing():
            self.upstream.pause_reading()

    def resume_writing(self) -> None:
        if self.upstream is not None and not self.upstream.is_closing():
            self.upstream.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self.is_gone.set()

    def _stop_timer(self) -> None:
        if self._address:
            self._crowd.leave(self._address)
            self._address = ""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Back(asyncio.Protocol):
    """A connection to an upstream, until its answer is through. Every byte goes on to the caller at once."""

    transport: asyncio.Transport

    def __init__(self, front: Front) -> None:
        self.answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.copy = b""  # of what came after the answer's head
        self.has_answered = False  # any byte at all
        self.on_upgrade: Callable[[Answer], None] | None = None  # must take the transport over at once
        self._front = front
        self._body_left: int | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport = cast(asyncio.Transport, transport)
        self._front.upstream = self.transport
        tune(transport)

    def data_received(self, data: bytes) -> None:
        self._front.transport.write(data)
        self.has_answered = True
        if self.answer.done():
            self._take_body(data)
            return
        self.copy += data
        try:
            answer = read_answer(self.copy)
            while answer is not None and answer.status < 200 and answer.status != 101:
                self.copy = self.copy[answer.size :]  # an interim answer (RFC 9110, 15.2)
                answer = read_answer(self.copy)
        except InvalidInput:
            self.answer.set_result(None)
            return
        if answer is not None:
            body, self.copy = self.copy[answer.size :], b""
            if answer.status == 101 and self.on_upgrade is not None:
                self.copy = body
                self.answer.set_result(answer)
                self.on_upgrade(answer)
                return
            self._body_left = answer.body_bytes
            self.answer.set_result(answer)
            self._take_body(body)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.answer.done():
            self.answer.set_result(None)
        if not self.done.done():
            self.done.set_result(None)

    def _take_body(self, data: bytes) -> None:
        self.copy += data[: BODY_BYTES - len(self.copy)]
        if self._body_left is not None:
            self._body_left -= len(data)
            if self._body_left <= 0 and not self.done.done():
                self.done.set_result(None)
