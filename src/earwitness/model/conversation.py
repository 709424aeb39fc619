"""A conversation as it stands: frozen, complete, the same for every face.

Times named `_ns` are on the conversation's clock: nanoseconds since the first record of its first
leg. `began_at_ns` puts that zero on the calendar (ns since the epoch).
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from earwitness.model.events import Evidence, Party, Role
from earwitness.model.redacted import Abridged, Redaction, Silenced
from earwitness.model.wording import Timing


class Status(StrEnum):
    """How far the record of a conversation has come."""

    ACTIVE = "active"
    COMPLETE = "complete"
    PARTIAL = "partial"  # ended, and something is known to be missing: see `reasons`
    FAILED = "failed"  # the call itself never came up


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioFormat:
    encoding: str  # pcm_s16le, mulaw, alaw
    rate_hz: int

    @property
    def bytes_per_frame(self) -> int:
        return 2 if self.encoding == "pcm_s16le" else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """An unbroken stretch of sound: which bytes of a party's audio on a leg, and when it is heard.

    Bytes count from 0 over all audio of that party on that leg, in the order it arrived. Spans of
    one track are in order of `from_byte`; their times do not overlap.
    """

    leg: str
    party: Party
    format: AudioFormat
    from_byte: int
    byte_count: int  # whole samples
    at_ns: int
    item: str | None = None
    is_kept: bool = True  # False: by choice its samples are nowhere; it is silence in the track

    @property
    def frames(self) -> int:
        return self.byte_count // self.format.bytes_per_frame

    @property
    def length_ns(self) -> int:
        return self.frames * 1_000_000_000 // self.format.rate_hz

    @property
    def end_ns(self) -> int:
        return self.at_ns + self.length_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One party's audio on the conversation's clock: what was said (caller) or heard (agent)."""

    party: Party
    spans: tuple[Span, ...] = ()
    chunk_count: int = 0
    byte_count: int = 0  # as it went over the wire, heard or not
    drift_ppm: float = 0.0  # by how much the clock that sent it is fast, as far as it is seen to be
    pace: float | None = None  # how fast it came, times its stated rate; None: not evenly, or not for long


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One captured connection. See `LegOpened` for the fields that come from outside."""

    id: str
    provider: str
    way: str
    route: str
    opened_ns: int
    closed_ns: int | None = None
    why_closed: str | None = None
    closed_by: str = ""
    close_code: int | None = None
    end_reason: str | None = None  # as the provider announced the end; None: it did not
    answer_status: int | None = None
    path: str = ""
    user_agent: str = ""
    peer: str = ""
    links: tuple[str, ...] = ()
    provider_ids: dict[str, str] = field(default_factory=dict)
    record_count: int = 0
    keeps: tuple[str, ...] = ("audio", "raw", "transcripts")  # what of it is kept, by choice, at its end
    left_out_messages: int = 0  # not kept, by choice
    left_out_bytes: int = 0
    joined_by: str | None = None  # what put it here: link:<link>, or hand:<who>; None: nothing had to
    clock_offset_ms: int | None = None  # how far its clock is ahead, by the sound it shares
    clock_certainty: float | None = None  # how sure that is, 0 to 1; None: not compared
    clock_against: str | None = None  # leg whose clock it was compared with
    is_clock_set: bool = False  # its times are moved by that offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one party said or typed. `text` was generated or recognised; `heard_text` reached the ear."""

    key: str  # stable over rebuilds: leg id and the provider's item id
    leg: str
    item: str
    role: Role
    party: Party | None
    text: str = ""
    heard_text: str = ""
    status: str = "open"  # open, completed, incomplete, interrupted, failed, removed
    started_ns: int = 0  # start of speech; of typed or inserted text its arrival
    ended_ns: int | None = None
    first_seen_ns: int = 0  # when the first sign of it was seen
    seen_order: int = field(default=0, repr=False)  # so many of its leg's messages had been seen by then
    worded_ns: int | None = None  # when the last of its words came
    said_ns: int | None = None  # when it was said by its sender's clock, where told; may lie before the start
    number: int | None = None  # under which its sender was told that it is kept
    evidence: Evidence | None = None  # for what was heard, or when it was said; None: nothing to prove
    sent_ms: int | None = None  # length of the audio that was generated
    heard_ms: int | None = None
    is_estimated: bool = False  # which words were heard: reckoned from `heard_ms`, neither told nor timed
    is_inserted: bool = False
    is_audible: bool = True
    phase: str | None = None
    response: str | None = None
    confidence: float | None = None
    emotions: dict[str, dict[str, float]] = field(default_factory=dict)  # by producer, scores by its names
    sentiment: str | None = None  # positive, negative, neutral
    sentiment_source: str | None = None  # who says so: provider, or derived:<producer>
    timing: Timing | None = field(default=None, repr=False, compare=False)  # of its characters, where told


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    key: str
    leg: str
    call: str
    name: str = ""
    arguments: str = ""  # JSON text as written
    result: str | None = None
    error: str | None = None
    called_ns: int = 0
    returned_ns: int | None = None

    @property
    def latency_ms(self) -> int | None:
        return None if self.returned_ns is None else (self.returned_ns - self.called_ns) // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """A party started while the other spoke."""

    by: Party
    at_ns: int
    message: str | None = None  # key of what was being said
    did_cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The conversation's history and state at one moment.

    History is `messages[i]` with `first_seen_ns <= at_ns`; it is not stored twice.
    """

    at_ns: int
    label: str  # history_updated for those taken by themselves
    message_count: int
    user_count: int
    assistant_count: int
    tool_count: int
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something a listener should know before trusting this record."""

    code: str  # e.g. undecoded, provider_error, unplayed_audio, parse_error
    message: str
    at_ns: int
    leg: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GapSpan:
    """A span we know we missed."""

    leg: str
    reason: str
    at_ns: int
    until_ns: int | None = None
    record_count: int | None = None
    byte_count: int | None = None
    detail: str = ""


