"""AudioCodes VoiceAI Connect, the bot API's streaming mode: VoiceAI Connect dials the bot and is the client.

What it streams up is the caller (in agent assist also the human agent), what the bot streams down it plays,
one stream at a time. No sound carries a time. `playStream.stop` ends the sending, never the playing.
"""

from collections.abc import Callable, Iterator
from typing import Any

from earwitness.decoders.audiocodes_activities import Activities
from earwitness.decoders.audiocodes_frame import (
    DEFAULT_FORMAT,
    SOUNDS,
    Frame,
    format_named,
    party_of,
    read_frame,
    sound_of,
    speaker_of,
)
from earwitness.decoders.audiocodes_words import Words, confidence_of
from earwitness.decoders.wav import split_wav
from earwitness.decoders.wire import (
    RATES_HZ,
    Unreadable,
    id_of,
    object_of,
    objects_of,
    read_object,
    text_of,
)
from earwitness.journal.record import Origin, Record
from earwitness.model.events import (
    AudioArrived,
    EndAnnounced,
    Event,
    Evidence,
    FormatSet,
    LegIdentified,
    Party,
    PlaybackCut,
    PlaybackReported,
    ProblemReported,
    Role,
    SpeechStarted,
    SpeechStopped,
    Stamp,
    Undecoded,
)

Body = dict[str, Any]
Handler = Callable[[Stamp, Body, Origin], Iterator[Event]]

_ANSWER = "only says that it was understood"
PASSED_OVER = {
    "connection.validate": "a trial whether the bot is there; no call",
    "connection.validated": _ANSWER,
    "userStream.started": _ANSWER,
    "userStream.stop": "no more sound for now; silence shows by itself",
    "userStream.stopped": _ANSWER,
    "userStream.speech.committed": "the bot takes the turn for ended; its words come by recognition",
}


