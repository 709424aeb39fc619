"""What a finished conversation comes to in the five tables of the lake.

No word that was said, no name of a person, no metadata: only numbers, times, and names of kinds. Every row
has the same first columns, so that each question is asked of one table alone. Times are UTC.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import msgspec

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation, Message, Status
from earwitness.model.events import Party, Role
from earwitness.projections import health
from earwitness.projections.answers import response_times
from earwitness.projections.cost import cost
from earwitness.projections.figures import Figures
from earwitness.projections.naming import agent_of
from earwitness.projections.understood import Understood
from earwitness.settings.understanding import Price

UNDONE = ("abandoned", "no_conversation")  # outcomes of calls that came to nothing; and all `..._failed`


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What every row of every table begins with: whose it is, and by what it can be grouped."""

    TABLE: ClassVar[str] = ""
    workspace: str  # tenant
    conversation_id: str  # UUIDv7
    started_at: datetime  # when the conversation began
    day: date  # of `started_at`
    hour: int  # of `started_at`, 0 to 23
    providers: tuple[str, ...]  # of its legs
    routes: tuple[str, ...]  # of its legs; empty text: it did not come through the tap
    labels: tuple[str, ...]  # as they stood when the row was written
    agent: str  # metadata `agent` of the application, else the provider's id of the agent, else the model


class ConversationRow(Row, frozen=True, kw_only=True):
    """One row for each conversation that has ended."""

    TABLE: ClassVar[str] = "conversations"
    status: str  # complete, partial, failed
    duration_ms: int  # length
    messages: int  # of all roles
    tool_calls: int  # how many
    is_completed: bool  # not failed, and its outcome is none of a call that came to nothing
    interruptions_by_caller: int  # as measured on the sound, else by the events
    interruptions_by_agent: int  # the same of the agent
    dead_air_ms: int | None  # how long in all nobody spoke; null: not measured
    agent_share: float | None  # of all speech the agent's, 0 to 1
    health_score: int  # 0 to 100
    extracted: int  # fields of the schema that were found
    fields: int  # fields that the schema has
    failed_saves: int  # how often its files could not be stored before they were
    input_tokens: int  # as the provider counted them
    output_tokens: int  # as the provider counted them
    cost: float | None  # by the prices of the settings; null: none is set for its providers


class MessageRow(Row, frozen=True, kw_only=True):
    """One row for each message."""

    TABLE: ClassVar[str] = "messages"
    position: int  # in the conversation, from 0
    provider: str  # of the leg it came on
    role: str  # user, assistant, system
    letters: int  # length of its text
    words: int  # the same in words
    sentiment: str | None  # positive, neutral, negative; null: unknown
    confidence: float | None  # of the recognition, 0 to 1
    is_interrupted: bool  # cut short by the other
    is_estimated: bool | None  # which words were heard is an estimate; null: from before that was kept


class TurnRow(Row, frozen=True, kw_only=True):
    """One row for each time a party took the floor: on the sound, or by the messages where there is none."""

    TABLE: ClassVar[str] = "turns"
    position: int  # in the conversation, from 0
    party: str  # caller or agent
    source: str  # sound or events
    started_ms: int  # on the conversation's clock
    ended_ms: int  # end of the last it said before the other spoke
    response_ms: int | None  # from the end of the caller to this answer; null: it is no answer


class ToolCallRow(Row, frozen=True, kw_only=True):
    """One row for each tool call."""

    TABLE: ClassVar[str] = "tool_calls"
    position: int  # in the conversation, from 0
    name: str  # of the tool
    latency_ms: int | None  # from call to result; null: none came
    is_error: bool  # it failed, or no result came


class EmotionRow(Row, frozen=True, kw_only=True):
    """One row for each expression that somebody scored in a message."""

    TABLE: ClassVar[str] = "emotions"
    position: int  # of the message
    role: str  # of the message
    producer: str  # who scored it
    emotion: str  # as the producer names it
    score: float  # as the producer gave it


TABLES: dict[str, type[Row]] = {
    cls.TABLE: cls for cls in (ConversationRow, MessageRow, TurnRow, ToolCallRow, EmotionRow)
}
Rows = dict[str, list[Row]]  # by table


def rows_of(
    conversation: Conversation,
    figures: Figures,
    known: Understood,
    prices: Mapping[str, Price],
    *,
    failed_saves: int = 0,
) -> Rows:
    """The rows of a conversation that has ended. The same conversation, the same rows."""
    common = _common(conversation)
    return {
        "conversations": [_conversation(conversation, figures, known, prices, failed_saves, common)],
        "messages": list(_messages(conversation, common)),
        "turns": list(_turns(conversation, figures, common)),
        "tool_calls": [
            ToolCallRow(
                **common,
                position=position,
                name=call.name,
                latency_ms=call.latency_ms,
                is_error=call.error is not None or call.result is None,
            )
            for position, call in enumerate(conversation.tool_calls)
        ],
        "emotions": list(_emotions(conversation, common)),
    }


