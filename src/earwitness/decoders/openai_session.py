"""What an OpenAI Realtime socket says of itself, its sound and its playback."""

from collections.abc import Callable, Iterator
from typing import Any

from earwitness.decoders.openai_items import Items
from earwitness.decoders.openai_names import DEFAULT_FORMAT, FATAL, FORMATS
from earwitness.decoders.wire import RATES_HZ, Unreadable, id_of, ms_of, object_of, text_of, whole_of
from earwitness.model.events import (
    AudioArrived,
    DigitPressed,
    Event,
    Evidence,
    FormatSet,
    LegIdentified,
    Party,
    PlaybackCut,
    PlaybackReported,
    ProblemReported,
    SpeechStarted,
    SpeechStopped,
    Stamp,
    Undecoded,
)

Body = dict[str, Any]
Handler = Callable[[Stamp, Body], Iterator[Event]]


class Session:
    """State of one socket but for its items."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._formats: dict[Party, tuple[str, int]] = {}
        self._ids: dict[str, str] = {}
        self._claimed: set[str] = set()  # items that the client said it cut
        self.handlers: dict[str, Handler] = {
            "session.created": self._on_session,
            "session.updated": self._on_session,
            "conversation.created": self._on_conversation,
            "input_audio_buffer.speech_started": self._on_speech_started,
            "input_audio_buffer.speech_stopped": self._on_speech_stopped,
            "input_audio_buffer.dtmf_event_received": self._on_dtmf,
            "output_audio_buffer.started": self._on_playback_started,
            "output_audio_buffer.stopped": self._on_playback_stopped,
            "output_audio_buffer.cleared": self._on_playback_cleared,
            "conversation.item.truncate": self._on_truncate,
            "conversation.item.truncated": self._on_truncated,
            "mcp_list_tools.failed": self._on_tools_missing,
            "error": self._on_error,
        }

    # -- sound ---------------------------------------------------------------------------------------

    def heard(self, seen: Stamp, party: Party, byte_count: int, item: str | None) -> list[Event]:
        arrived = AudioArrived(seen=seen, party=party, byte_count=byte_count, item=item or None)
        if party in self._formats:
            return [arrived]
        return [*self._set_format(seen, party, *DEFAULT_FORMAT), arrived]

    def _set_format(self, seen: Stamp, party: Party, encoding: str, rate_hz: int) -> Iterator[Event]:
        if self._formats.get(party) != (encoding, rate_hz):
            self._formats[party] = (encoding, rate_hz)
            yield FormatSet(seen=seen, party=party, encoding=encoding, rate_hz=rate_hz)

    def read_formats(self, seen: Stamp, holder: Body) -> Iterator[Event]:
        """Of a session or a response, in the shape of GA or beta; what it does not state stays as it is."""
        audio = object_of(holder, "audio")
        for party, ga, beta in (
            (Party.CALLER, "input", "input_audio_format"),
            (Party.AGENT, "output", "output_audio_format"),
        ):
            stated = object_of(audio, ga).get("format", holder.get(beta))
            body = stated if isinstance(stated, dict) else {"type": stated}
            name = text_of(body, "type")
            if name is None:
                continue
            encoding, rate_hz = FORMATS.get(name, ("", None))
            rate_hz = rate_hz or whole_of(body, "rate") or DEFAULT_FORMAT[1]
            if encoding and rate_hz in RATES_HZ:
                yield from self._set_format(seen, party, encoding, rate_hz)
            else:
                yield Undecoded(seen=seen, reason="unknown audio format", name=name)

    def _on_speech_started(self, seen: Stamp, body: Body) -> Iterator[Event]:
        media_ms = ms_of(body, "audio_start_ms")
        yield SpeechStarted(seen=seen, party=Party.CALLER, item=id_of(body, "item_id"), media_ms=media_ms)

    def _on_speech_stopped(self, seen: Stamp, body: Body) -> Iterator[Event]:
        media_ms = ms_of(body, "audio_end_ms")
        yield SpeechStopped(seen=seen, party=Party.CALLER, item=id_of(body, "item_id"), media_ms=media_ms)

    def _on_dtmf(self, seen: Stamp, body: Body) -> Iterator[Event]:
        digit = id_of(body, "event")
        if digit is None:
            raise Unreadable("no digit")
        yield DigitPressed(seen=seen, digit=digit)

    # -- playback ------------------------------------------------------------------------------------

    def _on_truncate(self, seen: Stamp, body: Body) -> Iterator[Event]:
        item = item_of(body)
        self._claimed.add(item)
        played_ms = ms_of(body, "audio_end_ms")
        yield PlaybackCut(seen=seen, evidence=Evidence.CLIENT_CLAIM, item=item, played_ms=played_ms)

    def _on_truncated(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """Where no client asked for it the server played the sound itself (WebRTC, SIP) and knows."""
        item = item_of(body)
        evidence = Evidence.CLIENT_CLAIM if item in self._claimed else Evidence.SERVER
        yield PlaybackCut(seen=seen, evidence=evidence, item=item, played_ms=ms_of(body, "audio_end_ms"))

    def _on_playback_started(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield PlaybackReported(seen=seen, state="started", response=id_of(body, "response_id"))

    def _on_playback_stopped(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield PlaybackReported(seen=seen, state="stopped", response=id_of(body, "response_id"))

    def _on_playback_cleared(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield PlaybackCut(seen=seen, evidence=Evidence.SERVER, response=id_of(body, "response_id"))

    # -- session -------------------------------------------------------------------------------------

    def _on_session(self, seen: Stamp, body: Body) -> Iterator[Event]:
        session = object_of(body, "session")
        output = object_of(object_of(session, "audio"), "output")
        ids = {
            "session_id": id_of(session, "id"),
            "model": text_of(session, "model"),
            "voice": text_of(output, "voice") or text_of(session, "voice"),
        }
        yield from self.identify(seen, ids)
        yield from self.read_formats(seen, session)
        listening = object_of(object_of(session, "audio"), "input")
        for holder, key in ((listening, "transcription"), (session, "input_audio_transcription")):
            if key in holder:
                self._items.is_transcribed = bool(holder[key])

    def _on_conversation(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield from self.identify(seen, {"conversation_id": id_of(object_of(body, "conversation"), "id")})

    def identify(self, seen: Stamp, ids: dict[str, str | None]) -> Iterator[Event]:
        news = {name: value for name, value in ids.items() if value and self._ids.get(name) != value}
        if news:
            self._ids |= news
            yield LegIdentified(seen=seen, provider_ids=news)

    def _on_error(self, seen: Stamp, body: Body) -> Iterator[Event]:
        yield problem(seen, object_of(body, "error") or body, "error")

    def _on_tools_missing(self, seen: Stamp, body: Body) -> Iterator[Event]:
        message = f"the tools of {id_of(body, 'item_id')} could not be listed"
        yield ProblemReported(seen=seen, code="mcp_list_tools_failed", message=message)


def problem(seen: Stamp, error: Body, fallback: str) -> ProblemReported:
    code = text_of(error, "code") or text_of(error, "type") or fallback
    message = text_of(error, "message") or ""
    return ProblemReported(seen=seen, code=code, message=message, is_fatal=code in FATAL)


def item_of(body: Body) -> str:
    item = id_of(body, "item_id")
    if item is None:
        raise Unreadable("no item_id")
    return item
