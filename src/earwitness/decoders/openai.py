"""OpenAI Realtime (`/v1/realtime`), as client or as sideband of a call; names of GA and beta alike.

Of a text that comes many times (deltas, done, item, response) the whole one counts; sound is what
`input_audio_buffer.append` and `response.output_audio.delta` carry, and nothing else.
"""

import msgspec

from earwitness.decoders.openai_items import Items
from earwitness.decoders.openai_names import ALIASES, PASSED_OVER, SOUNDS
from earwitness.decoders.openai_session import Session
from earwitness.decoders.openai_talk import Talk
from earwitness.decoders.wire import BROKEN, Unreadable, id_of, read_base64, read_object, text_of
from earwitness.journal.record import Record
from earwitness.model.events import Event, LegIdentified, Party, Stamp, Undecoded


class _Frame(msgspec.Struct, gc=False):
    """The little that must be read of a frame to know its name and its sound."""

    type: str = ""
    item_id: str | None = None
    audio: str | None = None
    delta: str | None = None


_FRAME = msgspec.json.Decoder(_Frame)


class OpenAIRealtime:
    """One socket. `call` is the id of the WebRTC or SIP call that this socket stands beside, if any."""

    def __init__(self, call: str | None = None) -> None:
        items = Items()
        self._call = call
        self._session = Session(items)
        self._handlers = {**self._session.handlers, **Talk(items, self._session).handlers}

    @property
    def names(self) -> frozenset[str]:
        """The events that this decoder reads."""
        return frozenset(
            {*self._handlers, *SOUNDS} | {beta for beta, ga in ALIASES.items() if ga in self._handlers}
        )

    def opened(self, seen: Stamp) -> list[Event]:
        if self._call is None:
            return []
        return [LegIdentified(seen=seen, provider_ids={"call_id": self._call}, links=(f"call:{self._call}",))]

    def skipped(self) -> None:
        """Nothing to do: every event stands for itself."""

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        name = ""
        events: list[Event] = []
        try:
            frame = _read(record.payload)
            name = frame.type
            if party := SOUNDS.get(name):
                sound = _sound(party, frame)
                return self._session.heard(seen, party, len(sound), frame.item_id) if sound else []
            if handler := self._handlers.get(ALIASES.get(name, name)):
                events.extend(handler(seen, read_object(record.payload)))
            elif name not in PASSED_OVER:
                raise Unreadable("unknown event" if name else "no type")
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name=name))
        return events

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        try:
            frame = _read(record.payload)
            party = SOUNDS.get(frame.type)
            sound = _sound(party, frame) if party else b""
        except Unreadable:
            return []
        return [(party, sound)] if party and sound else []


def _read(payload: bytes) -> _Frame:
    """The frame; its name without the blanks that some write around it."""
    try:
        frame = _FRAME.decode(payload)
    except BROKEN:
        body = read_object(payload)
        frame = _Frame(
            type=text_of(body, "type") or "",
            item_id=id_of(body, "item_id"),
            audio=text_of(body, "audio"),
            delta=text_of(body, "delta"),
        )
    frame.type = frame.type.strip()
    return frame


def _sound(party: Party, frame: _Frame) -> bytes:
    text = frame.audio if party is Party.CALLER else frame.delta
    if text is None:
        raise Unreadable("no audio")
    return read_base64(text)
