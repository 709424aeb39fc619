"""ElevenLabs Agents (`/v1/convai/conversation`): text frames, sound in base64 inside.

Messages have no ids of the provider's; they are counted by side: `user_1`, `agent_1`, `system_1`. An agent
may be set up to leave out any kind of event, so the lack of one proves nothing.
"""

from collections.abc import Iterator

import msgspec

from earwitness.decoders.elevenlabs_answers import Answer, Answers
from earwitness.decoders.elevenlabs_calls import Calls
from earwitness.decoders.elevenlabs_names import DEFAULT_FORMAT, PASSED_OVER, WIDTHS
from earwitness.decoders.elevenlabs_talk import Body, Handler, Talk
from earwitness.decoders.twilio_parameters import labelled, told_by
from earwitness.decoders.wire import (
    BROKEN,
    LONGEST_MS,
    RATES_HZ,
    Unreadable,
    id_of,
    json_of,
    object_of,
    read_base64,
    read_object,
    text_of,
    whole_of,
)
from earwitness.journal.record import Record
from earwitness.model.events import (
    AudioArrived,
    Event,
    FormatSet,
    LegIdentified,
    Party,
    ProblemReported,
    Stamp,
    TextTimed,
    Undecoded,
)


class _Audio(msgspec.Struct, gc=False):
    audio_base_64: str | None = None
    event_id: int | None = None
    alignment: msgspec.Raw = msgspec.Raw(b"null")


class _Frame(msgspec.Struct, gc=False):
    """The little that must be read of a frame to know its name and its sound."""

    type: str = ""
    user_audio_chunk: str | None = None
    audio_event: _Audio | None = None


class _Alignment(msgspec.Struct, gc=False):
    chars: list[str] = []
    char_start_times_ms: list[float] = []


_FRAME = msgspec.json.Decoder(_Frame)
_ALIGNMENT = msgspec.json.Decoder(_Alignment | None)
_CALLER = "user_audio_chunk"  # the one frame without a type


