"""What a program hands over: an event in whatever form its library has it, as bytes."""

import msgspec

from earwitness.journal.record import Kind

_encode_event = msgspec.json.Encoder().encode


class Sound(bytes):
    """Bytes that are sound, whatever they look like."""


def in_bytes(event: object) -> tuple[Kind, bytes]:
    """An event as it went over the wire, as far as that is known. Bytes that are UTF-8 count as text."""
    if isinstance(event, Sound):
        return Kind.BINARY, event
    if isinstance(event, str):
        return Kind.TEXT, event.encode("utf-8", "surrogatepass")
    if isinstance(event, bytes | bytearray | memoryview):
        payload = bytes(event)
        try:
            return (Kind.TEXT if payload.isascii() or payload.decode() else Kind.BINARY), payload
        except UnicodeDecodeError:
            return Kind.BINARY, payload
    for name in ("model_dump_json", "to_json"):
        words = getattr(event, name, None)
        if callable(words):
            text = words(exclude_unset=True) if name == "model_dump_json" else words()
            return Kind.TEXT, text.encode() if isinstance(text, str) else _encode_event(text)
    if isinstance(event, int | float | None):
        raise TypeError("an event is a message, not a number")
    return Kind.TEXT, _encode_event(event)
