"""What of a message was heard: how many milliseconds, which words, and what proves it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from earwitness.model.conversation import Message, Span, Track
from earwitness.model.events import Evidence, Party, PlaybackCut
from earwitness.model.legs import Claim, LegState
from earwitness.model.messages import MessageState
from earwitness.model.microphone import Microphone
from earwitness.model.playout import Playout
from earwitness.model.sound import NS_PER_MS, NS_PER_S, Line, Owner
from earwitness.model.wording import SPEECH_CHARS_PER_S, Timing, as_said, share_of, spoken_ms, words_until

AUDIBLE_MS = 60  # three telephone packets: less than a syllable
TRANSCODED_NS = 100 * NS_PER_MS  # two legs never carry quite the same length: padding, resampling
NO_CLAIM = Claim()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """`ratio` of the message that was heard; None where nothing is known, and all must be assumed."""

    sent_ms: int | None = None
    heard_ms: int | None = None
    ratio: float | None = None
    evidence: Evidence | None = None
    began_ns: int | None = None
    ended_ns: int | None = None
    is_cut: bool = False
    words: str | None = None  # that were heard, as somebody says who plays them


def nearest(legs: Iterable[LegState], party: Party) -> list[Line]:
    """The lines of that party that end at the ear or begin at the mouth: telephony's before the AI's."""
    lines = [(leg.is_phone, leg.lines[party]) for leg in legs if party in leg.lines]
    lines = [(is_phone, line) for is_phone, line in lines if line.stretches]
    phone = [line for is_phone, line in lines if is_phone]
    return phone or [line for _, line in lines]


def said_by(lines: Iterable[Line]) -> Evidence | None:
    """What proves when a party's sound was spoken: the weakest proof of its lines. None: it made no sound."""
    proofs = {line.evidence for line in lines if isinstance(line, Microphone)}
    return Evidence.MODELLED if Evidence.MODELLED in proofs else next(iter(proofs), None)


def track(party: Party, lines: list[Line], zero_ns: int, *, is_sent: bool = False) -> Track:
    """One track of several lines' sound. Where two legs overlap, what began first goes on."""
    spans = [span for line in lines for span in (line.sent(zero_ns) if is_sent else line.heard(zero_ns))]
    if len(lines) > 1:
        spans = list(_without_overlap(sorted(spans, key=lambda span: span.at_ns)))
    return Track(
        party=party,
        spans=tuple(spans),
        chunk_count=sum(line.chunk_count for line in lines),
        byte_count=sum(line.byte_count for line in lines),
        drift_ppm=max((line.drift_ppm for line in lines), key=abs, default=0.0),
        pace=next((line.pace for line in lines if line.pace is not None), None),
    )


