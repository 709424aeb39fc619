"""Reading WebSocket messages from a copy of the bytes (RFC 6455, section 5; RFC 7692).

Passive: nothing here answers, fails a connection or delays a byte. One reader per direction. It asks for
no more than is needed to find the messages, so that what two lenient ends accept is recorded too.
"""

from typing import Protocol

from earwitness.capture.inflate import Inflater, NotInflated
from earwitness.clock import Instant
from earwitness.journal.record import Kind

try:
    from websockets.speedups import apply_mask
except ImportError:  # the in-process recorder is installed without websockets

    def apply_mask(data: bytes, mask: bytes) -> bytes:  # type: ignore[misc]
        """RFC 6455, 5.3, as one big number: the fastest way plain Python knows."""
        size = len(data)
        repeated = (mask * (size // 4 + 1))[:size]
        return (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


MESSAGE_BYTES = 16 << 20  # the largest message providers take (wire reference, 9)
SWOLLEN = 4  # deflate makes noise longer, never by more than this part of it (zlib, deflateBound)
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_WHOLE = {0x80 | TEXT: Kind.TEXT, 0x80 | BINARY: Kind.BINARY}  # by the first byte of a message in one frame
KINDS = {TEXT: Kind.TEXT, BINARY: Kind.BINARY, CLOSE: Kind.CLOSE, PING: Kind.PING, PONG: Kind.PONG}


class Sink(Protocol):
    """Where a reader puts what it saw, in order."""

    def seen(self, at: Instant, kind: Kind, payload: bytes) -> None:
        """One whole message or control frame, unmasked and inflated; `at`: when its last byte came."""

    def lost(self, at: Instant, reason: str, count: int, byte_count: int, detail: str) -> None:
        """So many whole messages, or a stretch that holds no countable messages, are missing here."""


class FrameReader:
    """Chunks in, whole messages out.

    `dropping` may be set at any time: from then on message boundaries are kept, data messages are counted
    instead of kept, and a close frame still comes out. When it is unset, `lost` is told once, before the
    next message. After `is_broken` the bytes are no frames any more: the caller keeps them raw.
    """

    def __init__(
        self, sink: Sink, inflater: Inflater | None = None, message_bytes: int = MESSAGE_BYTES
    ) -> None:
        self.dropping = False
        self.is_broken = False
        self.is_closed = False
        self.rest = b""  # after `is_broken`: what could not be read
        self._sink = sink
        self._inflater = inflater
        self._message_bytes = message_bytes
        self._first = 0  # first byte of the frame whose payload is arriving
        self._mask = b""
        self._missing = 0  # payload bytes that frame still lacks
        self._pieces: list[bytes] = []
        self._kept_bytes = 0
        self._is_skipping = False  # the frame that is arriving goes by unkept
        self._opcode = CONTINUATION  # of the message that is arriving in fragments
        self._is_compressed = False
        self._is_lost = False  # that message: it will be counted, not kept
        self._why = "overrun"
        self._parts: list[bytes] = []
        self._part_bytes = 0
        self._seen_bytes = 0
        self._lost = [0, 0]  # messages and bytes dropped and not yet told
        self._lost_reason = ""
        self._usual = b""  # head, without the mask, of the last message in one frame that ended a chunk
        self._usual_start = 0  # of its payload
        self._usual_bytes = 1 << 62  # of the whole frame; there is none yet, and no chunk is so long
        self._usual_kind = Kind.TEXT

    @property
    def is_between_frames(self) -> bool:
        """Nothing of a frame has come without the rest of it."""
        return not (self.is_broken or self.rest or self._missing)

    @property
    def is_between_messages(self) -> bool:
        """Nothing of a message has come without the rest of it."""
        return self.is_between_frames and not self._opcode

    def feed(self, at: Instant, chunk: bytes) -> None:
        """Take what one read returned. Never raises for what the bytes are."""
        if self._missing or self.rest or self.is_broken:
            self._go_on(at, chunk)
            return
        offset, end = 0, len(chunk)
        if not (self._opcode or self.dropping or self._lost_reason):
            usual, size = self._usual, self._usual_bytes
            while offset + size <= end and chunk.startswith(usual, offset):  # most frames are like the last
                start = offset + self._usual_start
                offset += size
                payload = chunk[start:offset]
                if usual[1] & 0x80:
                    payload = apply_mask(payload, chunk[start - 4 : start])
                self._sink.seen(at, self._usual_kind, payload)
        if offset < end:
            self._walk(at, chunk, offset)

    def _go_on(self, at: Instant, chunk: bytes) -> None:
        """The same where the chunk before ended amid a frame."""
        offset = 0
        if self._missing:
            if len(chunk) < self._missing:
                self._take_piece(chunk)
                return
            offset = self._missing
            self._take_piece(chunk if offset == len(chunk) else chunk[:offset])
            self._frame_arrived(at)
        if self.is_broken:
            self.rest = chunk[offset:]
            return
        if self.rest:
            chunk, offset, self.rest = self.rest + chunk[offset:], 0, b""
        self._walk(at, chunk, offset)

    def finish(self, at: Instant) -> None:
        """No more will come: what is half there is told as lost."""
        half = len(self.rest) + self._kept_bytes + self._part_bytes
        if not self.is_broken and (half or self._missing or self._opcode):
            self._lose(at, "torn", 1, half)
        self.settle(at)

    def _walk(self, at: Instant, data: bytes, offset: int) -> None:
        end = len(data)
        while offset + 2 <= end:
            first, second = data[offset], data[offset + 1]
            length, start = second & 0x7F, offset + 2
            if length > 125:
                size = 2 if length == 126 else 8
                length = int.from_bytes(data[start : start + size], "big")
                start += size
            mask = b""
            if second & 0x80:
                mask = data[start : start + 4]
                start += 4
            if start > end:
                break
            is_whole = first in _WHOLE
            if (not is_whole or length >> 63) and self._refuse(at, first, length):
                break
            stop = start + length
            if stop > end:
                self._begin(first, mask, length, data[start:])
                return
            payload = data[start:stop]
            if mask:
                payload = apply_mask(payload, mask)
            if not is_whole or self._opcode or self.dropping or length > self._message_bytes:
                self._take_frame(at, first, payload)
                if self.is_broken:
                    break
            else:
                if self._lost_reason:
                    self.settle(at)
                kind = _WHOLE[first]
                if stop == end:
                    self._usual = data[offset : start - len(mask)]
                    self._usual_bytes, self._usual_start = end - offset, start - offset
                    self._usual_kind = kind
                self._sink.seen(at, kind, payload)
            offset = stop
        self.rest = data[offset:] if offset < end else b""

    def _refuse(self, at: Instant, first: int, length: int) -> bool:
        """Is this no frame? Only what makes the boundaries doubtful counts (RFC 6455, 5.2 and 5.4)."""
        opcode = first & 0x0F
        is_control = opcode & 0x08
        wrong = first & 0x30 or (opcode and opcode not in KINDS)
        wrong = wrong or (first & 0x40 and (self._inflater is None or is_control or not opcode))
        wrong = wrong or (is_control and (length > 125 or not first & 0x80))
        wrong = wrong or (not opcode and not self._opcode) or length >> 63
        if wrong:
            self._break(at, f"no frame begins with byte 0x{first:02x} here")
        return bool(wrong)

    def _break(self, at: Instant, detail: str) -> None:
        self.is_broken = True
        if self._opcode:
            self._lose(at, "parse_error", 1, self._part_bytes)
        self.settle(at)
        self._sink.lost(at, "parse_error", 0, 0, detail)

    def _begin(self, first: int, mask: bytes, length: int, payload: bytes) -> None:
        self._first, self._mask, self._missing = first, mask, length
        is_control = first & 0x08
        held = self._part_bytes if self._opcode else 0
        needs_inflating = self._needs_inflating(first)
        bound = self._message_bytes + (self._message_bytes // SWOLLEN if needs_inflating else 0)
        is_too_big = length + held > bound
        self._is_skipping = not is_control and (is_too_big or (self.dropping and not needs_inflating))
        if is_too_big and self._inflater is not None and needs_inflating:
            self._inflater.give_up()
        self._take_piece(payload)

    def _needs_inflating(self, first: int) -> bool:
        """Must this payload be read, even if it is not kept, so that later messages can be?"""
        is_compressed = first & 0x40 or (self._opcode and self._is_compressed)
        return bool(is_compressed and self._inflater and not self._inflater.may_skip)

    def _take_piece(self, piece: bytes) -> None:
        self._missing -= len(piece)
        self._kept_bytes += len(piece)
        if not self._is_skipping:
            self._pieces.append(piece)

    def _frame_arrived(self, at: Instant) -> None:
        payload = b"".join(self._pieces)
        size, skipped = self._kept_bytes, self._is_skipping
        self._pieces, self._kept_bytes, self._is_skipping = [], 0, False
        if self._mask and not skipped:
            payload = apply_mask(payload, self._mask)
        self._take_frame(at, self._first, payload, size if skipped else 0)

    def _take_frame(self, at: Instant, first: int, payload: bytes, skipped_bytes: int = 0) -> None:
        """A whole frame: a control frame comes out at once, a data frame goes to its message."""
        opcode = first & 0x0F
        if opcode & 0x08:
            self._take_control(at, opcode, payload)
            return
        if opcode and self._opcode:  # a new message inside one that has not ended (RFC 6455, 5.4)
            self._break(at, "a message began before the one before it ended")
            return
        if opcode:
            self._opcode = opcode
            self._is_compressed = bool(first & 0x40)
            self._is_lost = self.dropping
        self._is_lost = self._is_lost or self.dropping or bool(skipped_bytes)
        self._take_part(payload, bool(first & 0x80))
        self._seen_bytes += skipped_bytes
        if first & 0x80:
            self._message_arrived(at)

    def _take_control(self, at: Instant, opcode: int, payload: bytes) -> None:
        if opcode == CLOSE:
            self.is_closed = True
        elif self.dropping:
            self._lose(at, "overrun", 1, len(payload))
            return
        if self._lost_reason and not self._opcode:
            self.settle(at)
        self._sink.seen(at, KINDS[opcode], payload)

    def _take_part(self, payload: bytes, is_last: bool) -> None:
        self._seen_bytes += len(payload)
        if self._is_compressed and self._inflater is not None:
            try:
                payload = self._inflater.inflate(payload, is_last, self._message_bytes - self._part_bytes)
            except NotInflated as error:
                self._is_lost, self._why = True, error.reason
        if self._part_bytes + len(payload) > self._message_bytes:
            self._is_lost = True
        if self._is_lost:
            self._parts, self._part_bytes = [], 0
        else:
            self._parts.append(payload)
            self._part_bytes += len(payload)

    def _message_arrived(self, at: Instant) -> None:
        if self._is_lost:
            self._lose(at, self._why, 1, self._seen_bytes)
        else:
            self.settle(at)
            parts = self._parts
            self._sink.seen(at, KINDS[self._opcode], parts[0] if len(parts) == 1 else b"".join(parts))
        self._opcode, self._is_lost, self._why, self._parts = CONTINUATION, False, "overrun", []
        self._part_bytes = self._seen_bytes = 0

    def _lose(self, at: Instant, reason: str, count: int, byte_count: int) -> None:
        if self._lost_reason != reason:
            self.settle(at)
        self._lost_reason = reason
        self._lost[0] += count
        self._lost[1] += byte_count

    def settle(self, at: Instant) -> None:
        """Tell now what was dropped so far."""
        if self._lost_reason:
            self._sink.lost(at, self._lost_reason, self._lost[0], self._lost[1], "")
            self._lost, self._lost_reason = [0, 0], ""
