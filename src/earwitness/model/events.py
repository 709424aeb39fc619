"""Facts, one provider's names and all accidents of its wire taken off.

Decoders make them, the fold consumes them. An event never carries audio: it says how many bytes
arrived, and the samples are read again from the journal when somebody asks.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from earwitness.model import redacted


class Party(StrEnum):
    """Who speaks."""

    CALLER = "caller"
    AGENT = "agent"
    HUMAN_AGENT = "human_agent"


class Role(StrEnum):
    """In whose name a message stands."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class Evidence(StrEnum):
    """What proves how much of an answer was heard; strongest first."""

    SERVER = "server"  # the voice AI played it itself and says how far
    PLATFORM_MARK = "platform_mark"  # the telephone platform says so
    CLIENT_CLAIM = "client_claim"  # the application says so, often a guess
    MODELLED = "modelled"  # from arrival times and lengths
    UNKNOWN = "unknown"


class Stamp(NamedTuple):
    """Where and when an event was seen."""

    leg: str
    record: int
    at_ns: int  # steady time in ns since the epoch: the leg's first wall time plus monotonic time since


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One decoded fact."""

    seen: Stamp


# -- the leg itself ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LegOpened(Event):
    provider: str
    way: str
    route: str
    conversation: str
    workspace: str
    links: tuple[str, ...] = ()
    subject: str | None = None
    labels: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    user_agent: str = ""
    peer: str = ""
    keeps: tuple[str, ...] = ("audio", "raw", "transcripts")  # what of it is kept, by choice
    abridged: redacted.Abridged | None = None  # None: it is the original


@dataclass(frozen=True, slots=True, kw_only=True)
class LegAnswered(Event):
    """The server took (101) or refused the connection."""

    status: int
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegIdentified(Event):
    """The traffic names the call: the provider's ids, and links to other legs of the same call."""

    provider_ids: dict[str, str] = field(default_factory=dict)  # e.g. call_sid, session_id, model
    links: tuple[str, ...] = ()
    subject: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegClosed(Event):
    """The leg is over. `why` as in `journal.record.Ended`, or `crash` where the recorder died first."""

    why: str
    by: str = ""
    code: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAnnounced(Event):
    """The provider said that the call is over: a connection that breaks off after this lost nothing."""

    reason: str = ""


# -- sound -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FormatSet(Event):
    """From here on the party's audio on this leg is in this format."""

    party: Party
    encoding: str  # pcm_s16le, mulaw, alaw
    rate_hz: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioArrived(Event):
    """Audio of one party went over this leg: the record holds it."""

    party: Party
    byte_count: int  # after base64, before decoding
    item: str | None = None  # the message it belongs to, where the provider says
    media_ns: int | None = None  # the provider's own media timestamp of its first sample
    is_kept: bool = True  # False: by choice only its length is known


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(Event):
    """The provider heard the party begin. `media_ms`: position in that party's audio on this leg."""

    party: Party
    item: str | None = None
    media_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStopped(Event):
    party: Party
    item: str | None = None
    media_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackReported(Event):
    """The far end tells of its playout.

    `state`: `mark_set` (tell me when all sent so far is played), `mark_reached`, `started`, `stopped`.
    """

    state: str
    name: str | None = None  # the mark's name
    item: str | None = None
    response: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackCut(Event):
    """What was queued for the ear was thrown away.

    With `played_ms` or `heard_text` the item was heard so far and no further; without, all that was not
    yet played at this moment is gone. `heard_text` needs `item` or `response`; the last one holds.
    """

    evidence: Evidence
    item: str | None = None
    played_ms: int | None = None
    heard_text: str | None = None  # the words that were heard, as the platform itself says
    response: str | None = None


# -- words -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOpened(Event):
    """A message takes its place in the conversation: after `previous`, or at the end."""

    item: str
    role: Role
    previous: str | None = None  # item before it; None: not said
    is_first: bool = False  # the provider says it stands at the head
    is_inserted: bool = False  # put in by the application, never spoken
    response: str | None = None
    phase: str | None = None  # e.g. commentary: spoken filler before a tool call
    is_audible: bool = True  # False: text only, or out of band
    party: Party | None = None  # who said it, where the role does not tell: a human agent
    said_at_ns: int | None = None  # by the sender's own clock, ns since the epoch
    number: int | None = None  # under which its sender was told that it is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class TextArrived(Event):
    """Words of a message. `is_whole`: this is all of the part's text, not one more piece of it."""

    item: str
    text: str
    part: int = 0
    is_whole: bool = False
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTimed(Event):
    """When each character of a stretch of a message is spoken. Stretches come in the order of the text."""

    item: str
    text: str
    starts_ms: tuple[int, ...]  # one a character; counted from the first sample of the message's audio


@dataclass(frozen=True, slots=True, kw_only=True)
class EmotionScored(Event):
    """Somebody scored the expression in a message. Scores are the producer's own, under its own names."""

    item: str
    producer: str  # e.g. hume_prosody
    scores: dict[str, float]
    sentiment: str | None = None  # positive, negative, neutral, where the producer itself says


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClosed(Event):
    """Nothing more will come of it. `status`: completed, incomplete, failed."""

    item: str
    status: str = "completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRemoved(Event):
    """The application took it out of the history. The conversation keeps it, marked."""

    item: str


# -- work --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCalled(Event):
    call: str  # the provider's call id
    name: str | None = None
    arguments: str | None = None  # JSON text as the model wrote it, once whole
    item: str | None = None
    response: str | None = None
    previous: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolReturned(Event):
    call: str
    result: str | None = None  # as sent back, usually JSON text
    error: str | None = None
    item: str | None = None  # the item that carries the result, where the provider has one
    previous: str | None = None  # the item before that


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEnded(Event):
    """A generation came to its end. `status`: completed, cancelled, failed, incomplete."""

    response: str | None
    status: str
    reason: str | None = None  # turn_detected, client_cancelled, max_output_tokens ...
    usage: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReported(Event):
    """Tokens or seconds the provider counted outside a response (transcription, for one)."""

    source: str
    usage: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(Event):
    digit: str
    party: Party = Party.CALLER


# -- what is said about the conversation -------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTaken(Event):
    """The application spoke a verb, as in `journal.record.Note`."""

    verb: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemReported(Event):
    """The provider reported an error, or warned."""

    code: str
    message: str
    is_fatal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GapFound(Event):
    """Records are missing here; fields as in `journal.record.Gap`."""

    reason: str
    first: int
    count: int | None = None
    since_ns: int | None = None
    until_ns: int | None = None
    lost_bytes: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold(Event):
    """A line of the log of whoever recorded the call, as it stood in the file that was imported."""

    kind: str
    data: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecoded(Event):
    """A record said nothing we understand. It stays in the journal as it came."""

    reason: str
    name: str = ""  # the wire's name of it, where it has one
