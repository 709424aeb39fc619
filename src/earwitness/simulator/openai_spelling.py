"""GA names and beta names of the same events; the session's shape in both."""

import copy
import secrets
from collections.abc import Iterator
from typing import Any

Message = dict[str, Any]

BETA_NAMES = {
    "response.output_audio.delta": "response.audio.delta",
    "response.output_audio.done": "response.audio.done",
    "response.output_audio_transcript.delta": "response.audio_transcript.delta",
    "response.output_audio_transcript.done": "response.audio_transcript.done",
    "response.output_text.delta": "response.text.delta",
    "response.output_text.done": "response.text.done",
    "conversation.item.added": "conversation.item.created",
}
BETA_PARTS = {"output_text": "text", "output_audio": "audio"}
BETA_FORMATS = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}
ENCODINGS = {
    "audio/pcm": ("pcm_s16le", 24_000),
    "audio/pcmu": ("mulaw", 8_000),
    "audio/pcma": ("alaw", 8_000),
}


def new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(11)}"


def new_session(model: str) -> Message:
    """What a session is before anybody changed it, in GA shape."""
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": new_id("sess"),
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "You answer the telephone of a pizza shop.",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "prompt": None,
        "expires_at": 0,
        "audio": {
            "input": {
                "format": {"type": "audio/pcm", "rate": 24_000},
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": {
                    "type": "server_vad",
                    "threshold": 0.5,
                    "prefix_padding_ms": 300,
                    "silence_duration_ms": 500,
                    "create_response": True,
                    "interrupt_response": True,
                },
            },
            "output": {"format": {"type": "audio/pcm", "rate": 24_000}, "voice": "marin", "speed": 1.0},
        },
        "include": None,
    }


def merge(session: Message, change: Message) -> None:
    """The provider's rule for `session.update`: objects are merged, all else is replaced."""
    for key, value in change.items():
        if key == "format" and isinstance(value, dict):
            session[key] = {"rate": 24_000, **value} if value.get("type") == "audio/pcm" else dict(value)
        elif isinstance(value, dict) and isinstance(session.get(key), dict):
            merge(session[key], value)
        else:
            session[key] = copy.deepcopy(value)


def from_beta(change: Message) -> Message:
    """A beta `session` as a change of a GA session."""
    formats = {name: kind for kind, name in BETA_FORMATS.items()}
    ga: Message = {
        key: change[key] for key in ("instructions", "tools", "tool_choice", "model") if key in change
    }
    if "modalities" in change:
        ga["output_modalities"] = ["audio"] if "audio" in change["modalities"] else ["text"]
    listen: Message = {key: change[name] for name, key in _BETA_INPUT.items() if name in change}
    speak: Message = {key: change[key] for key in ("voice", "speed") if key in change}
    for target, name in ((listen, "input_audio_format"), (speak, "output_audio_format")):
        if name in change:
            target["format"] = {"type": formats[change[name]]}
    return {**ga, "audio": {"input": listen, "output": speak}}


_BETA_INPUT = {"input_audio_transcription": "transcription", "turn_detection": "turn_detection"}


def to_beta(session: Message) -> Message:
    """A GA session in beta shape."""
    listen, speak = session["audio"]["input"], session["audio"]["output"]
    return {
        "id": session["id"],
        "object": "realtime.session",
        "model": session["model"],
        "modalities": ["audio", "text"] if session["output_modalities"] == ["audio"] else ["text"],
        "instructions": session["instructions"],
        "voice": speak["voice"],
        "input_audio_format": BETA_FORMATS[listen["format"]["type"]],
        "output_audio_format": BETA_FORMATS[speak["format"]["type"]],
        "input_audio_transcription": listen["transcription"],
        "turn_detection": listen["turn_detection"],
        "tools": session["tools"],
        "tool_choice": session["tool_choice"],
        "temperature": 0.8,
        "max_response_output_tokens": session["max_output_tokens"],
    }


def spell_beta(message: Message) -> Iterator[Message]:
    """A GA message as the beta said it; nothing for one that the beta did not have."""
    if message["type"] == "conversation.item.done":
        return
    told = copy.deepcopy(message)
    told["type"] = BETA_NAMES.get(told["type"], told["type"])
    if "session" in told:
        told["session"] = to_beta(told["session"])
    for item in [told.get("item"), *told.get("response", {}).get("output", [])]:
        for part in (item or {}).get("content", []):
            part["type"] = BETA_PARTS.get(part["type"], part["type"])
    if "response" in told and "output_modalities" in told["response"]:
        told["response"]["modalities"] = told["response"].pop("output_modalities")
    yield told
