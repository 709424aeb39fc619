"""Saved chats of Hume EVI, as the REST API gives them: each chat event becomes the frame it once was.

Names of exports in camel case are taken too. Sound is not part of these pages.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from earwitness.decoders.hume_names import snake
from earwitness.decoders.wire import (
    Unreadable,
    id_of,
    json_of,
    object_of,
    objects_of,
    read_object,
    text_of,
    whole_of,
)

Body = dict[str, Any]
_SECONDS = 100_000_000_000  # a time below is in seconds: as milliseconds it would lie before 1974


class ChatFrame(NamedTuple):
    """What went over the socket, by whom, and when in milliseconds since the epoch, where that is told."""

    at_ms: int | None
    is_client: bool
    frame: Body


def from_chat(page: Body) -> Iterator[ChatFrame]:
    """A page of a chat's events as frames, oldest first; before them the frame that named the chat.

    Pages of one chat can be put together by their frames' times; each begins with the same first frame.
    """
    page = _plain(page)
    chat, group = id_of(page, "id"), id_of(page, "chat_group_id")
    if chat:
        metadata = {"type": "chat_metadata", "chat_id": chat, "chat_group_id": group}
        yield ChatFrame(_ms(page, "start_timestamp"), False, metadata)
    frames = [frame for event in objects_of(page, "events_page") if (frame := from_chat_event(event))]
    yield from sorted(frames, key=lambda frame: frame.at_ms or 0)


def from_chat_event(event: Body) -> ChatFrame | None:
    """One saved event as the frame of the wire; None where there was no such frame."""
    event = _plain(event)
    make = _FRAMES.get(text_of(event, "type") or "")
    if make is None:
        return None
    frame = make(event)
    return ChatFrame(_ms(event, "timestamp"), frame["type"] in _OF_CLIENT, frame)


def _user_message(event: Body) -> Body:
    """Words without scores were typed; nothing else tells so."""
    models = _models(event)
    is_typed = models["prosody"] is None
    said = {"message": _message("user", event), "models": models, "from_text": is_typed}
    return {"type": "user_message", "interim": False, **said}


def _agent_message(event: Body) -> Body:
    said = {"message": _message("assistant", event), "models": _models(event)}
    return {"type": "assistant_message", "id": id_of(event, "id"), **said}


def _message(role: str, event: Body) -> Body:
    return {"role": role, "content": text_of(event, "message_text")}


def _prosody(event: Body) -> Body:
    return {"type": "assistant_prosody", "id": id_of(event, "related_event_id"), "models": _models(event)}


def _models(event: Body) -> Body:
    """Scores are JSON inside a string; exports may have them as they are."""
    scores = object_of(event, "emotion_features") or _inner(event, "emotion_features")
    return {"prosody": {"scores": scores} if scores else None}


def _function_call(event: Body) -> Body:
    call = _call(event)
    return {
        "type": "tool_call",
        "tool_call_id": id_of(call, "tool_call_id") or id_of(event, "id"),
        "name": text_of(call, "name"),
        "parameters": json_of(call.get("parameters")) or text_of(event, "message_text"),
    }


def _function_response(event: Body) -> Body:
    call = _call(event)
    ids = (id_of(call, "tool_call_id"), id_of(event, "related_event_id"), id_of(event, "id"))
    told = {"tool_call_id": next((id for id in ids if id), None)}
    if error := json_of(call.get("error")):
        return {"type": "tool_error", **told, "error": error, "content": json_of(call.get("content"))}
    content = json_of(call.get("content")) or (None if call else text_of(event, "message_text"))
    return {"type": "tool_response", **told, "content": content}


_FRAMES: dict[str, Callable[[Body], Body]] = {
    "CHAT_START_MESSAGE": lambda event: {"type": "chat_metadata", "chat_id": id_of(event, "chat_id")},
    "SYSTEM_PROMPT": lambda event: {
        "type": "session_settings",
        "system_prompt": text_of(event, "message_text"),
    },
    "SESSION_SETTINGS": lambda event: {**_inner(event, "message_text"), "type": "session_settings"},
    "USER_MESSAGE": _user_message,
    "AGENT_MESSAGE": _agent_message,
    "ASSISTANT_PROSODY": _prosody,
    "USER_INTERRUPTION": lambda event: {"type": "user_interruption", "time": _ms(event, "timestamp")},
    "FUNCTION_CALL": _function_call,
    "FUNCTION_CALL_RESPONSE": _function_response,
    "PAUSE_ONSET": lambda event: {"type": "pause_assistant_message"},
    "RESUME_ONSET": lambda event: {"type": "resume_assistant_message"},
}
_OF_CLIENT = frozenset(
    {
        "session_settings",
        "tool_response",
        "tool_error",
        "pause_assistant_message",
        "resume_assistant_message",
    }
)
NO_FRAME = {  # of the other events, why not
    "CHAT_END_MESSAGE": "the end of a socket is no frame",
    "USER_RECORDING_START_MESSAGE": "sound is not part of the page",
}


def _call(event: Body) -> Body:
    """The tool's frame, which stands as JSON in the text or in the metadata, whole or under a name."""
    for key in ("message_text", "metadata"):
        told = _inner(event, key)
        for inner in (told, *(_plain(value) for value in told.values() if isinstance(value, dict))):
            if "tool_call_id" in inner:
                return inner
    return {}


def _inner(event: Body, key: str) -> Body:
    """The object that stands as JSON in a string; empty where there is none."""
    try:
        return _plain(read_object((text_of(event, key) or "").encode("utf-8", "surrogatepass")))
    except Unreadable:
        return {}


def _plain(body: Body) -> Body:
    return {snake(key): value for key, value in body.items()}


def _ms(body: Body, key: str) -> int | None:
    """The API's own pages are in milliseconds, though its description says seconds."""
    value = whole_of(body, key)
    return value * 1000 if value is not None and 0 <= value < _SECONDS else value