class ElevenLabsAgents:
    """One conversation's socket. `agent` is the id of the agent that was dialled, where the path names it."""

    def __init__(self, agent: str | None = None) -> None:
        self._agent = agent
        self._answers = Answers()
        self._formats: dict[Party, tuple[int, int]] = {}  # rate, bytes a sample; (0, 0): not ours to read
        calls = Calls()
        self._handlers: dict[str, Handler] = {
            "conversation_initiation_client_data": self._on_client_data,
            "conversation_initiation_metadata": self._on_metadata,
            **Talk(self._answers).handlers,
            "client_tool_call": calls.on_client_call,
            "client_tool_result": calls.on_client_result,
            "agent_tool_request": calls.on_request,
            "agent_tool_response": calls.on_response,
            "agent_tool_response_full_payload": calls.on_full_response,
            "mcp_tool_call": calls.on_mcp,
            "guardrail_triggered": self._on_guardrail,
            "client_error": self._on_error,
            "error": self._on_error,
        }

    @property
    def names(self) -> frozenset[str]:
        """The events that this decoder reads."""
        return frozenset({*self._handlers, _CALLER, "audio"})

    def opened(self, seen: Stamp) -> list[Event]:
        return [LegIdentified(seen=seen, provider_ids={"agent_id": self._agent})] if self._agent else []

    def skipped(self) -> None:
        """Nothing to do: every event stands for itself."""

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        name = ""
        events: list[Event] = []
        try:
            frame = _read(record.payload)
            name = frame.type
            if party := _party(frame):
                events.extend(self._heard(seen, party, frame))
            elif handler := self._handlers.get(name):
                events.extend(handler(seen, read_object(record.payload)))
            elif name not in PASSED_OVER:
                raise Unreadable("unknown event" if name else "no type")
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name=name))
        return events

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        try:
            frame = _read(record.payload)
            party = _party(frame)
            sound = _sound(party, frame) if party else b""
        except Unreadable:
            return []
        return [(party, sound)] if party and sound else []

    # -- sound ---------------------------------------------------------------------------------------

    def _heard(self, seen: Stamp, party: Party, frame: _Frame) -> Iterator[Event]:
        sound = _sound(party, frame)
        if not sound:
            return
        if party not in self._formats:
            yield from self._set_format(seen, party, DEFAULT_FORMAT)
        if party is Party.CALLER or frame.audio_event is None:
            yield AudioArrived(seen=seen, party=party, byte_count=len(sound))
            return
        event_id = frame.audio_event.event_id
        yield from self._answers.sound(seen, event_id)
        answer = self._answers.find(event_id) or self._answers.last
        assert answer  # by Answers.sound
        yield AudioArrived(seen=seen, party=party, byte_count=len(sound), item=answer.item)
        before, answer.byte_count = answer.byte_count, answer.byte_count + len(sound)
        yield from self._time(seen, answer, before, frame.audio_event.alignment)

    def _time(self, seen: Stamp, answer: Answer, before: int, raw: msgspec.Raw) -> Iterator[Event]:
        """Times of the characters are counted from the chunk's start; what was sent before is added."""
        rate_hz, width = self._formats[Party.AGENT]
        try:
            told = _ALIGNMENT.decode(raw)
        except BROKEN as error:
            raise Unreadable("unreadable alignment") from error
        if told is None or not rate_hz:
            return
        offset_ms = before * 1000 // (rate_hz * width)
        if len(told.chars) != len(told.char_start_times_ms):
            raise Unreadable("alignment of another length than its text")
        if not all(0 <= ms <= LONGEST_MS for ms in told.char_start_times_ms):
            raise Unreadable("alignment beyond any call")
        pairs = zip(told.chars, told.char_start_times_ms, strict=True)
        starts_ms = tuple(offset_ms + int(ms) for text, ms in pairs for _ in text)
        if starts_ms:
            yield TextTimed(seen=seen, item=answer.item, text="".join(told.chars), starts_ms=starts_ms)

    def _set_format(self, seen: Stamp, party: Party, name: str) -> Iterator[Event]:
        """Of sound in a format that nobody here can read no format is set, and none is assumed."""
        kind, _, rate = name.partition("_")
        encoding, width = WIDTHS.get(kind, ("", 0))
        rate_hz = int(rate) if rate.isascii() and rate.isdigit() and len(rate) < 9 else 0
        is_known = bool(encoding) and rate_hz in RATES_HZ
        format = (rate_hz, width) if is_known else (0, 0)
        if self._formats.get(party) != format:
            self._formats[party] = format
            if is_known:
                yield FormatSet(seen=seen, party=party, encoding=encoding, rate_hz=rate_hz)
            else:
                yield Undecoded(seen=seen, reason="unknown audio format", name=name)

    # -- the conversation ----------------------------------------------------------------------------

    def _on_client_data(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """Of the application's variables only those meant for us; prompts stay in the record."""
        override = object_of(object_of(body, "conversation_config_override"), "conversation")
        self._answers.is_audible = override.get("text_only") is not True
        variables = object_of(body, "dynamic_variables")
        ours = {name: value for name, value in variables.items() if name.startswith("ew_")}
        told = told_by(ours)
        user = id_of(body, "user_id")
        if user or told.says_anything:
            yield LegIdentified(
                seen=seen,
                provider_ids={"user_id": user} if user else {},
                links=told.links,
                subject=told.subject,
                metadata=told.metadata,
            )
        yield from labelled(seen, ours)

    def _on_metadata(self, seen: Stamp, body: Body) -> Iterator[Event]:
        metadata = object_of(body, "conversation_initiation_metadata_event")
        if conversation := id_of(metadata, "conversation_id"):
            ids = {"conversation_id": conversation}
            yield LegIdentified(seen=seen, provider_ids=ids, links=(f"call:{conversation}",))
        for party, key in (
            (Party.CALLER, "user_input_audio_format"),
            (Party.AGENT, "agent_output_audio_format"),
        ):
            yield from self._set_format(seen, party, text_of(metadata, key) or DEFAULT_FORMAT)

    def _on_guardrail(self, seen: Stamp, body: Body) -> Iterator[Event]:
        message = "a rule of the agent's was about to be broken"
        yield ProblemReported(seen=seen, code="guardrail_triggered", message=message)

    def _on_error(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """An `error` is the last word before the server closes."""
        error = object_of(body, "error_event") or object_of(body, "client_error") or body
        code = text_of(error, "error_type") or id_of(error, "code") or "error"
        message = text_of(error, "message") or text_of(error, "reason") or ""
        yield ProblemReported(seen=seen, code=code, message=message, is_fatal=body.get("type") == "error")


def _read(payload: bytes) -> _Frame:
    try:
        return _FRAME.decode(payload)
    except BROKEN:
        body = read_object(payload)
        audio = object_of(body, "audio_event")
        alignment = json_of(audio.get("alignment"))
        return _Frame(
            type=text_of(body, "type") or "",
            user_audio_chunk=text_of(body, "user_audio_chunk"),
            audio_event=_Audio(
                audio_base_64=text_of(audio, "audio_base_64"),
                event_id=whole_of(audio, "event_id"),
                alignment=msgspec.Raw((alignment or "null").encode()),
            ),
        )


def _party(frame: _Frame) -> Party | None:
    if frame.type == "audio":
        return Party.AGENT
    is_caller = frame.type == _CALLER or (not frame.type and frame.user_audio_chunk is not None)
    return Party.CALLER if is_caller else None


def _sound(party: Party, frame: _Frame) -> bytes:
    text = frame.user_audio_chunk
    if party is Party.AGENT:
        text = frame.audio_event.audio_base_64 if frame.audio_event else None
    if text is None:
        raise Unreadable("no audio")
    return read_base64(text)
