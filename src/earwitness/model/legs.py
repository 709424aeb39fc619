"""One leg of a conversation as far as it came: who it is, its lines of sound, its messages."""

from collections.abc import Iterable

from earwitness.model.conversation import AudioFormat, Leg
from earwitness.model.events import (
    AudioArrived,
    EndAnnounced,
    Evidence,
    FormatSet,
    LegClosed,
    LegIdentified,
    LegOpened,
    Party,
    PlaybackCut,
    PlaybackReported,
    SpeechStarted,
    SpeechStopped,
)
from earwitness.model.messages import MessageState, Thread
from earwitness.model.microphone import Microphone
from earwitness.model.playout import Playout
from earwitness.model.skew import MediaClock
from earwitness.model.sound import NS_PER_MS, PADDING_NS, Line, Owner, stronger

PHONE_PROVIDERS = frozenset({"twilio", "audiocodes"})  # their legs end at an ear
ENCODINGS = frozenset({"pcm_s16le", "mulaw", "alaw"})


class Speech:
    """A party talked: from when to when, as the provider heard it."""

    __slots__ = ("began_ns", "ended_ns", "is_taken", "seen_ns", "until_ns")

    def __init__(self, began_ns: int, seen_ns: int) -> None:
        self.began_ns = began_ns
        self.seen_ns = seen_ns
        self.ended_ns: int | None = None
        self.until_ns: int | None = None  # the end, or when it was told of, if that is earlier
        self.is_taken = False  # a message is known to hold it


class Claim:
    """What was said of how far a message was heard whose audio does not go over this leg."""

    __slots__ = ("began_ns", "ended_ns", "evidence", "heard_text", "played_ms", "text_evidence")

    def __init__(self) -> None:
        self.began_ns: int | None = None
        self.ended_ns: int | None = None
        self.played_ms: int | None = None
        self.evidence: Evidence | None = None
        self.heard_text: str | None = None  # as the platform says; the last that was said
        self.text_evidence: Evidence | None = None


def is_told_twice(leg: "LegState", legs: Iterable["LegState"]) -> bool:
    """Whether it is about a call whose own messages were seen."""
    if not leg.is_told:
        return False
    return any(o.messages and not o.is_told and o.provider == leg.provider for o in legs)


