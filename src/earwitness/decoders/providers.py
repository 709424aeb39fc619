"""Which decoder reads a leg: chosen by provider and path, never by what a frame looks like.

Names like `session.updated` or `start` mean different things on different sockets; only the connection tells.
"""

import re
from collections.abc import Callable
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import msgspec

from earwitness.decoders.abridged import Abridged
from earwitness.decoders.audiocodes import AudioCodes
from earwitness.decoders.elevenlabs import ElevenLabsAgents
from earwitness.decoders.elevenlabs_names import ENGINE_HEADER, OTHER_SOCKETS
from earwitness.decoders.generic import Generic
from earwitness.decoders.hume import HumeEVI, settings_in
from earwitness.decoders.hume_names import OTHER_SOCKETS as OTHER_HUME_SOCKETS
from earwitness.decoders.imported import Imported
from earwitness.decoders.openai import OpenAIRealtime
from earwitness.decoders.saved import SavedMessages
from earwitness.decoders.twilio_socket import TwilioSocket
from earwitness.decoders.webhooks import Webhook
from earwitness.journal.record import Opened, Record
from earwitness.model.events import Event, Party, Stamp, Undecoded
from earwitness.settings import WireMapping

_BESIDE_A_CHAT = re.compile(r"/chat/([^/]+)/connect$")


class ProviderDecoder(Protocol):
    """One provider's words. Takes only text and binary messages; never raises for what they hold."""

    def opened(self, seen: Stamp) -> list[Event]:
        """What the connection itself tells, before the first message."""

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        """What this message tells. Feed every message of the leg once, in order."""

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        """The bytes of each `AudioArrived` that `decode` makes of this message, in order. Keeps no state."""

    def skipped(self) -> None:
        """Messages are missing here, and it is the recorder's doing."""


class Silent:
    """Stands in where there is no decoder: says so once, and passes everything over."""

    def __init__(self, what: str) -> None:
        self._reason = f"no decoder for {what}"
        self._has_spoken = False

    def opened(self, seen: Stamp) -> list[Event]:
        return []

    def decode(self, record: Record, seen: Stamp) -> list[Event]:
        if self._has_spoken:
            return []
        self._has_spoken = True
        return [Undecoded(seen=seen, reason=self._reason)]

    def audio(self, record: Record) -> list[tuple[Party, bytes]]:
        return []

    def skipped(self) -> None:
        pass


def _openai(opened: Opened) -> ProviderDecoder:
    path, query = _split(opened.path)
    if path.endswith("/live") or "/live/" in path:
        return Silent("OpenAI Live")
    if "/realtime/translations" in path:
        return Silent("OpenAI Realtime translation")
    if "transcription" in query.get("intent", ()):
        return Silent("OpenAI Realtime transcription")
    return OpenAIRealtime(call=next(iter(query.get("call_id", ())), None))


def _twilio(opened: Opened) -> ProviderDecoder:
    return TwilioSocket()


def _elevenlabs(opened: Opened) -> ProviderDecoder:
    path, query = _split(opened.path)
    if any(name.lower() == ENGINE_HEADER for name, _ in opened.headers):
        return Silent("ElevenLabs Speech Engine")
    other = next((what for part, what in OTHER_SOCKETS.items() if part in path), None)
    return Silent(other) if other else ElevenLabsAgents(agent=next(iter(query.get("agent_id", ())), None))


def _audiocodes(opened: Opened) -> ProviderDecoder:
    return AudioCodes()


def _generic(opened: Opened) -> ProviderDecoder:
    if not opened.mapping:
        return Silent("a generic leg without a mapping")
    try:
        return Generic(msgspec.convert(opened.mapping, WireMapping))
    except msgspec.ValidationError as error:
        return Silent(f"this mapping: {error}")


def _hume(opened: Opened) -> ProviderDecoder:
    path, query = _split(opened.path)
    if other := next((what for part, what in OTHER_HUME_SOCKETS.items() if part in path), None):
        return Silent(other)
    ids = {"config_id": query["config_id"][0]} if "config_id" in query else {}
    beside = _BESIDE_A_CHAT.search(path)
    if beside:
        ids["chat_id"] = beside[1]
    return HumeEVI(settings_in(query), ids, is_beside=beside is not None)


PROVIDERS: dict[str, Callable[[Opened], ProviderDecoder]] = {
    "audiocodes": _audiocodes,
    "elevenlabs": _elevenlabs,
    "generic": _generic,
    "hume": _hume,
    "openai": _openai,
    "twilio": _twilio,
}


def choose(opened: Opened) -> ProviderDecoder:
    """The decoder for a leg that began like this."""
    if opened.way == "ingest":  # told message by message, whosever conversation it was
        return SavedMessages(opened)
    if opened.abridged is not None:  # what its messages meant, whosever they were
        return Abridged(opened)
    if opened.way == "import" and opened.provider == "imported":  # no frames, but what another file told
        return Imported(opened)
    if opened.way == "fetched":  # a provider's own recording, put down like one that was imported
        return Imported(opened)
    if opened.way == "webhook":
        return Webhook(opened)
    make = PROVIDERS.get(opened.provider)
    return make(opened) if make else Silent(f"provider {opened.provider}")


def _split(path: str) -> tuple[str, dict[str, list[str]]]:
    try:
        parts = urlsplit(path)
        return parts.path, parse_qs(parts.query)
    except ValueError:  # unbalanced brackets, too many fields
        return path, {}
