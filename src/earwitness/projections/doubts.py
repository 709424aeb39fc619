"""What only the sound, or its words beside it, tell of a record that cannot be trusted as it stands."""

from collections.abc import Iterator
from dataclasses import dataclass

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation, Message, Status
from earwitness.model.events import Evidence, Party, Role
from earwitness.projections.figures import Figures, Side
from earwitness.projections.moments import milliseconds

CLIPPED_SHARE = 0.01  # of what a party says: from here on a listener hears it
DRIFT_PPM = 50  # a cheap crystal stays below; it is made up for, and says that times of the far end move
LATE_MS = 10_000  # words that come later than this after their sound are of no use while the call runs
TALKED_MS = 2_000  # so much speech has words in it
LETTERS_A_SECOND = (5, 32)  # of speech in letters: slower and faster than anybody speaks
LEAST_LETTERS = 100
RATES_HZ = (8_000, 12_000, 16_000, 24_000, 48_000)
RATIOS = sorted({one / other for one in RATES_HZ for other in RATES_HZ if one != other})
RATIO_OFF = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that takes away from the trust in a record."""

    code: str
    message: str
    cost: int
    at_ms: int | None = None


def doubts(conversation: Conversation, figures: Figures | None) -> Iterator[Reason]:
    """All of them; with `figures` also those that only its sound can tell."""
    yield from _of_clocks(conversation)
    if conversation.status is not Status.ACTIVE:
        yield from _of_words(conversation)
        yield from _of_legs(conversation)
    if figures is not None:
        yield from _of_sound(conversation, figures)


def _of_clocks(conversation: Conversation) -> Iterator[Reason]:
    is_told = any(leg.way == "import" for leg in conversation.legs)  # at the pace of a disk
    for party, track in conversation.tracks.items():
        if abs(track.drift_ppm) >= DRIFT_PPM:
            speed = "fast" if track.drift_ppm > 0 else "slow"
            message = (
                f"the clock of the {party}'s sound was {abs(track.drift_ppm):.0f} ppm {speed}; made up for"
            )
            yield Reason(code=f"drift_{party}", message=message, cost=1)
        pace = track.pace
        if pace is not None and not is_told and any(abs(pace / ratio - 1) < RATIO_OFF for ratio in RATIOS):
            message = f"the {party}'s sound came {pace:.2f} times as fast as its stated rate says"
            yield Reason(code=f"wrong_rate_{party}", message=message, cost=30)
    yield from _of_letters(conversation)


def _of_letters(conversation: Conversation) -> Iterator[Reason]:
    """An answer at half or double its rate has half or double the letters in a second."""
    spoken = [m for m in conversation.messages if m.party is Party.AGENT and m.sent_ms and m.text.isascii()]
    letters = sum(len(message.text) for message in spoken)
    seconds = sum(message.sent_ms or 0 for message in spoken) / 1000
    least, most = LETTERS_A_SECOND
    if letters >= LEAST_LETTERS and not least <= letters / seconds <= most:
        message = (
            f"the agent speaks {letters / seconds:.0f} letters a second: its rate is hardly the stated one"
        )
        yield Reason(code="wrong_rate_agent", message=message, cost=30)


def _of_words(conversation: Conversation) -> Iterator[Reason]:
    spoken = [
        m for m in conversation.messages if m.is_audible and not m.is_inserted and m.role is not Role.SYSTEM
    ]
    wordless = [m for m in spoken if not m.text and m.status != "removed" and _has_sound(m)]
    if wordless:
        message = f"{len(wordless)} messages were spoken whose words never came"
        at_ms = milliseconds(wordless[0].started_ns)
        yield Reason(code="missing_transcript", message=message, cost=5, at_ms=at_ms)
    late = [m for m in spoken if m.party is Party.CALLER and _late_ms(m) > LATE_MS]
    if late:
        latest_s = max(map(_late_ms, late)) / 1000
        message = f"words of {len(late)} messages came up to {latest_s:.0f} s after their sound"
        at_ms = milliseconds(late[0].started_ns)
        yield Reason(code="late_transcript", message=message, cost=1, at_ms=at_ms)
    is_early = conversation.status is Status.PARTIAL
    unfinished = [
        m for m in spoken if is_early and m.evidence is Evidence.UNKNOWN and m.status == "interrupted"
    ]
    if unfinished:
        message = "the record ends within what the agent was saying: nobody knows how much of it was heard"
        at_ms = milliseconds(unfinished[0].started_ns)
        yield Reason(code="truncated", message=message, cost=5, at_ms=at_ms)


def _has_sound(message: Message) -> bool:
    return message.party is Party.CALLER or bool(message.sent_ms)


def _late_ms(message: Message) -> int:
    if message.worded_ns is None or message.ended_ns is None:
        return 0
    return (message.worded_ns - message.ended_ns) // NS_PER_MS


def _of_legs(conversation: Conversation) -> Iterator[Reason]:
    """A telephone leg on which an agent speaks, and no leg with its words."""
    phones = [leg for leg in conversation.legs if leg.provider == "twilio"]
    agent = conversation.tracks.get(Party.AGENT)
    if len(phones) == len(conversation.legs) == 1 and agent and agent.spans and not conversation.messages:
        message = "only the telephone leg is here: the leg that carries the words has not joined"
        yield Reason(code="leg_not_joined", message=message, cost=5)


def _of_sound(conversation: Conversation, figures: Figures) -> Iterator[Reason]:
    for party, side in ((Party.CALLER, figures.caller), (Party.AGENT, figures.agent)):
        yield from _of_side(conversation, party, side)
    told = any(m.party is Party.CALLER for m in conversation.messages)
    if not told and conversation.messages and figures.caller.speech_ms > TALKED_MS:
        message = f"the caller spoke for {figures.caller.speech_ms / 1000:.0f} s, and no word of it is here"
        yield Reason(code="missing_transcript", message=message, cost=5)
    for each in figures.disagreements:
        yield Reason(code=f"disagrees_{each.code}", message=each.message, cost=2, at_ms=each.at_ms)


def _of_side(conversation: Conversation, party: Party, side: Side) -> Iterator[Reason]:
    track = conversation.tracks.get(party)
    if track is not None and any(span.is_kept for span in track.spans) and not side.sounding_ms:
        yield Reason(code=f"silent_{party}", message=f"the {party}'s track is there, and silent", cost=15)
    if side.clipped_ms and side.clipped_ms >= CLIPPED_SHARE * max(side.speech_ms, 1):
        message = f"{side.clipped_ms} ms of the {party}'s sound have lost their tops: it came too loud"
        yield Reason(code=f"clipping_{party}", message=message, cost=3)