class AudioCodes:
    """One socket; a call that is resumed goes on over another."""

    def __init__(self) -> None:
        self._conversation: str | None = None
        self._resuming: str | None = None  # asked for, not granted yet
        self._format: tuple[str, int] | None = None  # of the session
        self._formats: dict[Party, tuple[str, int]] = {}
        self._words = Words()
        self._streams: dict[str, str | None] = {}  # stream -> its message
        self._playing: str | None = None  # message of the last stream
        self._is_queued = False  # something was streamed that no cut has ended yet
        self._may_be_cut = True  # by the caller's voice
        self._activities = Activities(self._words, self._cut, self._finish)
        self._handlers: dict[str, Handler] = {
            "session.initiate": self._on_initiate,
            "session.resume": self._on_resume,
            "session.accepted": self._on_accepted,
            "session.resumed": self._on_accepted,
            "session.error": self._on_error,
            "session.end": self._on_end,
            "userStream.start": self._on_listen,
            "userStream.speech.started": self._on_speech,
            "userStream.speech.stopped": self._on_silence,
            "userStream.speech.hypothesis": self._on_hypothesis,
            "userStream.speech.recognition": self._on_recognition,
            "playStream.start": self._on_play,
            "playStream.stop": self._on_played,
            "playStream.mark.set": self._on_mark,
            "playStream.mark.reached": self._on_mark,
            "activities": self._on_activities,
        }

    @property
    def names(self) -> frozenset[str]:
        """The types that this decoder reads."""
        return frozenset({*self._handlers, *SOUNDS})

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def skipped(self) -> None:
        """Nothing to do: the conversation is named in every message of the client's."""

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        name = ""
        events: list[Event] = []
        try:
            frame = read_frame(record.payload)
            name = frame.type
            if name in SOUNDS:
                events.extend(self._heard(seen, frame))
            elif handler := self._handlers.get(name):
                body = read_object(record.payload)
                events.extend(self._late_identity(seen, name, body, record.origin))
                events.extend(handler(seen, body, record.origin))
            elif name not in PASSED_OVER:
                raise Unreadable("unknown type" if name else "no type")
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name=name))
        return events

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        try:
            frame = read_frame(record.payload)
            sound = split_wav(sound_of(frame))[1] if frame.type in SOUNDS else b""
        except Unreadable:
            return []
        return [(speaker_of(frame), sound)] if sound else []

    # -- the call ------------------------------------------------------------------------------------

    def _identify(self, seen: Stamp, conversation: str | None, body: Body) -> Iterator[Event]:
        ids = {"conversation_id": conversation, "bot_name": text_of(body, "botName")}
        caller = id_of(body, "caller")
        is_news = conversation is not None and conversation != self._conversation
        self._conversation = conversation or self._conversation
        if is_news or caller:
            yield LegIdentified(
                seen=seen,
                provider_ids={name: value for name, value in ids.items() if value},
                links=(f"call:{conversation}",) if conversation else (),
                metadata={"caller": caller} if caller else {},
            )

    def _late_identity(self, seen: Stamp, name: str, body: Body, origin: Origin) -> Iterator[Event]:
        """Where the beginning is lost, any message of the client's names the call."""
        is_beginning = name.startswith("session.") and name != "session.end"
        if self._conversation is None and not is_beginning and origin is not Origin.SERVER:
            yield from self._identify(seen, id_of(body, "conversationId"), {})

    def _on_initiate(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        yield from self._identify(seen, id_of(body, "conversationId"), body)

    def _on_resume(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """Whether that call is known here the answer tells."""
        self._resuming = id_of(body, "conversationId")
        yield from ()

    def _on_accepted(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        resumed, self._resuming = self._resuming, None
        if resumed is not None:
            yield from self._identify(seen, resumed, {})
        name = text_of(body, "mediaFormat")
        if name is not None:
            self._format = format_named(name)
            for party in (Party.CALLER, Party.AGENT):
                yield from self._set_format(seen, party, self._format)

    def _on_error(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        self._resuming = None
        message = text_of(body, "reason") or ""
        yield ProblemReported(seen=seen, code="session_error", message=message, is_fatal=True)

    def _on_end(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """Nobody is on the line any more to hear what is queued."""
        yield EndAnnounced(seen=seen, reason=id_of(body, "reasonCode") or text_of(body, "reason") or "")
        yield from self._cut(seen)

    # -- sound ---------------------------------------------------------------------------------------

    def _heard(self, seen: Stamp, frame: Frame) -> Iterator[Event]:
        told, sound = split_wav(sound_of(frame))
        party = speaker_of(frame)
        if told and told.rate_hz in RATES_HZ:
            yield from self._set_format(seen, party, told)
        elif party not in self._formats:
            yield from self._set_format(seen, party, self._format or DEFAULT_FORMAT)
        if sound:
            item = None
            if party is Party.AGENT:
                self._is_queued = True
                item = self._streams.get(str(frame.streamId), self._playing)
            yield AudioArrived(seen=seen, party=party, byte_count=len(sound), item=item)

    def _set_format(self, seen: Stamp, party: Party, format: tuple[str, int]) -> Iterator[Event]:
        if self._formats.get(party) != format:
            self._formats[party] = format
            yield FormatSet(seen=seen, party=party, encoding=format[0], rate_hz=format[1])

    def _on_play(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """Without `altText` its words are not known here: they are those of the AI's leg, if there is one."""
        stream = id_of(body, "streamId") or ""
        yield from self._words.close(seen, self._playing)
        self._may_be_cut = object_of(body, "activityParams").get("bargeIn") is not False
        self._playing = None
        if text := text_of(body, "altText"):
            self._playing = self._words.name(stream or "play")
            yield from self._words.say(seen, Role.ASSISTANT, self._playing, text)
        self._streams[stream] = self._playing
        name = text_of(body, "mediaFormat")
        if name is not None:
            yield from self._set_format(seen, Party.AGENT, format_named(name))
        elif self._format is not None:
            yield from self._set_format(seen, Party.AGENT, self._format)

    def _on_played(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """Nothing more is sent of it."""
        yield from self._words.close(seen, self._streams.get(id_of(body, "streamId") or "", self._playing))

    def _on_mark(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        state = "mark_set" if body["type"].strip().endswith("set") else "mark_reached"
        name = id_of(body, "name") or id_of(body, "markName") or id_of(body, "markId")
        yield PlaybackReported(seen=seen, state=state, name=name)

    def _cut(self, seen: Stamp) -> Iterator[Event]:
        """What is not played yet is not played any more; how far it came nobody says."""
        if self._is_queued:
            self._is_queued = False
            yield PlaybackCut(seen=seen, evidence=Evidence.MODELLED)

    def _finish(self, seen: Stamp) -> Iterator[Event]:
        """All that was streamed was played; told only to bots that asked for it."""
        self._is_queued = False
        if self._playing is not None:
            yield PlaybackReported(seen=seen, state="stopped", item=self._playing)

    # -- the caller ----------------------------------------------------------------------------------

    def _on_listen(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        """VoiceAI Connect listens when it has stopped playing, unless it was told to play on."""
        if self._may_be_cut:
            yield from self._cut(seen)

    def _on_speech(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        party = party_of(body)
        self._words.mark_place(party)
        yield SpeechStarted(seen=seen, party=party)

    def _on_silence(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        yield SpeechStopped(seen=seen, party=party_of(body))

    def _on_hypothesis(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        text, _ = _understood(body)
        yield from self._words.guess(seen, party_of(body), text)

    def _on_recognition(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        text, confidence = _understood(body)
        yield from self._words.recognise(seen, party_of(body), text, confidence)

    def _on_activities(self, seen: Stamp, body: Body, origin: Origin) -> Iterator[Event]:
        yield from self._activities.read(seen, body, origin)


def _understood(body: Body) -> tuple[str, float | None]:
    """The likeliest of the alternatives comes first; some bots write it without the list."""
    best = next(iter(objects_of(body, "alternatives")), body)
    text = text_of(best, "text")
    if text is None:
        raise Unreadable("no text")
    return text, confidence_of(best)
