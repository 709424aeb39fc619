"""The items of an OpenAI conversation, so that one message comes of its many repetitions.

A message is opened again whenever more is known of it (its place, its response); text is repeated only
where it differs. `previous` always names a message or a tool call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from earwitness.decoders.openai_calls import Calls
from earwitness.decoders.openai_chain import Chain
from earwitness.decoders.openai_names import ITEMS_PASSED_OVER
from earwitness.decoders.wire import Unreadable, id_of, objects_of, text_of
from earwitness.model.events import (
    Event,
    MessageClosed,
    MessageOpened,
    MessageRemoved,
    Role,
    Stamp,
    TextArrived,
)

_TEXT_PARTS = frozenset({"input_text", "output_text", "text"})
_AUDIO_PARTS = frozenset({"input_audio", "output_audio", "audio"})
_STATUS = {
    "completed": "completed",
    "incomplete": "incomplete",
    "cancelled": "incomplete",
    "failed": "failed",
}
_ROLES = {role.value: role for role in Role}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """What a `MessageOpened` says."""

    role: Role
    previous: str | None = None
    is_first: bool = False
    is_inserted: bool = False
    response: str | None = None
    phase: str | None = None
    is_audible: bool = True


@dataclass(slots=True)
class _Message:
    head: _Head
    texts: dict[int, str] = field(default_factory=dict)  # whole texts told so far, by part
    status: str | None = None  # told, once it is closed


class Items:
    """All items of one leg. Each method gives the events that are news."""

    def __init__(self) -> None:
        self.is_transcribed = False  # the caller's speech gets a transcript, later than its item
        self.chain = Chain()
        self.calls = Calls(self.chain)
        self._messages: dict[str, _Message] = {}
        self._of_response: dict[str, list[str]] = {}  # its messages, until it ends
        self._created: list[tuple[str, ...]] = []  # messages the client put in without an id, not yet echoed

    # -- messages ------------------------------------------------------------------------------------

    def open(self, seen: Stamp, item: str, role: Role, **news: Any) -> Iterator[Event]:
        """Let the message be known, with what is news of it; None is no news."""
        news = {name: value for name, value in news.items() if value is not None}
        previous, is_first = self.chain.place(item)
        if previous or is_first:
            news |= {"previous": previous, "is_first": is_first}
        message = self._messages.get(item)
        head = replace(message.head if message else _Head(role=role), **news)
        if head.response and (message is None or message.head.response != head.response):
            self._of_response.setdefault(head.response, []).append(item)
        if message is None:
            self._messages[item] = _Message(head)
        elif message.head == head:
            return
        else:
            message.head = head
        yield MessageOpened(
            seen=seen,
            item=item,
            role=head.role,
            previous=head.previous,
            is_first=head.is_first,
            is_inserted=head.is_inserted,
            response=head.response,
            phase=head.phase,
            is_audible=head.is_audible,
        )

    def say(
        self,
        seen: Stamp,
        item: str,
        role: Role,
        text: str,
        *,
        part: int = 0,
        is_whole: bool = False,
        confidence: float | None = None,
        **news: Any,
    ) -> Iterator[Event]:
        """Words of a message; the message is opened first where nothing opened it."""
        yield from self.open(seen, item, role, **news) if item not in self._messages else ()
        texts = self._messages[item].texts
        if is_whole:
            if texts.get(part) == text:
                return
            texts[part] = text
        yield TextArrived(
            seen=seen, item=item, text=text, part=part, is_whole=is_whole, confidence=confidence
        )

    def close(self, seen: Stamp, item: str, status: str) -> Iterator[Event]:
        """Nothing more comes of a known message."""
        message = self._messages.get(item)
        if message and message.status != status:
            message.status = status
            yield MessageClosed(seen=seen, item=item, status=status)

    def close_all(self, seen: Stamp, response: str, status: str) -> Iterator[Event]:
        """Close what this response, now over, left open."""
        for item in self._of_response.pop(response, ()):
            if self._messages[item].status is None:
                yield from self.close(seen, item, status)

    def remove(self, seen: Stamp, item: str) -> Iterator[Event]:
        self.chain.unlink(item)
        if item in self._messages:
            yield MessageRemoved(seen=seen, item=item)

    # -- whole items ---------------------------------------------------------------------------------

    def take(
        self, seen: Stamp, item: dict[str, Any], body: dict[str, Any], *, is_final: bool = False, **news: Any
    ) -> Iterator[Event]:
        """An item as the server shows it, in whatever state. `news` is what else is known of it."""
        kind = text_of(item, "type") or ("message" if "role" in item or "content" in item else None)
        key = id_of(item, "id")
        if key is None:
            raise Unreadable("item without id")
        self.chain.link(key, body)
        if kind == "message":
            yield from self._take_message(seen, key, item, is_final, news)
        elif kind in ("function_call", "mcp_call"):
            yield from self.calls.take(seen, key, item, is_final, news.get("response"))
        else:
            self.chain.hide(key)
            if kind == "function_call_output":
                yield from self.calls.take_result(seen, item)
            elif kind not in ITEMS_PASSED_OVER:
                raise Unreadable(f"unknown type of item: {kind}")

    def create(self, seen: Stamp, item: dict[str, Any], body: dict[str, Any]) -> Iterator[Event]:
        """An item the client puts in. Without an id it shows when the server repeats it with one."""
        if text_of(item, "type") == "function_call_output":
            yield from self.calls.take_result(seen, item)
        elif id_of(item, "id"):
            yield from self.take(seen, item, body, is_inserted=True, is_audible=False)
            return
        else:
            self._created.append(_fingerprint(item))
        if text_of(body, "previous_item_id") == "root":
            self.chain.ask_for_head()

    def retrieve(self, seen: Stamp, item: dict[str, Any]) -> Iterator[Event]:
        """An item shown on request: it tells only of what nothing told before."""
        message = self._messages.get(id_of(item, "id") or "")
        if message is None or not message.texts:
            yield from self.take(seen, item, {})

    def _take_message(
        self, seen: Stamp, key: str, item: dict[str, Any], is_final: bool, news: dict[str, Any]
    ) -> Iterator[Event]:
        parts = objects_of(item, "content")
        role = _role(item, parts, news)
        if key not in self._messages and "response" not in news and self._is_inserted(item, parts):
            news = {"is_inserted": True, "is_audible": False, **news}
        yield from self.open(seen, key, role, phase=text_of(item, "phase"), **news)
        for index, part in enumerate(parts):
            if text := _text(part):
                yield from self.say(seen, key, role, text, part=index, is_whole=True)
        status = _STATUS.get(text_of(item, "status") or "", "completed" if is_final else None)
        if status and not self._awaits_transcript(key, role, parts):
            yield from self.close(seen, key, status)

    def _is_inserted(self, item: dict[str, Any], parts: list[dict[str, Any]]) -> bool:
        """Nobody spoke it: a client put it in, seen here or known by its being text."""
        fingerprint = _fingerprint(item)
        if fingerprint in self._created:
            self._created.remove(fingerprint)
            return True
        return bool(parts) and not any(text_of(part, "type") in _AUDIO_PARTS for part in parts)

    def _awaits_transcript(self, key: str, role: Role, parts: list[dict[str, Any]]) -> bool:
        message = self._messages[key]
        is_speech = any(text_of(part, "type") == "input_audio" for part in parts)
        return self.is_transcribed and role is Role.USER and is_speech and not message.texts


def _role(item: dict[str, Any], parts: list[dict[str, Any]], news: dict[str, Any]) -> Role:
    told = _ROLES.get(text_of(item, "role") or "")
    if told:
        return told
    is_input = any((text_of(part, "type") or "").startswith("input_") for part in parts)
    return Role.USER if is_input and not news.get("response") else Role.ASSISTANT


def _text(part: dict[str, Any]) -> str | None:
    kind = text_of(part, "type")
    if kind in _AUDIO_PARTS:
        transcript = text_of(part, "transcript") or ""
        return transcript.rstrip("\n") if kind == "input_audio" else transcript
    return text_of(part, "text") if kind in _TEXT_PARTS else None


def _fingerprint(item: dict[str, Any]) -> tuple[str, ...]:
    """What a client's item and the server's echo of it have in common."""
    parts = objects_of(item, "content")
    return (
        text_of(item, "role") or "",
        *(f"{text_of(part, 'type')} {text_of(part, 'text')}" for part in parts),
    )