class LegState:
    """Everything the fold knows of one leg."""

    def __init__(self, id: str, seen_ns: int) -> None:
        self.id = id
        self.opened: LegOpened | None = None
        self.closed: LegClosed | None = None
        self.end_reason: str | None = None  # as announced
        self.opened_ns = seen_ns
        self.closed_ns: int | None = None
        self.last_ns = seen_ns
        self.record_count = 0
        self.keeps: tuple[str, ...] = ("audio", "raw", "transcripts")
        self.left_out = (0, 0)  # messages and bytes
        self.answer_status: int | None = None
        self.has_traffic = False
        self.is_phone = False
        self.links: dict[str, None] = {}
        self.provider_ids: dict[str, str] = {}
        self.messages: dict[str, MessageState] = {}
        self.thread = Thread()
        self.responses: dict[str, list[str]] = {}
        self.counted_responses: set[str] = set()
        self.claims: dict[str, Claim] = {}
        self.lines: dict[Party, Line] = {}
        self.claim_version = 0
        self.cut: set[str] = set()  # messages known to be cut
        self.last_owner: Owner | None = None
        self._playing: str | None = None
        self._formats: dict[Party, AudioFormat | None] = {}
        self._clock = MediaClock()
        self._speech_of: dict[str, Speech] = {}
        self._last_speech: dict[Party, Speech] = {}

    @property
    def is_up(self) -> bool:
        """Whether there was ever a connection."""
        if self.answer_status is not None:
            return self.answer_status == 101
        return self.has_traffic or (self.opened is not None and self.opened.way != "tap")

    @property
    def is_told(self) -> bool:
        """Whether it is no connection of the call but only tells of it, mostly after its end."""
        return self.opened is not None and self.opened.way == "webhook"

    @property
    def provider(self) -> str:
        return self.opened.provider if self.opened else ""

    def open(self, event: LegOpened) -> None:
        self.opened = event
        self.opened_ns = event.seen.at_ns
        self.is_phone = event.provider in PHONE_PROVIDERS and event.way != "fetched"
        self.links.update(dict.fromkeys(event.links))
        self.keeps = event.keeps

    def identify(self, event: LegIdentified) -> None:
        self.provider_ids.update(event.provider_ids)
        self.links.update(dict.fromkeys(event.links))

    def announce_end(self, event: EndAnnounced) -> None:
        """The first reason that is told holds."""
        self.end_reason = self.end_reason or event.reason

    def close(self, event: LegClosed) -> None:
        """Nothing that was still queued will be heard."""
        self.closed = event
        self.closed_ns = self.last_ns if event.why == "crash" else event.seen.at_ns
        for line in self.lines.values():
            line.end()
        for line in self.lines.values():
            if isinstance(line, Playout):
                line.cut(self.closed_ns, None)
        claim = self.claims.get(self._playing or "")
        if self.is_phone and claim is not None and claim.began_ns is not None and claim.ended_ns is None:
            claim.ended_ns = max(claim.began_ns, self.closed_ns)
            claim.played_ms = (claim.ended_ns - claim.began_ns) // NS_PER_MS
            self.claim_version += 1

    def freeze(self, zero_ns: int) -> Leg:
        opened, closed = self.opened, self.closed
        return Leg(
            id=self.id,
            provider=opened.provider if opened else "",
            way=opened.way if opened else "",
            route=opened.route if opened else "",
            opened_ns=self.opened_ns - zero_ns,
            closed_ns=None if self.closed_ns is None else self.closed_ns - zero_ns,
            why_closed=closed.why if closed else None,
            closed_by=closed.by if closed else "",
            close_code=closed.code if closed else None,
            end_reason=self.end_reason,
            answer_status=self.answer_status,
            path=opened.path if opened else "",
            user_agent=opened.user_agent if opened else "",
            peer=opened.peer if opened else "",
            links=tuple(self.links),
            provider_ids=dict(self.provider_ids),
            record_count=self.record_count,
            keeps=self.keeps,
            left_out_messages=self.left_out[0],
            left_out_bytes=self.left_out[1],
        )

    # -- sound ---------------------------------------------------------------------------------------

    def set_format(self, event: FormatSet) -> bool:
        """Whether it is a format whose samples can be counted."""
        is_known = event.encoding in ENCODINGS and event.rate_hz > 0
        format = AudioFormat(encoding=event.encoding, rate_hz=event.rate_hz) if is_known else None
        self._formats[event.party] = format
        if event.party in self.lines:
            self.lines[event.party].set_format(format)
        return is_known

    def has_format(self, party: Party) -> bool:
        return self._formats.get(party) is not None

    def open_line(self, event: AudioArrived) -> Line:
        """The line of that party on this leg, from its first chunk on."""
        line: Line
        if event.party is Party.AGENT and event.media_ns is None:
            line = Playout(self.id, event.party, self.opened_ns)
        else:
            clock = None if event.media_ns is None else self._clock
            line = Microphone(self.id, event.party, self.opened_ns, clock)
        line.set_format(self._formats.get(event.party))
        self.lines[event.party] = line
        return line

    @property
    def playout(self) -> Playout | None:
        line = self.lines.get(Party.AGENT)
        return line if isinstance(line, Playout) else None

    # -- playback that is told of, not seen ----------------------------------------------------------

    def respond(self, response: str, item: str) -> None:
        """That message belongs to that response."""
        items = self.responses.setdefault(response, [])
        if item not in items:
            items.append(item)

    def _claimed(self, item: str | None, response: str | None) -> tuple[str, Claim] | None:
        """Playback told of a response is that of its last message."""
        items = self.responses.get(response or "", [])
        item = item or (items[-1] if items else None)
        if item is None:
            return None
        self.claim_version += 1
        return item, self.claims.setdefault(item, Claim())

    def report_playing(self, event: PlaybackReported) -> None:
        claimed = self._claimed(event.item, event.response)
        if claimed is None:
            return
        item, claim = claimed
        if event.state == "started":
            self._playing = item
            claim.began_ns = claim.began_ns or event.seen.at_ns
        else:
            self._playing = None
            claim.ended_ns = claim.ended_ns or event.seen.at_ns
            proof = Evidence.PLATFORM_MARK if self.is_phone else Evidence.SERVER
            claim.evidence = stronger(claim.evidence, proof)

    def playing(self, at_ns: int) -> str | None:
        """The message the far end said it is playing."""
        claim = self.claims.get(self._playing or "")
        is_begun = claim is not None and claim.began_ns is not None and claim.began_ns <= at_ns
        return self._playing if is_begun else None

    def cut_items(self, event: PlaybackCut) -> list[str]:
        """Note what the cut says of a message; which messages will not be heard any more."""
        claimed = self._claimed(event.item, event.response)
        if claimed is None:
            return []
        item, claim = claimed
        played_ms = event.played_ms
        began_ns = claim.began_ns
        if began_ns is None and event.heard_text is None and self.is_phone and item in self.messages:
            began_ns = self.messages[item].first_seen_ns  # platforms speak what they are told at once
        if played_ms is None and began_ns is not None and claim.ended_ns is None:
            played_ms = (event.seen.at_ns - began_ns) // NS_PER_MS
        if played_ms is not None and (event.played_ms is not None or claim.played_ms is None):
            claim.played_ms = max(0, played_ms)
            claim.evidence = stronger(claim.evidence, event.evidence)
        if event.heard_text is not None:
            claim.heard_text, claim.text_evidence = event.heard_text, event.evidence
        claim.ended_ns = claim.ended_ns or event.seen.at_ns
        if self._playing == item:
            self._playing = None
        return [*self.responses.get(event.response or "", []), item]

    def is_told_of(self, event: PlaybackCut) -> bool:
        """Whether the cut itself is all that tells of the agent's voice: it goes over no leg of ours."""
        return Party.AGENT not in self.lines and bool(event.heard_text or event.played_ms)

    # -- speech --------------------------------------------------------------------------------------

    def _heard_ns(self, event: SpeechStarted | SpeechStopped, *, is_end: bool) -> int:
        line = self.lines.get(event.party)
        position_ns = (event.media_ms or 0) * NS_PER_MS
        at_ns = None if line is None else line.time_at(position_ns, is_end=is_end)
        if line is None or event.media_ms is None or at_ns is None:
            return event.seen.at_ns
        padded_ns = at_ns if is_end else line.time_at(position_ns + PADDING_NS) or at_ns
        # where the padding reaches back over a hole, the speech does not
        return max(at_ns, padded_ns - PADDING_NS, self.opened_ns)

    def start_speech(self, event: SpeechStarted) -> Speech:
        speech = Speech(self._heard_ns(event, is_end=False), event.seen.at_ns)
        self._last_speech[event.party] = speech
        if event.item is not None:
            speech.is_taken = True
            self._speech_of[event.item] = speech
        return speech

    def stop_speech(self, event: SpeechStopped) -> None:
        speech = self._speech_of.get(event.item) if event.item is not None else None
        speech = speech or self._last_speech.get(event.party)
        if speech is not None and speech.ended_ns is None:
            speech.ended_ns = max(speech.began_ns, self._heard_ns(event, is_end=True))
            speech.until_ns = min(speech.ended_ns, event.seen.at_ns)

    def speech_of(self, message: MessageState) -> Speech | None:
        """The speech that became this message, if the provider told of it."""
        return self._speech_of.get(message.item)

    def give_speech(self, message: MessageState) -> None:
        """A message without a speech of its own takes the latest that no other has."""
        speech = self._last_speech.get(message.party) if message.party else None
        if speech is not None and not speech.is_taken and message.item not in self._speech_of:
            speech.is_taken = True
            self._speech_of[message.item] = speech