def _without_overlap(spans: list[Span]) -> Iterator[Span]:
    end_ns = spans[0].at_ns if spans else 0
    for span in spans:
        late_ns = max(0, end_ns - span.at_ns)
        frames = -(-late_ns * span.format.rate_hz // NS_PER_S)
        if frames < span.frames:
            skipped = frames * span.format.bytes_per_frame
            at_ns = max(end_ns, span.at_ns)
            rest = span.byte_count - skipped
            yield replace(span, from_byte=span.from_byte + skipped, byte_count=rest, at_ns=at_ns)
            end_ns = at_ns + (span.frames - frames) * NS_PER_S // span.format.rate_hz


def ear_line(legs: Iterable[LegState], own: LegState, owner: Owner) -> Line | None:
    """The line that tells best what was heard of a message."""
    for leg in legs:
        line = leg.lines.get(Party.AGENT) if leg.is_phone else None
        if line is not None and owner in line.voices and line.voices[owner].stretches:
            return line
    return own.lines.get(Party.AGENT)


def hear(message: MessageState, leg: LegState, line: Line | None, *, is_running: bool) -> Hearing:
    """What is known of how an audible message of the agent's was heard. `is_running`: more may follow.

    What the voice AI says of the words that were heard does not hold where a telephone leg shows the sound.
    """
    own = leg.lines.get(Party.AGENT)
    sent = own.voices.get(message.owner) if own is not None else None
    heard = line.voices.get(message.owner) if line is not None else None
    if line is None or heard is None or sent is None or not sent.stretches:
        return _hear_claim(message, leg)
    sent_ns, heard_ns = sent.sent_ns, min(sent.sent_ns, heard.heard_ns)
    slack_ns = 0 if line is own else max(TRANSCODED_NS, sent_ns // 50)
    is_cut = heard_ns < sent_ns - slack_ns
    heard_ns = heard_ns if is_cut else sent_ns
    audible = [stretch for stretch in heard.stretches if stretch.heard_bytes]
    words = leg.claims.get(message.item, NO_CLAIM).heard_text if line is own else None
    return Hearing(
        sent_ms=sent_ns // NS_PER_MS,
        heard_ms=heard_ns // NS_PER_MS,
        ratio=heard_ns / sent_ns if is_cut else None,
        evidence=_proof(message, leg, line, is_cut=is_cut),
        began_ns=line.to_recorder(audible[0].at_ns) if audible else None,
        ended_ns=line.to_recorder(audible[-1].end_ns) if audible else None,
        is_cut=words is not None or (is_cut and not (is_running and line is not own)),
        words=words,
    )


def _proof(message: MessageState, leg: LegState, line: Line, *, is_cut: bool) -> Evidence:
    proof = line.evidence(message.owner) if isinstance(line, Playout) else Evidence.PLATFORM_MARK
    claim = leg.claims.get(message.item, NO_CLAIM)
    if claim.text_evidence is not None and line is leg.lines.get(Party.AGENT):
        return claim.text_evidence
    if proof is None and line is leg.lines.get(Party.AGENT):
        proof = claim.evidence
    is_open_ended = leg.closed is not None and (message.is_orphaned or is_cut)
    return proof or (Evidence.UNKNOWN if is_open_ended else Evidence.MODELLED)


def told_ms(leg: LegState, item: str, words: str) -> int | None:
    """How much of a message was heard by the words that somebody says were. None: its text is not known."""
    message, line = leg.messages.get(item), leg.lines.get(Party.AGENT)
    voice = line.voices.get((leg.id, item)) if line is not None else None
    sent_ms = voice.sent_ns // NS_PER_MS if voice is not None else None
    return None if message is None else spoken_ms(message.text, words, message.timing, sent_ms)


def cut_playout(
    event: PlaybackCut, leg: LegState, playout: Playout, items: list[str], *, is_news: bool
) -> None:
    """Cut the sound. Words alone cut it where they end, but not where it was cut before they were told."""
    item, played_ms = event.item, event.played_ms
    if items and event.heard_text is not None and played_ms is None:
        if not is_news:
            return  # when it was cut says more of its length than its words do
        item = items[-1]
        played_ms = told_ms(leg, item, event.heard_text)
    if item is not None and played_ms is not None:
        playout.cut_message(event.seen.at_ns, event.evidence, (leg.id, item), played_ms)
    else:
        playout.cut(event.seen.at_ns, event.evidence, [(leg.id, item) for item in items])


def _hear_claim(message: MessageState, leg: LegState) -> Hearing:
    """A message whose sound went over no leg: the platform speaks by itself, or a side connection looks on.

    What the far end says of its playout is the evidence. Where it says nothing, nothing cut the message: all
    its words count as heard, with evidence `unknown`.
    """
    claim = leg.claims.get(message.item, NO_CLAIM)
    ratio = None
    if claim.heard_text is not None:
        played_ms = claim.played_ms
        return Hearing(
            heard_ms=told_ms(leg, message.item, claim.heard_text) if played_ms is None else played_ms,
            evidence=claim.text_evidence,
            began_ns=claim.began_ns,
            ended_ns=claim.ended_ns,
            is_cut=True,
            words=claim.heard_text,
        )
    if claim.played_ms is not None:
        spoken_ms = len(message.text) * 1000 / SPEECH_CHARS_PER_S
        ratio = min(1.0, claim.played_ms / spoken_ms) if spoken_ms else None
    return Hearing(
        heard_ms=claim.played_ms,
        ratio=ratio,
        evidence=claim.evidence or Evidence.UNKNOWN,
        began_ns=claim.began_ns,
        ended_ns=claim.ended_ns,
        is_cut=ratio is not None and ratio < 1,
    )


class Words(NamedTuple):
    """Those of a message that were heard; estimated where they are neither told nor timed."""

    text: str
    is_estimated: bool = False


def heard_words(text: str, hearing: Hearing, timing: Timing | None = None) -> Words:
    """The words that were told; else those that fit into what was heard.

    Of a message that was cut, a word counts as heard where its last letter had begun by the timing of its
    characters; without such the letters are taken to be spread evenly, and half a word counts for nothing.
    """
    if hearing.words is not None:
        return Words(as_said(text, hearing.words))
    if hearing.ratio is None or hearing.ratio >= 1:
        return Words(text)
    if hearing.heard_ms is not None and hearing.heard_ms < AUDIBLE_MS:
        return Words("")
    timed = None
    if timing is not None and hearing.heard_ms is not None:
        timed = words_until(text, timing, hearing.heard_ms)
    if timed is not None:
        return Words(timed)
    share = share_of(text, hearing.ratio, hearing.heard_ms, hearing.sent_ms)
    return Words(share, is_estimated=True)


def _spoken(message: MessageState, leg: LegState) -> Hearing:
    """Of what nobody need hear: when it was spoken, if it was."""
    speech = leg.speech_of(message)
    return Hearing(began_ns=speech.began_ns, ended_ns=speech.ended_ns) if speech else Hearing()


def _typed(message: MessageState) -> str:
    """What of a message counts as heard that was not spoken by the agent."""
    return message.text if message.party in (Party.CALLER, Party.HUMAN_AGENT) else ""


def _status(message: MessageState, hearing: Hearing) -> str:
    if message.is_removed:
        return "removed"
    is_over = message.status in ("completed", "incomplete")
    return "interrupted" if hearing.is_cut and is_over else message.status


def _is_audible(message: MessageState, leg: LegState) -> bool:
    """Whether it is meant for the ear, or sounded all the same."""
    own = leg.lines.get(Party.AGENT)
    is_sounding = own is not None and message.owner in own.voices
    return (message.is_audible or is_sounding) and not message.is_inserted


def freeze(
    message: MessageState, leg: LegState, line: Line | None, zero_ns: int, *, is_running: bool
) -> Message:
    """The message as it stands."""
    is_audible = _is_audible(message, leg)
    is_heard = message.party is Party.AGENT and is_audible
    hearing = hear(message, leg, line, is_running=is_running) if is_heard else _spoken(message, leg)
    words = heard_words(message.text, hearing, message.timing) if is_heard else Words(_typed(message))
    ended_ns = message.closed_ns if hearing.ended_ns is None else hearing.ended_ns
    began_ns = message.first_seen_ns if hearing.began_ns is None else hearing.began_ns
    return Message(
        key=message.key,
        leg=message.leg,
        item=message.item,
        role=message.role,
        party=message.party,
        text=message.text,
        heard_text=words.text,
        is_estimated=words.is_estimated,
        status=_status(message, hearing),
        started_ns=began_ns - zero_ns,
        ended_ns=None if ended_ns is None else max(began_ns, ended_ns) - zero_ns,
        first_seen_ns=message.first_seen_ns - zero_ns,
        worded_ns=None if message.worded_ns is None else message.worded_ns - zero_ns,
        said_ns=None if message.said_at_ns is None else message.said_at_ns - zero_ns,
        number=message.number,
        seen_order=message.seen_order,
        evidence=hearing.evidence,
        sent_ms=hearing.sent_ms,
        heard_ms=hearing.heard_ms,
        is_inserted=message.is_inserted,
        is_audible=is_audible,
        phase=message.phase,
        response=message.response,
        confidence=message.confidence,
        emotions=dict(message.emotions),
        sentiment=message.sentiment,
        sentiment_source=message.sentiment_source,
        timing=message.timing,
    )
