"""Hume EVI (`/v0/evi/chat`): text frames, sound in base64 inside, the agent's as one WAV file a frame.

Names are those of the wire; `chatId`, as the JavaScript client and its exports have it, is taken too.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from earwitness.decoders.hume_names import PASSED_OVER, snake
from earwitness.decoders.hume_talk import Body, Handler, Talk
from earwitness.decoders.twilio_parameters import labelled, told_by
from earwitness.decoders.wav import Wav, split_wav
from earwitness.decoders.wire import (
    BROKEN,
    RATES_HZ,
    Unreadable,
    id_of,
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
    Undecoded,
)

SOUNDS = {"audio_input": Party.CALLER, "audio_output": Party.AGENT}
CONTAINERS = {b"\x1aE\xdf\xa3": "webm", b"OggS": "ogg", b"fLaC": "flac", b"ID3": "mp3"}
DEFAULT_OUTPUT = Wav("pcm_s16le", 48_000)
_ENCODINGS = {"linear16": "pcm_s16le"}
_IN_BRACKETS = re.compile(r"\[(\w+)\]")


class _Frame(msgspec.Struct, gc=False):
    """The little that must be read of a frame to know its name and its sound."""

    type: str = ""
    id: str | None = None
    data: str | None = None


_FRAME = msgspec.json.Decoder(_Frame)


class HumeEVI:
    """One chat's socket.

    `settings` are the session settings in the query, `ids` what else the path tells of the chat.
    `is_beside`: a socket that only follows a chat. It is not linked to that chat's own leg, which tells
    the same.
    """

    def __init__(
        self,
        settings: Body | None = None,
        ids: dict[str, str] | None = None,
        *,
        is_beside: bool = False,
    ) -> None:
        self._settings = settings or {}
        self._ids = ids or {}
        self._is_beside = is_beside
        self._formats: dict[Party, Wav] = {}
        self._handlers: dict[str, Handler] = {
            "chat_metadata": self._on_metadata,
            "session_settings": self._on_settings,
            "error": self._on_error,
            **Talk().handlers,
        }

    @property
    def names(self) -> frozenset[str]:
        """The events that this decoder reads."""
        return frozenset({*self._handlers, *SOUNDS})

    def opened(self, seen: Stamp) -> list[Event]:
        events: list[Event] = []
        if self._ids:
            events.append(LegIdentified(seen=seen, provider_ids=dict(self._ids)))
        return [*events, *self._on_settings(seen, self._settings)]

    def skipped(self) -> None:
        """Nothing to do: every event stands for itself."""

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        name = ""
        events: list[Event] = []
        try:
            frame = _read(record.payload)
            name = frame.type
            if party := SOUNDS.get(name):
                events.extend(self._heard(seen, party, frame))
            elif handler := self._handlers.get(name):
                body = {snake(key): value for key, value in read_object(record.payload).items()}
                events.extend(handler(seen, body))
            elif name not in PASSED_OVER:
                raise Unreadable("unknown event" if name else "no type")
        except Unreadable as error:
            events.append(Undecoded(seen=seen, reason=str(error), name=name))
        return events

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        try:
            frame = _read(record.payload)
            party = SOUNDS.get(frame.type)
            samples = split_wav(_sound(frame))[1] if party else b""
        except Unreadable:
            return []
        return [(party, samples)] if party and samples else []

    # -- sound ---------------------------------------------------------------------------------------

    def _heard(self, seen: Stamp, party: Party, frame: _Frame) -> Iterator[Event]:
        wav, samples = split_wav(_sound(frame))
        if wav is None and party is Party.CALLER:
            wav = _container(samples)
        if wav is None and party not in self._formats and samples:
            wav = DEFAULT_OUTPUT if party is Party.AGENT else Wav("unknown", 0)
        if wav:
            yield from self._set_format(seen, party, wav)
        if samples:
            item = frame.id if party is Party.AGENT else None
            yield AudioArrived(seen=seen, party=party, byte_count=len(samples), item=item or None)

    def _set_format(self, seen: Stamp, party: Party, wav: Wav) -> Iterator[Event]:
        """Told also of sound that nobody here can read, so that it is not taken for what came before."""
        if wav.rate_hz not in RATES_HZ:
            wav = Wav(wav.encoding, 0)
        if self._formats.get(party) != wav:
            self._formats[party] = wav
            yield FormatSet(seen=seen, party=party, encoding=wav.encoding, rate_hz=wav.rate_hz)

    # -- the chat ------------------------------------------------------------------------------------

    def _on_metadata(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """A chat that is resumed is another chat of the same group."""
        chat, group = id_of(body, "chat_id"), id_of(body, "chat_group_id")
        links = () if self._is_beside else tuple(f"call:{one}" for one in (chat, group) if one)
        told = {
            "chat_id": chat,
            "chat_group_id": group,
            "custom_session_id": id_of(body, "custom_session_id"),
        }
        news = {name: value for name, value in told.items() if value and self._ids.get(name) != value}
        self._ids |= news
        if news or links:
            yield LegIdentified(seen=seen, provider_ids=news, links=links)

    def _on_settings(self, seen: Stamp, body: Body) -> Iterator[Event]:
        """Of metadata and variables only what is meant for us; prompts and keys stay in the record."""
        ours = {
            name: value
            for holder in ("metadata", "variables")
            for name, value in object_of(body, holder).items()
            if name.startswith("ew_")
        }
        told = told_by(ours)
        if told.says_anything:
            links = () if self._is_beside else told.links
            yield LegIdentified(seen=seen, links=links, subject=told.subject, metadata=told.metadata)
        yield from labelled(seen, ours)
        audio = {snake(key): value for key, value in object_of(body, "audio").items()}
        if encoding := text_of(audio, "encoding"):
            channels = whole_of(audio, "channels") or 1
            encoding = _ENCODINGS.get(encoding, encoding) if channels == 1 else f"{encoding}_{channels}ch"
            wav = Wav(encoding, whole_of(audio, "sample_rate") or 0)
            yield from self._set_format(seen, Party.CALLER, wav)

    def _on_error(self, seen: Stamp, body: Body) -> Iterator[Event]:
        slug, message = text_of(body, "slug") or "", text_of(body, "message") or ""
        yield ProblemReported(
            seen=seen,
            code=id_of(body, "code") or slug or "error",
            message=": ".join(filter(None, (slug, message))),
            is_fatal=slug.startswith("chat_timeout"),
        )


def settings_in(query: dict[str, list[str]]) -> Body:
    """Session settings as the query has them: `session_settings[audio][encoding]=linear16`, or as JSON."""
    settings = _settings_of_json(query.get("session_settings", [""])[-1])
    for name, values in query.items():
        if name.startswith("session_settings["):
            *outer, last = _IN_BRACKETS.findall(name) or [""]
            holder = settings
            for key in outer:
                inner = holder.setdefault(key, {})
                holder = inner if isinstance(inner, dict) else {}
            holder[last] = values[-1]
    return settings


def _settings_of_json(text: str) -> Body:
    try:
        return read_object(text.encode("utf-8", "surrogatepass"))
    except Unreadable:
        return {}


def _read(payload: bytes) -> _Frame:
    try:
        frame = _FRAME.decode(payload)
    except BROKEN:
        body: dict[str, Any] = read_object(payload)
        frame = _Frame(type=text_of(body, "type") or "", id=id_of(body, "id"), data=text_of(body, "data"))
    if frame.type not in SOUNDS:
        frame.type = snake(frame.type)
    return frame


def _sound(frame: _Frame) -> bytes:
    if frame.data is None:
        raise Unreadable("no audio")
    return read_base64(frame.data)


def _container(sound: bytes) -> Wav | None:
    """Browsers send files of other kinds in pieces; only the first piece shows which."""
    return next((Wav(name, 0) for magic, name in CONTAINERS.items() if sound.startswith(magic)), None)
