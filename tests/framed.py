"""Frames as `websockets` makes and reads them, and what our reader makes of the same bytes."""

from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol, Side, State

from earwitness.capture.frames import FrameReader
from earwitness.capture.inflate import inflaters
from earwitness.clock import Instant
from earwitness.journal.record import Kind

AT = Instant(1, 2)


class Notebook:
    def __init__(self):
        self.messages = []
        self.losses = []

    def seen(self, at, kind, payload):
        self.messages.append((kind, bytes(payload)))

    def lost(self, at, reason, count, byte_count, detail):
        self.losses.append((reason, count, byte_count))


def wire(*parts, masked=True, extensions=()):
    return b"".join(
        Frame(opcode, data, fin=fin).serialize(mask=masked, extensions=list(extensions))
        for opcode, data, fin in parts
    )


def read(chunks, inflater=None, **options):
    book = Notebook()
    reader = FrameReader(book, inflater, **options)
    for chunk in chunks:
        reader.feed(AT, chunk)
    return book, reader


def cut(data, size):
    return [data[i : i + size] for i in range(0, len(data), size)]


def judged(data, masked, extensions):
    """The same bytes through `websockets`: its frames, joined to messages."""
    protocol = Protocol(Side.SERVER if masked else Side.CLIENT, state=State.OPEN, max_size=None)
    protocol.extensions = list(extensions)
    protocol.receive_data(data)
    kinds = {Opcode.TEXT: Kind.TEXT, Opcode.BINARY: Kind.BINARY, Opcode.PING: Kind.PING}
    kinds |= {Opcode.PONG: Kind.PONG, Opcode.CLOSE: Kind.CLOSE}
    messages, parts, kind = [], [], None
    for frame in protocol.events_received():
        if frame.opcode in (Opcode.PING, Opcode.PONG, Opcode.CLOSE):
            messages.append((kinds[frame.opcode], bytes(frame.data)))
            continue
        kind = kinds.get(frame.opcode, kind)
        parts.append(bytes(frame.data))
        if frame.fin:
            messages.append((kind, b"".join(parts)))
            parts = []
    assert protocol.parser_exc is None
    return messages


def deflate(masked, takes_over=True, bits=15):
    """(as the sender has it, as the judge has it, our inflater)."""
    sender = PerMessageDeflate(False, not takes_over, 15, bits)
    judge = PerMessageDeflate(not takes_over, False, bits, 15)
    parameters = "" if takes_over else "; client_no_context_takeover; server_no_context_takeover"
    ours = inflaters(f"permessage-deflate{parameters}; server_max_window_bits={bits}")
    return sender, judge, ours[0 if masked else 1]
