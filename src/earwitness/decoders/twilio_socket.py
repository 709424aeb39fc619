"""A socket that Twilio dialled: Media Streams or ConversationRelay. Its first message tells, for good."""

from earwitness.decoders.twilio import TwilioMediaStreams, event_of
from earwitness.decoders.twilio_relay import ConversationRelay
from earwitness.decoders.wire import Unreadable, read_object, text_of
from earwitness.journal.record import Kind, Record
from earwitness.model.events import Event, Party, Stamp


class TwilioSocket:
    """Reads with the one or the other. Sound is sound wherever it appears: a message of Media Streams that
    strays onto the other's socket is read as what it is, so that no record's audio depends on its neighbours.
    """

    def __init__(self) -> None:
        self._streams = TwilioMediaStreams()
        self._relay = ConversationRelay()
        self._is_relay: bool | None = None
        self._has_missed = False

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def skipped(self) -> None:
        self._has_missed = True
        self._streams.skipped()
        self._relay.skipped()

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        if self._is_relay is None and record.kind is Kind.TEXT:
            self._is_relay = self._decide(record.payload)
        if self._is_relay and not _is_stray(record.payload):
            return self._relay.decode(record, seen)
        return self._streams.decode(record, seen)

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        return self._streams.audio(record)

    def _decide(self, payload: bytes) -> bool | None:
        """By `setup`, or by any word of the relay's where the first are lost. None: nobody can read it."""
        try:
            body = read_object(payload)
        except Unreadable:
            return None
        if text_of(body, "event"):
            return False
        name = text_of(body, "type")
        return name == "setup" or (self._has_missed and name in self._relay.names)


def _is_stray(payload: bytes) -> bool:
    try:
        return bool(event_of(payload))
    except Unreadable:
        return False
