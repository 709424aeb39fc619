"""permessage-deflate as one side of a handshake agreed to it (RFC 7692)."""

import re
import zlib

TAIL = b"\x00\x00\xff\xff"  # what the sender took off the end of a message (RFC 7692, 7.2.1)
WINDOW_BITS = -15  # a larger window reads what a smaller one wrote, so what was agreed need not be trusted
GIVE_UP_FACTOR = 2  # a bomb is inflated no further than this many times the bound


class NotInflated(Exception):
    """The message cannot be had. It is dropped whole; its boundaries stay known."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason  # of the gap: too big is an `overrun`, unreadable a `parse_error`


class Inflater:
    """One direction's decompression; its window outlives a message unless both sides said otherwise."""

    def __init__(self, *, takes_over: bool) -> None:
        self._takes_over = takes_over
        self._zlib = zlib.decompressobj(WINDOW_BITS)
        self._is_dead = False

    @property
    def may_skip(self) -> bool:
        """May a whole message go by unread without harm to the next?"""
        return self._is_dead or not self._takes_over

    def give_up(self) -> None:
        """A part was not read: what refers to it cannot be read either."""
        self._is_dead = self._takes_over

    def inflate(self, data: bytes, is_last: bool, bound: int) -> bytes:
        """The next part of a message, at most `bound` bytes.

        Raises `NotInflated` for a larger one, after reading on for the sake of later messages as far as
        is sane, and for everything after it that can no longer be read.
        """
        if is_last:
            data += TAIL
        try:
            if self._is_dead:
                raise NotInflated("parse_error")
            inflated = self._zlib.decompress(data, max(1, bound + 1))
            if len(inflated) > bound:
                self._read_on(bound)
                raise NotInflated("overrun")
        except zlib.error:
            self._is_dead = self._takes_over
            raise NotInflated("parse_error") from None
        finally:
            if is_last and not self._takes_over:
                self._zlib, self._is_dead = zlib.decompressobj(WINDOW_BITS), False
        return inflated

    def _read_on(self, bound: int) -> None:
        """Keep the window true for the next message, unless that costs other calls their time."""
        left = bound * GIVE_UP_FACTOR
        while self._zlib.unconsumed_tail and left > 0:
            left -= len(self._zlib.decompress(self._zlib.unconsumed_tail, 1 << 20))
        self._is_dead = bool(self._zlib.unconsumed_tail)


def inflaters(answered_extensions: str) -> tuple[Inflater | None, Inflater | None]:
    """(of the client's messages, of the server's), from the server's `Sec-WebSocket-Extensions`."""
    offer = next(
        (
            e
            for e in answered_extensions.split(",")
            if e.split(";")[0].strip().lower() == "permessage-deflate"
        ),
        None,
    )
    if offer is None:
        return None, None
    parameters = {re.split(r"[=\s]", p.strip())[0].lower() for p in offer.split(";")[1:]}
    return (
        Inflater(takes_over="client_no_context_takeover" not in parameters),
        Inflater(takes_over="server_no_context_takeover" not in parameters),
    )
