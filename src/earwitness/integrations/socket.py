"""Listening in on a socket of the `websockets` library, which all the providers' libraries talk through.

The object's own methods are called with what they were called with, and give what they give; the recorder
hears of it on the way.
"""

import inspect
from collections.abc import Callable
from typing import Any

from earwitness.capture.edge import guarded
from earwitness.integrations.attached import Attached
from earwitness.journal.record import Ended


class Ear:
    """Listens to one socket, blocking or asynchronous, from now on. `received_count`: messages heard."""

    def __init__(self, socket: Any, attached: Attached) -> None:
        self.received_count = 0
        self._attached = attached
        attached.again()
        self._leg = attached.leg
        self._recv, self._send, self._close = socket.recv, socket.send, socket.close
        if inspect.iscoroutinefunction(socket.recv):
            socket.recv, socket.send, socket.close = self._arecv, self._asend, self._aclose
        else:
            socket.recv, socket.send, socket.close = self._recv_now, self._send_now, self._close_now

    async def _arecv(self, *args: Any, **options: Any) -> Any:
        try:
            message = await self._recv(*args, **options)
        except Exception as error:
            self._over(error)
            raise
        self._heard(message)
        return message

    async def _asend(self, message: Any, *args: Any, **options: Any) -> Any:
        self._said(message)
        return await self._send(message, *args, **options)

    async def _aclose(self, *args: Any, **options: Any) -> Any:
        try:
            return await self._close(*args, **options)
        finally:
            self._gone(Ended(why="closed", by="client"))

    def _recv_now(self, *args: Any, **options: Any) -> Any:
        try:
            message = self._recv(*args, **options)
        except Exception as error:
            self._over(error)
            raise
        self._heard(message)
        return message

    def _send_now(self, message: Any, *args: Any, **options: Any) -> Any:
        self._said(message)
        return self._send(message, *args, **options)

    def _close_now(self, *args: Any, **options: Any) -> Any:
        try:
            return self._close(*args, **options)
        finally:
            self._gone(Ended(why="closed", by="client"))

    def _heard(self, message: Any) -> None:
        self.received_count += 1
        self._attached.received(message)

    def _said(self, message: Any) -> None:
        """A message that is handed over in fragments cannot be read twice: it is a gap."""
        self._attached.sent(message if isinstance(message, str | bytes | bytearray | memoryview) else None)

    def _over(self, error: Exception) -> None:
        guarded(lambda: self._tell_end(error), lambda _: None)

    def _tell_end(self, error: Exception) -> None:
        from websockets.exceptions import ConnectionClosed

        if isinstance(error, ConnectionClosed):
            self._gone(how_it_ended(error))

    def _gone(self, ended: Ended) -> None:
        """A socket that was replaced may be closed later than its successor begins."""
        if self._attached.leg == self._leg:
            self._attached.gone(ended)


def how_it_ended(error: Any) -> Ended:
    """From the library's `ConnectionClosed`: who closed, with which code, or that nobody did."""
    received = error.rcvd
    if received is None:
        return Ended(why="lost", by="server")
    by = "client" if error.sent is not None and not error.rcvd_then_sent else "server"
    return Ended(why="closed", by=by, detail=f"{received.code} {received.reason}".strip())


def is_waited_on(socket: Any) -> bool:
    """Somebody is in the middle of `recv`: what that call brings passes by every `Ear` that begins now."""
    assembler = getattr(socket, "recv_messages", None)
    if assembler is not None:
        return bool(getattr(assembler, "get_in_progress", False))
    return getattr(socket, "_pop_message_waiter", None) is not None


def listen(socket: Any, attached: Attached) -> Ear:
    """As `Ear`; a message that is known to pass by it is a gap."""
    if is_waited_on(socket):
        attached.received(None)
    return Ear(socket, attached)


def watch(owner: Any, attribute: str, on_socket: Callable[[Any], object]) -> None:
    """Whatever the attribute is set to from now on is shown to `on_socket` before anybody uses it.

    The object gets a class of its own, made from its class; in all else it is what it was.
    """

    def put(self: Any, value: Any) -> None:
        self.__dict__[attribute] = value
        if value is not None:
            guarded(lambda: on_socket(value), lambda _: None)

    kind = type(owner)
    owner.__dict__.setdefault(attribute, None)
    body = {attribute: property(lambda self: self.__dict__[attribute], put), "__module__": kind.__module__}
    owner.__class__ = type(kind.__name__, (kind,), {**body, "__qualname__": kind.__qualname__})
