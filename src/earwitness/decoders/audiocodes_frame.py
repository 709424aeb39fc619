"""Frames of AudioCodes: their name, their sound, whose it is and how it is coded. No state is kept here."""

from typing import Any

import msgspec

from earwitness.decoders.wire import BROKEN, Unreadable, id_of, read_base64, read_object, text_of
from earwitness.model.events import Party

SOUNDS = frozenset({"userStream.chunk", "playStream.chunk"})
FORMATS = {
    "lpcm16": ("pcm_s16le", 16000),
    "lpcm16_8": ("pcm_s16le", 8000),
    "lpcm16_24": ("pcm_s16le", 24000),
    "mulaw": ("mulaw", 8000),
}
DEFAULT_FORMAT = FORMATS["lpcm16"]
CALLERS = ("caller", "customer", "user", "client")  # how names of the caller's side begin; others are staff


class Frame(msgspec.Struct, gc=False):
    """What must be read of a frame to know its name and its sound."""

    type: str = ""
    audioChunk: str | None = None
    audio: str | None = None  # so called by some bots and test clients
    streamId: str | int | None = None
    participant: str | None = None


_FRAME = msgspec.json.Decoder(Frame)


def read_frame(payload: bytes) -> Frame:
    """The frame; its name without the blanks that some write around it. Raises `Unreadable`."""
    try:
        frame = _FRAME.decode(payload)
    except BROKEN:
        body = read_object(payload)
        frame = Frame(
            type=text_of(body, "type") or "",
            audioChunk=text_of(body, "audioChunk"),
            audio=text_of(body, "audio"),
            streamId=id_of(body, "streamId"),
            participant=text_of(body, "participant"),
        )
    frame.type = frame.type.strip()
    return frame


def sound_of(frame: Frame) -> bytes:
    """The bytes it carries, a WAV's header among them. Raises `Unreadable`."""
    text = frame.audioChunk if frame.audioChunk is not None else frame.audio
    if text is None:
        raise Unreadable("no audio")
    return read_base64(text)


def speaker_of(frame: Frame) -> Party:
    """Whose sound it carries."""
    return Party.AGENT if frame.type == "playStream.chunk" else party_named(frame.participant)


def party_of(body: dict[str, Any]) -> Party:
    """Of whom it tells."""
    return party_named(text_of(body, "participant") or text_of(body, "participantId"))


def party_named(participant: str | None) -> Party:
    """Agent assist streams both ends of a call between people, and names whose each chunk is."""
    is_caller = not participant or participant.lower().startswith(CALLERS)
    return Party.CALLER if is_caller else Party.HUMAN_AGENT


def format_named(name: str) -> tuple[str, int]:
    """`raw/` or `wav/`, then the coding; a WAV's own header may say otherwise, and is believed.

    Raises `Unreadable`.
    """
    container, _, coding = name.partition("/")
    if container not in ("raw", "wav") or coding not in FORMATS:
        raise Unreadable("unknown audio format")
    return FORMATS[coding]
