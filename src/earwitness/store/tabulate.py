"""A conversation as rows: what the catalog should hold of it, no more and no less."""

import itertools
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from earwitness.clock import NS_PER_MS
from earwitness.model.conversation import Conversation, Leg, Message
from earwitness.model.events import Role
from earwitness.projections import health, moods
from earwitness.projections.naming import agent_of, call_id, recording_id
from earwitness.store import feelings
from earwitness.store.measured import judged
from earwitness.store.types import clip, moment, storable_row

Row: TypeAlias = dict[str, Any]
Sheet: TypeAlias = dict[tuple[Any, ...], Row]  # primary or natural key within the conversation -> row

# Natural key of each table within one conversation, in the order rows must be written.
KEYS: dict[str, tuple[str, ...]] = {
    "conversations": ("id",),
    "legs": ("id",),
    "conversation_labels": ("label",),
    "conversation_links": ("link",),
    "health_reasons": ("code",),
    "messages": ("key",),
    "tool_calls": ("key",),
    "interruptions": ("position",),
    "snapshots": ("position",),
    "digits": ("position",),
    "gaps": ("position",),
    "findings": ("position",),
    "search_entries": ("kind", "key"),  # see `entries`
}
_OF_LEG = (  # columns that are fields of a leg as they stand
    *("provider", "way", "route", "why_closed", "closed_by", "close_code", "answer_status"),
    *("path", "user_agent", "peer", "provider_ids", "record_count"),
    *("clock_offset_ms", "clock_certainty", "clock_against"),
)
# The provider's names of a call or session, the nearest to the phone first.
_CALL_IDS = ("call_sid", "call_id", "conversation_id", "session_id", "chat_id", "stream_sid")


class Tabulated(NamedTuple):
    """A conversation and its rows."""

    conversation: Conversation
    sheets: dict[str, Sheet]


def tabulate(conversation: Conversation, before: Tabulated | None = None) -> Tabulated:
    """All rows of the conversation by table and key, but for `messages.id` and `revision`. Rows of messages
    that are as they were in `before` are the very same objects: long conversations change at their end only.
    """
    rows = _Rows(conversation)
    sheets = {
        "conversations": [rows.conversation()],
        "legs": rows.legs(),
        "conversation_labels": [{"label": clip(label)} for label in dict.fromkeys(conversation.labels)],
        "conversation_links": [
            {"link": clip(link)}
            for link in dict.fromkeys(link for leg in conversation.legs for link in leg.links)
        ],
        "health_reasons": rows.health_reasons(),
        "messages": (),
        "tool_calls": rows.tool_calls(),
        "interruptions": rows.interruptions(),
        "snapshots": rows.snapshots(),
        "digits": rows.digits(),
        "gaps": rows.gaps(),
        "findings": rows.findings(),
    }
    whose = {"workspace_id": conversation.workspace, "conversation_id": conversation.id}
    made = {
        name: _sheet(lines, KEYS[name], {} if name == "conversations" else whose)
        for name, lines in sheets.items()
    }
    same = _unchanged(conversation, before)
    made["messages"] = {**same, **_sheet(rows.messages(since=len(same)), KEYS["messages"], whose)}
    return Tabulated(conversation, made)


def _unchanged(now: Conversation, before: Tabulated | None) -> Sheet:
    """The rows of the longest run of first messages that are as they were."""
    if before is None or _ground(now) != _ground(before.conversation):
        return {}
    pairs = zip(now.messages, before.conversation.messages, strict=False)
    if len(before.sheets["messages"]) != len(before.conversation.messages):
        return {}  # two messages of one key: rows and messages do not go in step
    count = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
    return dict(itertools.islice(before.sheets["messages"].items(), count))


def _sheet(lines: Iterable[Row], key: tuple[str, ...], whose: Row) -> Sheet:
    complete = (storable_row({**whose, **line}) for line in lines)
    return {tuple(line[name] for name in key): line for line in complete}


def _ground(of: Conversation) -> tuple[Any, ...]:
    """What rows of messages are made of besides the message."""
    legs = [(leg.id, leg.provider, _provider_conversation_id(leg)) for leg in of.legs]
    return of.id, of.workspace, of.began_at_ns, legs


def numbering(conversation: Conversation) -> tuple[dict[Any, tuple[str, int]], dict[Any, int]]:
    """What ids of messages go by, by the key of their row: the order in which those of one moment were seen,
    and the numbers by which some were acknowledged."""
    orders = {(clip(m.key),): (m.leg, m.seen_order) for m in conversation.messages}
    return orders, {(clip(m.key),): m.number for m in conversation.messages if m.number is not None}


def _turn_count(messages: Iterable[Message]) -> int:
    said = (each for each in messages if each.role is not Role.SYSTEM and not each.is_inserted)
    return sum(1 for _ in itertools.groupby(said, key=lambda each: each.party or each.role))


