"""How a conversation went, measured on its sound, and held against what its events say.

All times are milliseconds on the conversation's clock. Every definition stands, with its formula, in
docs/understand/heard.md; `figures.json` and `/analytics` have them in this shape.
"""

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

import msgspec

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation, Message
from earwitness.model.events import Party
from earwitness.projections.answers import response_times
from earwitness.projections.interruptions import SAME_MS, Speech, TalkedOver, cuts, talked_over

if TYPE_CHECKING:  # figures are read where no sound can be: in the process that records
    from earwitness.audio.voice import Voice

DEAD_AIR_MS = 3_000  # nobody speaks for longer: the caller wonders whether anybody is there
DISAGREE_MS = 750  # providers hear the end of speech half a second late, by their own settings


class _Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Part of the figures."""


class Times(_Figure, frozen=True, kw_only=True):
    """A distribution; percentiles by nearest rank. None of all but `count` where there is nothing."""

    count: int = 0
    p50: int | None = None
    p95: int | None = None
    longest: int | None = None


class Stretch(_Figure, frozen=True, kw_only=True):
    """Something that lasted `ms` from `at_ms` on."""

    at_ms: int
    ms: int


class Side(_Figure, frozen=True, kw_only=True):
    """One party's sound. `words` are those that were heard, where there is a text. Levels as in `Voice`."""

    speech: tuple[tuple[int, int], ...] = ()
    speech_ms: int = 0
    longest_monologue_ms: int = 0
    words: int = 0
    words_per_minute: int | None = None
    speech_db: float | None = None
    noise_db: float | None = None
    peak_db: float | None = None
    clipped_ms: int = 0
    sounding_ms: int = 0


class Told(_Figure, frozen=True, kw_only=True):
    """The same by the events alone."""

    response_ms: Times = Times()
    interruptions_by_caller: int = 0
    interruptions_by_agent: int = 0


class Disagreement(_Figure, frozen=True, kw_only=True):
    """Events and sound differ.

    `code`: `response`, `interruption_not_told` (by the events), `interruption_not_heard` (in the sound).
    """

    code: str
    message: str
    at_ms: int


class Figures(_Figure, frozen=True, kw_only=True):
    """All of them. `first_sound_ms`: when the agent was first heard; None: never."""

    response_ms: Times = Times()
    responses: tuple[Stretch, ...] = ()  # from the caller's end, as long as the silence before the answer
    first_sound_ms: int | None = None
    interruptions_by_caller: int = 0
    interruptions_by_agent: int = 0
    interruptions: tuple[TalkedOver, ...] = ()
    dead_air_ms: int = 0
    dead_air: tuple[Stretch, ...] = ()
    overlap_ms: int = 0
    agent_share: float | None = None  # of all speech
    caller: Side = Side()
    agent: Side = Side()
    by_events: Told = Told()
    disagreements: tuple[Disagreement, ...] = ()


def figures(conversation: Conversation, caller: "Voice", agent: "Voice") -> Figures:
    """The figures of a conversation whose two channels sound like that."""
    answers = list(_responses(caller.speech, agent.speech))
    over = sorted(
        [
            *talked_over(Party.CALLER, caller.speech, agent.speech, cuts(conversation)),
            *talked_over(Party.AGENT, agent.speech, caller.speech),
        ],
        key=lambda each: each.at_ms,
    )
    silences = [] if not (caller.speech or agent.speech) else list(_dead_air(conversation, caller, agent))
    spoken_ms = caller.speech_ms + agent.speech_ms
    return Figures(
        response_ms=times([each.ms for each in answers]),
        responses=tuple(answers),
        first_sound_ms=agent.speech[0][0] if agent.speech else None,
        interruptions_by_caller=sum(each.by is Party.CALLER for each in over),
        interruptions_by_agent=sum(each.by is Party.AGENT for each in over),
        interruptions=tuple(over),
        dead_air_ms=sum(each.ms for each in silences),
        dead_air=tuple(silences),
        overlap_ms=_overlap_ms(caller.speech, agent.speech),
        agent_share=round(agent.speech_ms / spoken_ms, 3) if spoken_ms else None,
        caller=_side(conversation, Party.CALLER, caller, agent),
        agent=_side(conversation, Party.AGENT, agent, caller),
        by_events=_told(conversation),
        disagreements=tuple(_disagreements(conversation, answers, over)),
    )


