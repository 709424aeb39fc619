"""What of a message is kept, where not everything is: sound, words, the provider's own words, by choice.

Works on JSON by the names of its fields, and knows no more of a protocol than those. What it does not know
goes: without `transcripts` every text that is no id or kind, without `raw` every field no decoder reads.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from earwitness.capture.fields import OWN, PLAIN, READ
from earwitness.journal.record import Kept, Kind
from earwitness.settings import POINTERS

_WAV_HEAD = 344  # letters of base64 in which a WAV file's sound begins
NAMED_BY = ("type", "event")  # where a message says what it is
_WORDY = frozenset(("text", "audio", "tool_arguments", "tool_result"))  # pointers to what was said
_SOUND = frozenset(("audio", "user_audio_chunk", "audio_base_64", "audioChunk", "payload", "full_audio"))
_SOUND_OF_KIND = {"delta": re.compile(r"audio(?!.*transcript)"), "data": re.compile(r"audio")}
_BASE64 = re.compile(r"[A-Za-z0-9+/]{4,}={0,2}")
_IDS = re.compile(r"(?:.*_)?ids?|.*(?:[a-z]Ids?|Sid)|ew_\w+")
_SWITCHES = frozenset(("", "on", "off"))
UNKEPT_WORDS = "[not kept]"  # stands where text was
_PIECES = frozenset(("delta", "chars"))  # of a text whose whole comes too


def mark_of(sound: str) -> str:
    """What stands for base64: how long it was, so that times can still be told, and the head of a file."""
    byte_count = len(sound) * 3 // 4 - sound.count("=", -2)
    if not sound.startswith(("UklGR", "GkXfo")):  # RIFF, WebM
        return f"[not kept: {byte_count} bytes]"
    begin = b64decode(sound[:_WAV_HEAD] + "=" * (-len(sound[:_WAV_HEAD]) % 4))
    head = begin[: begin.find(b"data") + 8] if b"data" in begin else begin[:4]
    return f"{b64encode(head).decode()}[not kept: {byte_count - len(head)} bytes]"


class Sieve:
    """Lets through what is to be kept of one leg's messages. `mapping`: of a protocol of one's own."""

    def __init__(self, kept: Kept, mapping: Mapping[str, Any] | None = None) -> None:
        self.kept = kept
        self._is_all = kept.is_all
        self._is_nothing = kept.is_nothing
        own = {name: _steps(pointer) for name in POINTERS if (pointer := (mapping or {}).get(name))}
        self._type_path = own.get("type", [])
        self._sound = _SOUND | set(own.get("audio", [])[-1:])
        self._read = READ.union(*own.values())
        self._own = OWN.union(own.get("tool_arguments", [])[-1:], own.get("tool_result", [])[-1:])
        self._plain = PLAIN | {steps[-1] for name, steps in own.items() if name not in _WORDY}

    def sift(self, kind: Kind, payload: bytes) -> bytes | None:
        """What is kept of the message; None: nothing."""
        if self._is_all:
            return payload
        if self._is_nothing:
            return None
        if kind is Kind.BINARY:
            return self._sift_binary(payload)
        try:
            body = msgspec.json.decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            body = None
        return self._sift_text(payload, body)

    def _sift_binary(self, payload: bytes) -> bytes | None:
        """No name and no text: sound, for those who send it so."""
        if self.kept.only:
            return None
        return payload if self.kept.audio else b"[not kept: %d bytes]" % len(payload)

    def _sift_text(self, payload: bytes, body: Any) -> bytes | None:
        kept = self.kept
        if not isinstance(body, dict):  # nobody can say what is in it
            return payload if kept.is_whole and not kept.only else None
        name = self._name(body)
        if not self._is_wanted(name):
            return None
        try:
            return payload if kept.is_whole else msgspec.json.encode(self._walk(body, "", name))
        except RecursionError:
            return None

    def _name(self, body: dict[str, Any]) -> str:
        if self._type_path:
            value: Any = body
            for step in self._type_path:
                value = value.get(step) if isinstance(value, dict) else None
            return value if isinstance(value, str) else ""
        return next((name for key in NAMED_BY if isinstance(name := body.get(key), str)), "")

    def _is_wanted(self, name: str) -> bool:
        kept = self.kept
        if any(fnmatchcase(name, pattern) for pattern in kept.never):
            return False
        return not kept.only or any(fnmatchcase(name, pattern) for pattern in kept.only)

    def _walk(self, value: Any, key: str, name: str) -> Any:
        kept = self.kept
        if isinstance(value, dict):
            return {
                inner: self._walk(each, key if key in self._own else inner, name)
                for inner, each in value.items()
                if kept.raw or key in self._own or self._is_read(inner)
            }
        if isinstance(value, list):
            is_text = key in ("logprobs", "bytes")  # the words once more, in numbers
            return [self._walk(each, key, name) for each in value] if kept.transcripts or not is_text else []
        return self._text(value, key, name) if isinstance(value, str) else value

    def _text(self, value: str, key: str, name: str) -> str:
        kept = self.kept
        if self._is_sound(key, value, name):
            return value if kept.audio else mark_of(value)
        if kept.transcripts or value in _SWITCHES or key in self._plain or _IDS.fullmatch(key):
            return value
        return "" if key in _PIECES else UNKEPT_WORDS

    def _is_read(self, key: str) -> bool:
        """Browsers of some providers write in camel case what others write with underscores."""
        return key in self._read or _IDS.fullmatch(key) is not None or _snake(key) in self._read

    def _is_sound(self, key: str, value: str, name: str) -> bool:
        pattern = _SOUND_OF_KIND.get(key)
        if pattern is not None:
            return pattern.search(name) is not None and _BASE64.fullmatch(value) is not None
        return key in self._sound and _BASE64.fullmatch(value) is not None


def _steps(pointer: str) -> list[str]:
    """The names in a JSON pointer (RFC 6901)."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).lower()