class _Rows:
    """Makes the rows of one conversation, each table in its own method."""

    def __init__(self, conversation: Conversation) -> None:
        self._of = conversation
        self._legs = {leg.id: leg for leg in conversation.legs}
        self._against = health.reasons(conversation)

    def _clock(self, name: str, at_ns: int | None) -> Row:
        began_ns = self._of.began_at_ns
        return {f"{name}_at": None if at_ns is None else moment(began_ns + at_ns), f"{name}_ns": at_ns}

    def conversation(self) -> Row:
        of = self._of
        roles = [message.role for message in of.messages]
        return {
            "id": of.id,
            "workspace_id": of.workspace,
            "call_id": clip(call_id(of)),
            "recording_id": clip(recording_id(of)),
            "providers": list(of.providers),
            "routes": list(dict.fromkeys(leg.route for leg in of.legs if leg.route)),
            "subject": None if of.subject is None else clip(of.subject),
            "labels": list(of.labels),
            "metadata": of.metadata,
            "status": of.status.value,
            "reasons": list(of.reasons),
            "started_at": moment(of.began_at_ns),
            "began_at_ns": of.began_at_ns,
            "ended_at": None if of.ended_ns is None else moment(of.began_at_ns + of.ended_ns),
            "duration_ms": of.duration_ns // NS_PER_MS,
            "message_count": len(roles),
            "turn_count": _turn_count(of.messages),
            "user_count": roles.count(Role.USER),
            "assistant_count": roles.count(Role.ASSISTANT),
            "tool_count": len(of.tool_calls),
            "interruption_count": len(of.interruptions),
            "gap_count": len(of.gaps),
            "agent": clip(agent_of(of)),
            "outcome": of.outcome,
            "sentiment_score": moods.balance(of),
            "satisfaction": of.satisfaction,
            "redaction": of.redaction,
            "is_abridged": bool(of.abridged),
            **judged(self._against),
            "usage": of.usage,
        }

    def health_reasons(self) -> Iterable[Row]:
        return ({"code": code} for code in health.codes(self._against))

    def legs(self) -> Iterable[Row]:
        for position, leg in enumerate(self._of.legs):
            yield {
                "id": leg.id,
                "position": position,
                **{name: getattr(leg, name) for name in _OF_LEG},
                **self._clock("opened", leg.opened_ns),
                **self._clock("closed", leg.closed_ns),
                "links": list(leg.links),
                "provider_conversation_id": _provider_conversation_id(leg),
                "joined_by": None if leg.joined_by is None else clip(leg.joined_by),
            }

    def messages(self, since: int) -> Iterable[Row]:
        for position, message in enumerate(self._of.messages[since:], since):
            yield {**self._message(message, self._legs.get(message.leg)), "position": position}

    def _message(self, message: Message, leg: Leg | None) -> Row:
        return {
            "leg_id": message.leg,
            "key": clip(message.key),
            "provider": leg.provider if leg else "generic",
            "provider_conversation_id": _provider_conversation_id(leg) if leg else None,
            "provider_message_id": clip(message.item),
            "role": message.role.value,
            "party": _value(message.party),
            "text": message.text,
            "heard_text": message.heard_text,
            "status": message.status,
            **self._clock("seen", message.first_seen_ns),
            **self._clock("said", message.said_ns),
            **self._clock("started", message.started_ns),
            **self._clock("ended", message.ended_ns),
            "evidence": _value(message.evidence),
            "sent_ms": message.sent_ms,
            "heard_ms": message.heard_ms,
            "is_estimated": message.is_estimated,
            "is_inserted": message.is_inserted,
            "is_audible": message.is_audible,
            "phase": message.phase,
            "response_id": message.response,
            **feelings.of_message(message),
        }

    def tool_calls(self) -> Iterable[Row]:
        for position, call in enumerate(self._of.tool_calls):
            yield {
                "leg_id": call.leg,
                "key": clip(call.key),
                "position": position,
                "call_id": clip(call.call),
                "name": clip(call.name),
                "arguments": call.arguments,
                "result": call.result,
                "error": call.error,
                **self._clock("called", call.called_ns),
                **self._clock("returned", call.returned_ns),
                "latency_ms": call.latency_ms,
            }

    def interruptions(self) -> Iterable[Row]:
        for position, cut in enumerate(self._of.interruptions):
            yield {
                "position": position,
                "by": cut.by.value,
                **self._clock("happened", cut.at_ns),
                "message_key": None if cut.message is None else clip(cut.message),
                "did_cut": cut.did_cut,
            }

    def snapshots(self) -> Iterable[Row]:
        for position, shot in enumerate(self._of.snapshots):
            yield {
                "position": position,
                **self._clock("taken", shot.at_ns),
                "label": shot.label,
                "message_count": shot.message_count,
                "user_count": shot.user_count,
                "assistant_count": shot.assistant_count,
                "tool_count": shot.tool_count,
                "data": shot.data,
            }

    def digits(self) -> Iterable[Row]:
        for position, digit in enumerate(self._of.digits):
            yield {
                "position": position,
                "digit": digit.digit,
                "party": digit.party.value,
                **self._clock("pressed", digit.at_ns),
            }

    def gaps(self) -> Iterable[Row]:
        for position, gap in enumerate(self._of.gaps):
            yield {
                "leg_id": gap.leg,
                "position": position,
                "reason": gap.reason,
                **self._clock("began", gap.at_ns),
                **self._clock("ended", gap.until_ns),
                "record_count": gap.record_count,
                "byte_count": gap.byte_count,
                "detail": gap.detail,
            }

    def findings(self) -> Iterable[Row]:
        for position, finding in enumerate(self._of.findings):
            yield {
                "leg_id": finding.leg,
                "position": position,
                "code": finding.code,
                "message": finding.message,
                **self._clock("found", finding.at_ns),
                "count": finding.count,
            }


def _value(member: StrEnum | None) -> str | None:
    return None if member is None else member.value


def _provider_conversation_id(leg: Leg) -> str | None:
    for name in _CALL_IDS:
        if leg.provider_ids.get(name):
            return clip(leg.provider_ids[name])
    return None