def times(values: list[int]) -> Times:
    """Their distribution."""
    if not values:
        return Times()
    ordered = sorted(values)

    def rank(share: float) -> int:
        return ordered[ceil(share * len(ordered)) - 1]

    return Times(count=len(ordered), p50=rank(0.5), p95=rank(0.95), longest=ordered[-1])


def _responses(caller: Speech, agent: Speech) -> Iterator[Stretch]:
    """From where the caller ended to where the agent began, where that came next and over nobody."""
    index, caller_end, agent_end = 0, None, -1
    for begin, end in agent:
        while index < len(caller) and caller[index][0] < begin:
            caller_end = caller[index][1]
            index += 1
        if caller_end is not None and agent_end < caller_end <= begin:
            yield Stretch(at_ms=caller_end, ms=begin - caller_end)
        agent_end = end


def _dead_air(conversation: Conversation, caller: "Voice", agent: "Voice") -> Iterator[Stretch]:
    """Where nobody speaks for longer than `DEAD_AIR_MS`, from the first moment to the last."""
    end_ms = conversation.duration_ns // NS_PER_MS
    until = 0
    for begin, end in [*sorted([*caller.speech, *agent.speech]), (end_ms, end_ms)]:
        if begin - until > DEAD_AIR_MS:
            yield Stretch(at_ms=until, ms=begin - until)
        until = max(until, end)


def _overlap_ms(one: Speech, other: Speech) -> int:
    total, i, j = 0, 0, 0
    while i < len(one) and j < len(other):
        total += max(0, min(one[i][1], other[j][1]) - max(one[i][0], other[j][0]))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return total


def _side(conversation: Conversation, party: Party, own: "Voice", other: "Voice") -> Side:
    words = sum(len(_heard(message).split()) for message in conversation.messages if message.party is party)
    minutes = own.speech_ms / 60_000
    return Side(
        speech=own.speech,
        speech_ms=own.speech_ms,
        longest_monologue_ms=max(_monologues(own.speech, other.speech), default=0),
        words=words,
        words_per_minute=round(words / minutes) if words and minutes else None,
        speech_db=own.speech_db,
        noise_db=own.noise_db,
        peak_db=own.peak_db,
        clipped_ms=own.clipped_ms,
        sounding_ms=own.sounding_ms,
    )


def _heard(message: Message) -> str:
    return message.heard_text if message.is_audible and not message.is_inserted else ""


def _monologues(own: Speech, other: Speech) -> Iterator[int]:
    """How long a party held the floor each time: no dead air and no word of the other's between."""
    begun, until, index = None, 0, 0
    for begin, end in own:
        while index < len(other) and other[index][0] < until:
            index += 1
        is_answered = index < len(other) and other[index][0] < begin
        if begun is None or begin - until > DEAD_AIR_MS or is_answered:
            begun = begin
        until = end
        yield until - begun


def _told(conversation: Conversation) -> Told:
    by = [each.by for each in conversation.interruptions]
    return Told(
        response_ms=times([ms for _, ms in response_times(conversation)]),
        interruptions_by_caller=by.count(Party.CALLER),
        interruptions_by_agent=by.count(Party.AGENT),
    )


def _disagreements(
    conversation: Conversation, answers: list[Stretch], over: list[TalkedOver]
) -> Iterator[Disagreement]:
    told = dict(response_times(conversation))
    for answer in answers:
        begun_ms = answer.at_ms + answer.ms
        near = min(told, key=lambda at_ms: abs(at_ms - begun_ms), default=None)
        if near is None or abs(near - begun_ms) > SAME_MS or abs(told[near] - answer.ms) <= DISAGREE_MS:
            continue
        message = f"an answer took {told[near]} ms by the events, {answer.ms} ms by the sound"
        yield Disagreement(code="response", message=message, at_ms=begun_ms)
    events = [(each.by, each.at_ns // NS_PER_MS, each.did_cut) for each in conversation.interruptions]
    for each in over:
        if not any(by is each.by and abs(at_ms - each.at_ms) <= SAME_MS for by, at_ms, _ in events):
            message = f"the {each.by} talked over the other, and no event says so"
            yield Disagreement(code="interruption_not_told", message=message, at_ms=each.at_ms)
    for by, at_ms, did_cut in events:
        is_heard = any(by is each.by and abs(at_ms - each.at_ms) <= SAME_MS for each in over)
        if did_cut and not is_heard and (answers or over):
            message = f"an answer was cut as if the {by} had interrupted, who is not heard to"
            yield Disagreement(code="interruption_not_heard", message=message, at_ms=at_ms)