def day_of(began_at_ns: int) -> date:
    """The day under which a conversation stands that began then."""
    return _started(began_at_ns).date()


def _started(began_at_ns: int) -> datetime:
    return datetime.fromtimestamp(began_at_ns // 1_000_000_000, UTC).replace(
        microsecond=began_at_ns // 1000 % 1_000_000
    )


def _common(of: Conversation) -> dict[str, Any]:
    started = _started(of.began_at_ns)
    return {
        "workspace": of.workspace,
        "conversation_id": of.id,
        "started_at": started,
        "day": started.date(),
        "hour": started.hour,
        "providers": of.providers,
        "routes": tuple(dict.fromkeys(leg.route for leg in of.legs)),
        "labels": tuple(dict.fromkeys(of.labels)),
        "agent": agent_of(of),
    }


def _conversation(
    of: Conversation,
    figures: Figures,
    known: Understood,
    prices: Mapping[str, Price],
    failed_saves: int,
    common: dict[str, Any],
) -> ConversationRow:
    outcome = known.summary.outcome
    came_to_nothing = outcome is None or outcome in UNDONE or outcome.endswith("_failed")
    is_measured = bool(figures.caller.speech or figures.agent.speech)
    counted = figures if is_measured else figures.by_events
    return ConversationRow(
        **common,
        status=of.status.value,
        duration_ms=of.duration_ns // NS_PER_MS,
        messages=len(of.messages),
        tool_calls=len(of.tool_calls),
        is_completed=of.status is not Status.FAILED and not came_to_nothing,
        interruptions_by_caller=counted.interruptions_by_caller,
        interruptions_by_agent=counted.interruptions_by_agent,
        dead_air_ms=figures.dead_air_ms if is_measured else None,
        agent_share=figures.agent_share,
        health_score=health.score(of, figures),
        extracted=len(known.extraction.at()),
        fields=len(known.extraction.schema.fields),
        failed_saves=failed_saves,
        input_tokens=int(of.usage.get("input_tokens", 0)),
        output_tokens=int(of.usage.get("output_tokens", 0)),
        cost=cost(of, prices),
    )


def _messages(of: Conversation, common: dict[str, Any]) -> Iterator[MessageRow]:
    provider = {leg.id: leg.provider for leg in of.legs}
    for position, message in enumerate(of.messages):
        yield MessageRow(
            **common,
            position=position,
            provider=provider.get(message.leg, "generic"),
            role=message.role.value,
            letters=len(message.text),
            words=len(message.text.split()),
            sentiment=message.sentiment,
            confidence=message.confidence,
            is_interrupted=message.status == "interrupted",
            is_estimated=message.is_estimated,
        )


def _turns(of: Conversation, figures: Figures, common: dict[str, Any]) -> Iterator[TurnRow]:
    heard = heard_turns(figures)
    for position, (party, started_ms, ended_ms, response_ms) in enumerate(heard or told_turns(of)):
        yield TurnRow(
            **common,
            position=position,
            party=party.value,
            source="sound" if heard else "events",
            started_ms=started_ms,
            ended_ms=ended_ms,
            response_ms=response_ms,
        )


Turn = tuple[Party, int, int, int | None]  # who, from, until, how long the answer took


def heard_turns(figures: Figures) -> list[Turn]:
    """What a party said until the other spoke, as measured, none without sound; an answer begins one."""
    answers = {answer.at_ms + answer.ms: answer.ms for answer in figures.responses}
    speech = [(begin, end, Party.CALLER) for begin, end in figures.caller.speech]
    speech += [(begin, end, Party.AGENT) for begin, end in figures.agent.speech]
    turns: list[Turn] = []
    for begin, end, party in sorted(speech):
        took = answers.get(begin) if party is Party.AGENT else None
        if turns and turns[-1][0] is party and took is None:
            _, started, until, before = turns[-1]
            turns[-1] = (party, started, max(until, end), before)
        else:
            turns.append((party, begin, end, took))
    return turns


def told_turns(of: Conversation) -> Iterator[Turn]:
    """The same by the messages alone."""
    answers = dict(response_times(of))
    for message in of.messages:
        if message.role is Role.SYSTEM or message.is_inserted:
            continue
        started_ms = message.started_ns // NS_PER_MS
        ended_ms = max(started_ms, (message.ended_ns or message.started_ns) // NS_PER_MS)
        is_agent = message.role is Role.ASSISTANT
        party = Party.AGENT if is_agent else Party.CALLER
        yield party, started_ms, ended_ms, answers.get(started_ms) if is_agent else None


def _emotions(of: Conversation, common: dict[str, Any]) -> Iterator[EmotionRow]:
    for position, message in enumerate(of.messages):
        for producer, emotion, score in _scores(message):
            yield EmotionRow(
                **common,
                position=position,
                role=message.role.value,
                producer=producer,
                emotion=emotion,
                score=score,
            )


def _scores(message: Message) -> Iterator[tuple[str, str, float]]:
    for producer, scores in message.emotions.items():
        for emotion, score in scores.items():
            yield producer, emotion, float(score)
