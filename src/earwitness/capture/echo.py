"""What is told after a pause of what was said in it.

Transcripts come late, and the summary of an answer repeats all of it. So after a pause nothing is kept that
names an item or a response seen in it, nor, where a protocol gives the caller's words no id beforehand, the
first that the caller is told to have said: it may have begun in the pause. Rather a word too few.
"""

from typing import Any

import msgspec

from earwitness.clock import NS_PER_S
from earwitness.journal.record import Kind

LATE_NS = 30 * NS_PER_S  # after a pause; what is told later than that was said later
_MOST_IDS = 10_000
_LATEST = 8  # things the caller began to say before the pause whose words may still come
_SPEECH_BEGAN, _SHORT = b"speech_started", 1024
RARE = ord("_")  # in all that `watch` looks for, in no telephone frame, and found faster than a word
_NAMED = ("item_id", "response_id", "call_id")  # OpenAI: what an event is about
_INNER = ("item", "response")
_TURNS = ("agent_response_event", "agent_response_correction_event", "audio_event", "interruption_event")
_USER_WORDS = {  # kind of message: the field and its value by which more of the same is to come
    "user_transcript": ("", None),
    "tentative_user_transcript": ("type", "tentative_user_transcript"),
    "user_message": ("interim", True),
    "prompt": ("last", False),
    "userStream.speech.hypothesis": ("type", "userStream.speech.hypothesis"),
    "userStream.speech.recognition": ("", None),
}
_RETOLD = frozenset(("interrupt", "info", "agent_response_correction"))  # once more, what the agent had said


class Echo:
    """Watches one leg: `watch` what is kept, `heard` what goes by in a pause; after it ask `is_of_pause`."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._latest: list[str] = []
        self._until_ns = 0  # monotonic; until then the first words may be old ones

    @property
    def is_possible(self) -> bool:
        return bool(self._ids or self._until_ns)

    def watch(self, payload: bytes) -> None:
        """Something is kept. It may say that the caller begins to speak."""
        if len(payload) < _SHORT and _SPEECH_BEGAN in payload:
            self._latest = [*self._latest, *_ids(_read(payload))][-_LATEST:]

    def begin(self) -> None:
        """A pause begins: what was begun before it goes on in it."""
        self._ids.update(self._latest)

    def heard(self, kind: Kind, payload: bytes) -> None:
        """A message of the pause. Nothing of it is remembered but the ids it names."""
        if kind is Kind.TEXT and len(self._ids) < _MOST_IDS:
            self._ids |= _ids(_read(payload))

    def end(self, monotonic_ns: int) -> None:
        """The pause is over."""
        self._until_ns = monotonic_ns + LATE_NS

    def is_of_pause(self, monotonic_ns: int, kind: Kind, payload: bytes) -> bool:
        """Whether this message, which came after a pause, may tell of it."""
        body = _read(payload) if kind is Kind.TEXT else {}
        if not self._ids.isdisjoint(_ids(body)):
            return True
        if monotonic_ns > self._until_ns:
            self._until_ns = 0
        name = body.get("type")
        if not self._until_ns or not isinstance(name, str):
            return False
        if name in _USER_WORDS:
            key, value = _USER_WORDS[name]
            if not key or body.get(key) != value:  # all of it has been told
                self._until_ns = 0
            return True
        return name in _RETOLD


def _read(payload: bytes) -> dict[str, Any]:
    try:
        body = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _ids(body: dict[str, Any]) -> set[str]:
    """What the message is about, not what it refers to (such as the item before it)."""
    found = [body.get(name) for name in _NAMED]
    for name in _INNER:
        inner = _object(body, name)
        found += [inner.get("id"), inner.get("call_id")]
        output = inner.get("output")
        found += (
            [one.get("id") for one in output if isinstance(one, dict)] if isinstance(output, list) else []
        )
    turns = [_object(body, name).get("event_id") for name in _TURNS]
    found += [f"turn {turn}" for turn in turns if isinstance(turn, int | str)]
    return {one for one in found if isinstance(one, str)}


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    inner = body.get(name)
    return inner if isinstance(inner, dict) else {}
