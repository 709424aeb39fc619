"""The splice: bytes from one end to the other, unchanged, and a copy to the intake.

Back-pressure goes through: an end that does not read stops the other from being read. A side's end of
stream goes through too, as does a reset. Nothing here looks at what the bytes are.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Callable
from typing import cast

from earwitness.capture.intake import Intake
from earwitness.clock import Clock
from earwitness.journal.record import Origin

WRITE_BUFFER_BYTES = 256 * 1024  # per end; beyond it the other end is not read
DEAD_PEER_S = 50  # a peer that vanished without a word is noticed within a minute
HALF_CLOSED_S = 30  # how long one direction may outlive the other
CLOSE_RESTART = struct.pack(">H", 1012) + b"recorder restarts"


class Splice:
    """Two ends that are joined, and what is told when they part. `on_end` is called once."""

    def __init__(
        self,
        intake: Intake | None,
        clock: Clock,
        on_end: Callable[["Splice"], None],
        is_tls: tuple[bool, bool],
    ) -> None:
        self.intake = intake  # None: nothing of what flows is kept
        self.clock = clock
        self.is_stopping = False
        self.ended_by: Origin | None = None
        self.error: Exception | None = None
        self.client = End(self, Origin.CLIENT, is_tls[0])
        self.server = End(self, Origin.SERVER, is_tls[1])
        self.client.peer, self.server.peer = self.server, self.client
        self._on_end = on_end
        self._open_count = 2
        self._linger: asyncio.TimerHandle | None = None

    def note_end(self, end: "End", error: Exception | None = None) -> None:
        """The first word of an end that goes is what the leg's end is told by."""
        if self.ended_by is None:
            self.ended_by, self.error = end.origin, error
        if self._linger is None:
            self._linger = asyncio.get_running_loop().call_later(HALF_CLOSED_S, self.abort)

    def note_gone(self) -> None:
        """One transport is wholly closed."""
        self._open_count -= 1
        if self._open_count == 0:
            if self._linger is not None:
                self._linger.cancel()
            self._on_end(self)

    def abort(self) -> None:
        """Part at once, whatever is unsent."""
        for end in (self.client, self.server):
            end.transport.abort()

    def stop(self) -> None:
        """Say goodbye to both ends where they can hear it: a close frame 1012, then the end of stream.

        Only between two frames of what an end has got so far may another frame stand. Ends that are
        parting already are left to it.
        """
        if self.intake is not None:
            self.intake.read()
        if self.ended_by is not None or (self.intake is not None and self.intake.closed_by):
            return
        self.is_stopping = True
        if self.intake is not None:
            for end, origin in ((self.client, Origin.SERVER), (self.server, Origin.CLIENT)):
                if self.intake.is_between_frames(origin):
                    end.transport.write(close_frame(CLOSE_RESTART, is_masked=end is self.server))
        for end in (self.client, self.server):
            end.finish_writing()


class End(asyncio.Protocol):
    """One end of a splice."""

    transport: asyncio.Transport
    peer: "End"

    def __init__(self, splice: Splice, origin: Origin, is_tls: bool) -> None:
        self.origin = origin
        self._splice = splice
        self._is_tls = is_tls
        self._intake = splice.intake
        self._now = splice.clock.now
        self._has_ended = False

    def take_over(self, transport: asyncio.Transport) -> None:
        """From now on this end answers for `transport`."""
        self.transport = transport
        transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        if self._splice.is_stopping:
            self._stopped(data)
            return
        self.peer.transport.write(data)
        if self._intake is not None:
            self._intake.feed(self.origin, data, self._now())

    def pause_writing(self) -> None:
        if not self.peer.transport.is_closing():
            self.peer.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self.peer.transport.is_closing():
            self.peer.transport.resume_reading()

    def eof_received(self) -> bool:
        """An end says no more, and the other end hears so. True keeps this one open for what comes back."""
        self._has_ended = True
        self._splice.note_end(self)
        self.peer.finish_writing()
        if self.peer._has_ended:
            self.peer.transport.close()
            return False
        return not self._is_tls  # TLS knows no half-closed connection

    def finish_writing(self) -> None:
        """No more will be written to this end."""
        if self.transport.is_closing():
            return
        if self._is_tls or not self.transport.can_write_eof():
            self.transport.close()
            return
        try:
            self.transport.write_eof()
        except OSError:  # the other side reset it, and the transport has not noticed yet
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._splice.note_end(self, exc)
        if not self.peer.transport.is_closing():
            if exc is None:
                self.peer.transport.close()
            else:
                self.peer.transport.abort()
        self._splice.note_gone()

    def _stopped(self, data: bytes) -> None:
        """After our goodbye only the answer to it is waited for."""
        if self._intake is not None:
            self._intake.feed(self.origin, data, self._now())
            self._intake.read()
            if self.origin in self._intake.closed_by:
                self.transport.close()


def close_frame(payload: bytes, *, is_masked: bool) -> bytes:
    """A whole close frame (RFC 6455, 5.5.1); a client's is masked."""
    if not is_masked:
        return bytes((0x88, len(payload))) + payload
    mask = os.urandom(4)
    return bytes((0x88, 0x80 | len(payload))) + mask + bytes(b ^ mask[i & 3] for i, b in enumerate(payload))


def tune(transport: asyncio.BaseTransport) -> None:
    """Small frames leave at once; a peer that is gone is noticed. Does nothing for what is no TCP."""
    sock = cast(socket.socket | None, transport.get_extra_info("socket"))
    if sock is None or sock.family not in (socket.AF_INET, socket.AF_INET6):
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", DEAD_PEER_S * 2 // 5),
        ("TCP_KEEPINTVL", DEAD_PEER_S // 5),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", DEAD_PEER_S * 1000),
    ):
        option = getattr(socket, name, None)  # not every system has all of them
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
