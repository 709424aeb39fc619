"""Twilio Media Streams: Twilio dials the bot and is the client of the leg. Numbers come as strings.

What Twilio sends as `inbound` is the caller; `outbound` is what the caller hears (`both_tracks`). What the
bot sends is queued by Twilio and played in order; `mark` and `clear` tell of that queue.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from earwitness.clock import NS_PER_MS
from earwitness.decoders.twilio_parameters import labelled, told_by
from earwitness.decoders.wire import (
    BROKEN,
    RATES_HZ,
    Unreadable,
    id_of,
    ms_of,
    object_of,
    read_base64,
    read_object,
    text_of,
    whole_of,
)
from earwitness.journal.record import Origin, Record
from earwitness.model.events import (
    AudioArrived,
    DigitPressed,
    EndAnnounced,
    Event,
    Evidence,
    FormatSet,
    LegIdentified,
    Party,
    PlaybackCut,
    PlaybackReported,
    ProblemReported,
    Stamp,
    Undecoded,
)

Body = dict[str, Any]

PASSED_OVER = {
    "connected": "the protocol's greeting; start tells all",
}
FORMATS = {"audio/x-mulaw": "mulaw", "audio/x-alaw": "alaw", "audio/x-l16": "pcm_s16le"}
DEFAULT_FORMAT = ("mulaw", 8000)  # the only one Twilio has; others speak its protocol with more


class _Media(msgspec.Struct, gc=False):
    payload: str | None = None
    track: str | None = None
    timestamp: str | int | None = None


class _Frame(msgspec.Struct, gc=False, rename={"number": "sequenceNumber"}):
    """What must be read of a frame to know its name, its place and its sound."""

    event: str = ""
    number: str | int | None = None
    media: _Media | None = None


_FRAME = msgspec.json.Decoder(_Frame)


class TwilioMediaStreams:
    """One stream."""

    def __init__(self) -> None:
        self._formats: dict[Party, tuple[str, int]] = {}
        self._ids: dict[str, str] = {}
        self._last_number: int | None = None
        self._handlers = {
            "start": self._on_start,
            "stop": self._on_stop,
            "mark": self._on_mark,
            "clear": self._on_clear,
            "dtmf": self._on_dtmf,
        }

    @property
    def names(self) -> frozenset[str]:
        """The events that this decoder reads."""
        return frozenset({*self._handlers, "media"})

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def skipped(self) -> None:
        """What is missing now was not lost by Twilio."""
        self._last_number = None

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        name = ""
        events: list[Event] = []
        try:
            frame = _read(record.payload)
            name = frame.event
            if not name:
                raise Unreadable("no event")
            events.extend(self._missing(seen, record, frame))
            if name == "media":
                events.extend(self._heard(seen, record, frame))
            elif handler := self._handlers.get(name):
                events.extend(handler(seen, read_object(record.payload), record.origin))
            elif name not in PASSED_OVER:
                raise Unreadable("unknown event")
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name=name))
        return events

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        try:
            frame = _read(record.payload)
            if frame.event != "media":
                return []
            sound = _sound(frame)
        except Unreadable:
            return []
        return [(_party(record, frame), sound)] if sound else []

    # -- sound ---------------------------------------------------------------------------------------

    def _heard(self, seen: Stamp, record: Record, frame: _Frame) -> list[Event]:
        sound = _sound(frame)
        if not sound or frame.media is None:
            return []
        party = _party(record, frame)
        media_ns = None
        if record.origin is not Origin.SERVER:
            media_ms = ms_of({"timestamp": frame.media.timestamp}, "timestamp")
            media_ns = None if media_ms is None else media_ms * NS_PER_MS
        arrived = AudioArrived(seen=seen, party=party, byte_count=len(sound), media_ns=media_ns)
        if party in self._formats:
            return [arrived]
        return [*self._set_format(seen, party, *DEFAULT_FORMAT), arrived]

    def _set_format(self, seen: Stamp, party: Party, encoding: str, rate_hz: int) -> Iterator[Event]:
        if self._formats.get(party) != (encoding, rate_hz):
            self._formats[party] = (encoding, rate_hz)
            yield FormatSet(seen=seen, party=party, encoding=encoding, rate_hz=rate_hz)

    def _missing(self, seen: Stamp, record: Record, frame: _Frame) -> Iterator[Event]:
        """Twilio numbers what it sends; a hole is a loss on its side of us."""
        number = whole_of({"number": frame.number}, "number")
        if record.origin is Origin.SERVER or number is None:
            return
        last = self._last_number
        if frame.event == "start" or last is None or number > last:
            self._last_number = number
        if frame.event != "start" and last is not None and number > last + 1:
            message = f"{number - last - 1} missing before sequence number {number}"
            yield ProblemReported(seen=seen, code="sequence_gap", message=message)

    # -- the stream ----------------------------------------------------------------------------------

    def _on_start(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        start = object_of(body, "start")
        parameters = object_of(start, "customParameters")
        yield from self._identify(seen, body, start, parameters)
        yield from labelled(seen, parameters)
        media_format = object_of(start, "mediaFormat")
        name = text_of(media_format, "encoding") or "audio/x-mulaw"
        rate_hz = whole_of(media_format, "sampleRate") or DEFAULT_FORMAT[1]
        if name not in FORMATS or rate_hz not in RATES_HZ:
            raise Unreadable("unknown audio format")
        for party in (Party.CALLER, Party.AGENT):
            yield from self._set_format(seen, party, FORMATS[name], rate_hz)

    def _on_stop(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        yield from self._identify(seen, body, object_of(body, "stop"), {})
        if origin is not Origin.SERVER:
            yield EndAnnounced(seen=seen, reason="stop")

    def _identify(self, seen: Stamp, body: Body, holder: Body, parameters: Body) -> Iterator[Event]:
        ids = {
            "call_sid": id_of(holder, "callSid"),
            "stream_sid": id_of(holder, "streamSid") or id_of(body, "streamSid"),
            "account_sid": id_of(holder, "accountSid"),
        }
        news = {name: value for name, value in ids.items() if value and self._ids.get(name) != value}
        self._ids |= news
        links = [f"call:{news['call_sid']}"] if "call_sid" in news else []
        told = told_by(parameters)
        if news or told.says_anything:
            yield LegIdentified(
                seen=seen,
                provider_ids=news,
                links=(*links, *told.links),
                subject=told.subject,
                metadata=told.metadata,
            )

    def _on_mark(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """From the bot: tell me when all so far is played. From Twilio: it is, or a clear threw it away."""
        state = "mark_set" if origin is Origin.SERVER else "mark_reached"
        yield PlaybackReported(seen=seen, state=state, name=text_of(object_of(body, "mark"), "name"))

    def _on_clear(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        yield PlaybackCut(seen=seen, evidence=Evidence.PLATFORM_MARK)

    def _on_dtmf(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        dtmf = object_of(body, "dtmf")
        digit = id_of(dtmf, "digit")
        if digit is None:
            raise Unreadable("no digit")
        is_agent = (text_of(dtmf, "track") or "").startswith("outbound")
        yield DigitPressed(seen=seen, digit=digit, party=Party.AGENT if is_agent else Party.CALLER)


def event_of(payload: bytes) -> str:
    """The name of this message; empty where it is none of Media Streams'. Raises `Unreadable`."""
    return _read(payload).event


def _read(payload: bytes) -> _Frame:
    try:
        frame = _FRAME.decode(payload)
    except BROKEN:
        body = read_object(payload)
        media = object_of(body, "media")
        frame = _Frame(
            event=text_of(body, "event") or "",
            number=whole_of(body, "sequenceNumber"),
            media=_Media(
                payload=text_of(media, "payload"),
                track=text_of(media, "track"),
                timestamp=whole_of(media, "timestamp"),
            ),
        )
    return frame


def _sound(frame: _Frame) -> bytes:
    if frame.media is None or frame.media.payload is None:
        raise Unreadable("no audio")
    return read_base64(frame.media.payload)


def _party(record: Record, frame: _Frame) -> Party:
    is_caller = record.origin is not Origin.SERVER and (not frame.media or frame.media.track != "outbound")
    return Party.CALLER if is_caller else Party.AGENT