WISHED = ("paused", "no_consent", "stopped")  # reasons of gaps that are no damage


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Somebody was told, or agreed: that the call is recorded, that a machine speaks."""

    kind: str  # announcement, consent
    at_ns: int
    leg: str
    data: dict[str, Any] = field(default_factory=dict)  # of consent: given, true or false


@dataclass(frozen=True, slots=True, kw_only=True)
class Digit:
    digit: str
    party: Party
    at_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    id: str
    workspace: str = "default"
    status: Status = Status.ACTIVE
    reasons: tuple[str, ...] = ()  # why partial or failed
    began_at_ns: int = 0  # ns since the epoch
    ended_ns: int | None = None
    seen_ns: int = 0  # when the last event was seen
    subject: str | None = None
    labels: tuple[str, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    outcome: str | None = None
    satisfaction: str | None = None
    legs: tuple[Leg, ...] = ()
    messages: tuple[Message, ...] = ()
    tool_calls: tuple[ToolCall, ...] = ()
    interruptions: tuple[Interruption, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    digits: tuple[Digit, ...] = ()
    usage: dict[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    gaps: tuple[GapSpan, ...] = ()
    declarations: tuple[Declaration, ...] = ()
    tracks: dict[Party, Track] = field(default_factory=dict)  # nearest to the ear
    sent: dict[Party, Track] = field(default_factory=dict)  # the voice AI leg's, cut or not
    redactions: tuple[Redaction, ...] = ()  # empty: nothing was taken out
    silenced: Silenced = field(default_factory=dict)
    has_beeps: bool = False  # whether what is silenced is heard as a tone
    is_withheld: bool = False  # redaction failed: no word and no sound of it may be shown
    abridged: tuple[Abridged, ...] = ()  # of its legs; not empty: what was taken out is nowhere any more

    @property
    def duration_ns(self) -> int:
        """Until the end; of a running call, until the last thing seen."""
        return self.seen_ns if self.ended_ns is None else self.ended_ns

    @property
    def redaction(self) -> str:
        """In one word: `clear` (nothing is taken out), `redacted`, or `quarantined`: that failed, so nothing
        of its words and sound is shown."""
        if self.is_withheld:
            return "quarantined"
        return "redacted" if self.redactions or self.silenced else "clear"

    @property
    def providers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leg.provider for leg in self.legs))
