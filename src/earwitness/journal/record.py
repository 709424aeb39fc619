"""What a journal is made of.

A `Record` is one thing seen on one leg. Most are the wire's own messages, verbatim but for struck
credentials. The rest is what the recorder itself has to say of the leg (`Kind.OPENED`, `ANSWERED`,
`NOTE`, `GAP`, `ENDED`): JSON, one of the structs below.
"""

from enum import IntEnum
from typing import Any

import msgspec


class Origin(IntEnum):
    """Which end of the leg sent it."""

    CLIENT = 1
    SERVER = 2
    RECORDER = 3  # neither: the recorder says so


class Kind(IntEnum):
    """What the payload holds."""

    OPENED = 1  # JSON `Opened`; the first record of every leg
    ANSWERED = 2  # JSON `Answered`: the server's answer to the handshake
    TEXT = 3  # one whole text message, UTF-8 as it came
    BINARY = 4  # one whole binary message
    PING = 5
    PONG = 6
    CLOSE = 7  # two bytes close code, big-endian, then the reason (RFC 6455, 5.5.1); may be empty
    RAW = 8  # bytes that are no WebSocket frames any more; nothing after them is parsed
    NOTE = 9  # JSON `Note`: a verb of the application's (snapshot, end, label ...)
    GAP = 10  # JSON `Gap`: records that are missing here
    ENDED = 11  # JSON `Ended`; the last record of a leg that ended in order


class Record(msgspec.Struct, frozen=True, gc=False):
    """One thing seen on one leg. `number` counts from 0 without holes, but for those a `Gap` names."""

    number: int
    monotonic_ns: int
    wall_ns: int
    origin: Origin
    kind: Kind
    payload: bytes


class Kept(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is kept of a leg's messages, by choice. With nothing, they are counted."""

    audio: bool = True  # False: sound is replaced by its length
    raw: bool = True  # False: of each message what some decoder reads
    transcripts: bool = True  # False: no text but ids and kinds
    only: tuple[str, ...] = ()  # messages of these names alone, by the wire's own, * for anything; empty: all
    never: tuple[str, ...] = ()  # messages of these names not at all
    reason: str = ""  # why less than all, where it is no setting: sampled_out, asked

    @property
    def is_whole(self) -> bool:
        """Messages that are kept stay as they came."""
        return self.audio and self.raw and self.transcripts

    @property
    def is_all(self) -> bool:
        return self.is_whole and not (self.only or self.never)

    @property
    def is_nothing(self) -> bool:
        return not (self.audio or self.raw or self.transcripts)


NOTHING = Kept(audio=False, raw=False, transcripts=False)


class Opened(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a leg began, and all that was said of it from outside. Credentials are struck out."""

    leg: str  # UUIDv7
    conversation: str  # UUIDv7 of the conversation this leg founds, should it join no other
    workspace: str = "default"
    provider: str = "generic"
    way: str = "tap"  # how the bytes came in: tap, record, ingest, events, webhook, sip, import, fetched
    route: str = ""
    links: tuple[str, ...] = ()  # legs that share any one of these belong to one conversation
    subject: str | None = None
    labels: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}
    path: str = ""  # path and query as sent upstream, secret values struck
    headers: tuple[tuple[str, str], ...] = ()
    peer: str = ""  # address of the client, host:port
    mapping: dict[str, Any] = {}  # of the provider `generic`: how to read it, as its route was told
    kept: Kept = Kept()
    clock: str = ""  # whose clock stamped it: legs that name another one are compared by their sound
    abridged: dict[str, Any] | None = None  # its messages are what they meant, masked: `decoders.abridged`


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the server answered to the handshake. 101 means the leg is up."""

    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""  # of a refusal: its first 4 KiB


class Note(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verb the application spoke about this conversation.

    Of what it is: `snapshot`, `end`, `label`, `metadata`, `announcement`. Of what is kept: `consent` (with
    `given`), `pause` and `resume` (with `messages` and `bytes` of what went by and is nowhere), `keep` (the
    fields of `Kept` from here on), `stop`; and at the end `left_out`: how much was not kept by choice.
    Of nothing of these: `mark`, a word for whoever reads the journal.
    """

    verb: str
    data: dict[str, Any] = {}


class Gap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A span that is known to be missing, and why. A gap is data: every face shows it.

    `reason`: `overrun`, `disk_full`, `disk_error`, `crash`, `damage`, `torn`, `parse_error`.
    """

    reason: str
    first: int  # number of the first missing record
    count: int | None = None  # None: not known how many
    since_ns: int | None = None  # wall time of the last thing kept before the gap
    until_ns: int | None = None
    lost_bytes: int | None = None
    detail: str = ""


class Ended(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a leg ended.

    `why`: `closed` (a close frame went by), `lost` (a side vanished without one), `refused` (the
    handshake was not answered with 101), `unreachable` (no upstream), `stopped` (we were told to
    stop), `done` (the in-process recorder was closed).
    """

    why: str
    by: str = ""  # client, server or recorder
    detail: str = ""
