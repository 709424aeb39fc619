"""What is known of the messages saved in one conversation, so that none is kept twice."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec

from earwitness.capture.secrets import strike
from earwitness.journal.writer import LegWriter


class Saved(msgspec.Struct, frozen=True, kw_only=True):
    """One message as somebody wants it kept. Ids are the provider's."""

    workspace: str = "default"
    subject: str
    provider: str
    role: str
    content: str
    timestamp: str  # as it was sent
    said_at_ns: int  # the same, since the epoch
    conversation: str | None = None
    message: str | None = None


class TalkKey(NamedTuple):
    """Messages that share it belong together; without a conversation's id only while they follow closely."""

    workspace: str
    subject: str
    provider: str
    conversation: str | None


class Kept(NamedTuple):
    """A message that is known from before. `message` may be its number where the provider gave no id."""

    number: int
    message: str
    role: str
    content: str
    said_at_ns: int


class Archive(Protocol):
    """What is known of saved messages beyond this process: the catalog. May raise `StorageUnavailable`."""

    def kept(self, key: TalkKey) -> Iterable[Kept]:
        """All messages that were saved under this key."""

    def highest_number(self) -> int:
        """No message has a higher one."""

    def has(self, numbers: Iterable[int]) -> set[int]:
        """Which of these numbers it knows."""


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the record of a saved message says, behind its number; see `decoders.saved`."""

    role: str
    content: str
    said_at_ns: int
    timestamp: str
    provider_conversation_id: str | None = None
    provider_message_id: str | None = None


class Entry:
    """A message that was taken. Until it is known to be on disk, `writer` and `record` say where it is."""

    __slots__ = ("mark", "number", "record", "writer")

    def __init__(self, number: int, mark: bytes, writer: LegWriter | None = None, record: int = -1) -> None:
        self.number = number
        self.mark = mark  # of what it says
        self.writer = writer
        self.record = record

    @property
    def is_lost(self) -> bool:
        """The disk did not take it in time, and it had to go."""
        return self.writer is not None and self.writer.backlog.dropped_until > self.record


class Draft(NamedTuple):
    """A message ready to be written, and what it is recognised by."""

    key: TalkKey
    name: bytes  # the same for every repetition of the message
    mark: bytes
    role: str
    body: bytes  # JSON without its number, credentials struck


class Talk:
    """One conversation of one person with one provider, as far as messages of it were saved."""

    def __init__(self, conversation: str) -> None:
        self.conversation = conversation  # the id its legs found
        self.writer: LegWriter | None = None  # of the leg that is open
        self.entries: dict[bytes, Entry] = {}
        self.last_number = 0
        self.active_us = 0  # when something came last
        self.is_whole = False  # all that the archive knows of it is among the entries

    def add(self, name: bytes, entry: Entry) -> None:
        self.entries[name] = entry
        self.last_number = max(self.last_number, entry.number)

    def add_kept(self, kept: Kept) -> None:
        """Know it from before; what is known already stays."""
        own = None if kept.message == str(kept.number) else kept.message
        name = _name(own, kept.role, kept.content, kept.said_at_ns)
        if name not in self.entries:
            self.add(name, Entry(kept.number, _mark(kept.role, kept.content)))


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Body).decode


def draft(saved: Saved) -> Draft:
    """The message made ready: everything that needs no look at others."""
    body = Body(
        role=saved.role,
        content=saved.content,
        said_at_ns=saved.said_at_ns,
        timestamp=saved.timestamp,
        provider_conversation_id=saved.conversation,
        provider_message_id=saved.message,
    )
    encoded = _encode(body)
    struck = strike(encoded)
    if struck is not encoded:
        body = _decode(struck)  # recognised by what is kept of it
    key = TalkKey(saved.workspace, saved.subject, saved.provider, saved.conversation)
    name = _name(body.provider_message_id, body.role, body.content, body.said_at_ns)
    return Draft(key, name, _mark(body.role, body.content), body.role, struck)


def numbered(number: int, body: bytes) -> bytes:
    """The record: the message with its number in front."""
    return b'{"message_id":%d,%b' % (number, body[1:])


def _name(message: str | None, role: str, content: str, said_at_ns: int) -> bytes:
    """By the provider's id; without one, the same words of the same microsecond are the same message."""
    if message is not None:
        return _digest("id", message)
    return _digest("words", role, str(said_at_ns // 1000), _plain(content))


def _mark(role: str, content: str) -> bytes:
    return _digest(role, _plain(content))


def _plain(content: str) -> str:
    """As the catalog gives it back."""
    return content.replace("\0", "\ufffd").strip()


def _digest(*parts: str) -> bytes:
    return blake2b("\0".join(parts).encode("utf-8", "replace"), digest_size=16).digest()
