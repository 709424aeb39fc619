"""What a client may ask of the fake voice AI, one function for each event type."""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable

from earwitness.simulator.openai_items import Item, Kept
from earwitness.simulator.openai_session import Session
from earwitness.simulator.openai_spelling import ENCODINGS, Message, from_beta, merge, new_id

SHORTEST_COMMIT_MS = 100  # the provider refuses less


class Refused(Exception):
    """The client's event cannot be done: it becomes an `error` event, and the session goes on."""

    def __init__(self, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.code, self.param = code, param


async def handle(talk: Session, frame: str | bytes) -> None:
    """Do what the client asks, or answer with an `error` event."""
    event_id = None
    try:
        message = _parsed(frame)
        event_id = message.get("event_id")
        await _handler(message)(talk, message)
    except KeyError as error:
        missing = f"Missing required parameter: {error}."
        await talk.refuse("missing_required_parameter", missing, event_id=event_id)
    except Refused as refusal:
        await talk.refuse(refusal.code, str(refusal), param=refusal.param, event_id=event_id)


def _parsed(frame: str | bytes) -> Message:
    try:
        message = json.loads(frame)
    except ValueError:
        raise Refused("invalid_json", "We could not parse the JSON body of your message.") from None
    if not isinstance(message, dict):
        raise Refused("invalid_json", "Expected a JSON object.")
    return message


def _handler(message: Message) -> Callable[[Session, Message], Awaitable[None]]:
    kind = message.get("type")
    if kind in _HANDLERS:
        return _HANDLERS[kind]
    known = ", ".join(f"'{name}'" for name in _HANDLERS)
    raise Refused("invalid_value", f"Invalid value: '{kind}'. Supported values are: {known}.", "type")


async def _update(talk: Session, message: Message) -> None:
    change = dict(message["session"])
    if talk.beta:
        change = from_beta(change)
    elif change.get("type") != "realtime":
        raise Refused("missing_required_parameter", "Missing required parameter: 'session.type'.")
    for side in ("input", "output"):
        wanted = (change.get("audio", {}).get(side) or {}).get("format")
        if wanted and wanted.get("type") not in ENCODINGS:
            param = f"session.audio.{side}.format.type"
            raise Refused("invalid_value", f"Invalid value: '{wanted.get('type')}'.", param)
    merge(talk.session, change)
    listen = talk.session["audio"]["input"]
    encoding, rate_hz = ENCODINGS[listen["format"]["type"]]
    if (encoding, rate_hz) != (talk.input.encoding, talk.input.rate_hz):
        talk.input.set_format(encoding, rate_hz)
    detection = listen["turn_detection"]
    talk.input.detects = detection is not None
    if detection and detection.get("type") == "server_vad":
        talk.input.padding_ms = detection.get("prefix_padding_ms", 300)
        talk.input.silence_ms = detection.get("silence_duration_ms", 500)
    await talk.emit("session.updated", session=talk.session)


async def _append(talk: Session, message: Message) -> None:
    try:
        audio = b64decode(message["audio"], validate=True)
    except (Base64Error, TypeError, ValueError):
        raise Refused("invalid_value", "Invalid 'audio': not valid base64.", "audio") from None
    for spoken in talk.input.append(audio):
        await (talk.stopped(spoken) if spoken.is_end else talk.started(spoken))


async def _commit(talk: Session, message: Message) -> None:
    if (have_ms := talk.input.kept_ms) < SHORTEST_COMMIT_MS:
        raise Refused(
            "input_audio_buffer_commit_empty",
            f"Error committing input audio buffer: buffer too small. Expected at least "
            f"{SHORTEST_COMMIT_MS}ms of audio, but buffer only has {have_ms:.2f}ms of audio.",
        )
    await talk.take_utterance(new_id("item"), talk.input.take(), answers=False)


async def _clear(talk: Session, message: Message) -> None:
    talk.input.clear()
    await talk.emit("input_audio_buffer.cleared")


async def _create_item(talk: Session, message: Message) -> None:
    item: Item = {"object": "realtime.item", "status": "completed", **message["item"]}
    item.setdefault("id", new_id("item"))
    after = message.get("previous_item_id")
    if item["id"] in talk.items:
        raise Refused("item_already_exists", f"Item '{item['id']}' already exists.", "item.id")
    if after not in (None, "root") and after not in talk.items:
        raise _unknown_item(after, "previous_item_id")
    previous = talk.items.add(Kept(item=item), after)
    await talk.emit("conversation.item.added", previous_item_id=previous, item=item)
    await talk.emit("conversation.item.done", previous_item_id=previous, item=item)


async def _delete_item(talk: Session, message: Message) -> None:
    _item(talk, message)
    talk.items.remove(message["item_id"])
    await talk.emit("conversation.item.deleted", item_id=message["item_id"])


async def _retrieve_item(talk: Session, message: Message) -> None:
    kept = _item(talk, message)
    item = json.loads(json.dumps(kept.item))
    for part in item.get("content", []):
        if part["type"] in ("input_audio", "output_audio"):
            part["audio"] = b64encode(kept.audio).decode()
    await talk.emit("conversation.item.retrieved", item=item)


async def _truncate_item(talk: Session, message: Message) -> None:
    kept, end_ms = _item(talk, message), message["audio_end_ms"]
    if kept.item.get("role") != "assistant":
        raise Refused("invalid_value", "Only model output audio messages can be truncated.", "item_id")
    if end_ms > kept.audio_ms:
        raise Refused(
            "invalid_value",
            f"Audio content of {kept.audio_ms:.0f}ms is already shorter than {end_ms}ms",
            "audio_end_ms",
        )
    kept.audio = kept.audio[: int(len(kept.audio) * end_ms / kept.audio_ms)] if kept.audio_ms else b""
    kept.audio_ms = float(end_ms)
    kept.item["content"] = [{"type": "output_audio"}]  # the model no longer knows what it said
    where = {"item_id": message["item_id"], "content_index": message["content_index"]}
    await talk.emit("conversation.item.truncated", **where, audio_end_ms=end_ms)


async def _create_response(talk: Session, message: Message) -> None:
    if talk.response is not None:
        raise Refused(
            "conversation_already_has_active_response",
            f"Conversation already has an active response in progress: {talk.response.id}. "
            "Wait until the response is finished before creating a new one.",
        )
    talk.answer(message.get("response") or {}, speaks_first=True)


async def _cancel_response(talk: Session, message: Message) -> None:
    if talk.response is None:
        raise Refused("response_cancel_not_active", "Cancellation failed: no active response found")
    talk.response.cancel("client_cancelled")


def _item(talk: Session, message: Message) -> Kept:
    kept = talk.items.get(message["item_id"])
    if kept is None:
        raise _unknown_item(message["item_id"], "item_id")
    return kept


def _unknown_item(item_id: object, param: str) -> Refused:
    return Refused("item_not_found", f"Item with item_id not found: '{item_id}'.", param)


_HANDLERS: dict[str | None, Callable[[Session, Message], Awaitable[None]]] = {
    "session.update": _update,
    "input_audio_buffer.append": _append,
    "input_audio_buffer.commit": _commit,
    "input_audio_buffer.clear": _clear,
    "conversation.item.create": _create_item,
    "conversation.item.delete": _delete_item,
    "conversation.item.retrieve": _retrieve_item,
    "conversation.item.truncate": _truncate_item,
    "response.create": _create_response,
    "response.cancel": _cancel_response,
}
