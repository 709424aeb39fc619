"""Conversations for the store's tests, made of the model's own classes."""

from dataclasses import replace
from typing import Any

from earwitness.model.conversation import (
    Conversation,
    Digit,
    Finding,
    GapSpan,
    Interruption,
    Leg,
    Message,
    Snapshot,
    Status,
    ToolCall,
)
from earwitness.model.events import Evidence, Party, Role

BEGAN_NS = 1_763_648_000_123_456_789  # 2025-11-20T14:13:20.123456Z
SECOND = 1_000_000_000


def an_id(number: int, kind: str = "c") -> str:
    """An id in the shape of a UUIDv7, in the order of `number`."""
    return f"{number:08x}-0000-7000-8000-0000000000{ord(kind):02x}"


def a_leg(number: int = 1, kind: str = "1", **fields: Any) -> Leg:
    defaults: dict[str, Any] = {
        "id": an_id(number, kind),
        "provider": "openai",
        "way": "tap",
        "route": "openai",
        "opened_ns": 0,
        "provider_ids": {"session_id": f"sess_{number}", "model": "gpt-realtime"},
        "links": (f"link-{number}",),
    }
    return Leg(**{**defaults, **fields})


def a_message(leg: Leg, item: int, **fields: Any) -> Message:
    role = Role.USER if item % 2 == 0 else Role.ASSISTANT
    defaults: dict[str, Any] = {
        "key": f"{leg.id}/item_{item}",
        "leg": leg.id,
        "item": f"item_{item}",
        "role": role,
        "party": Party.CALLER if role is Role.USER else Party.AGENT,
        "text": f"words number {item}",
        "heard_text": f"words number {item}",
        "status": "completed",
        "started_ns": item * SECOND,
        "ended_ns": item * SECOND + SECOND // 2,
        "first_seen_ns": item * SECOND,
    }
    return Message(**{**defaults, **fields})


def a_call(number: int = 1, count: int = 4, **fields: Any) -> Conversation:
    """A plain finished call: one leg, `count` messages in turn, begun `number` minutes in."""
    leg = a_leg(number)
    defaults: dict[str, Any] = {
        "id": an_id(number),
        "status": Status.COMPLETE,
        "began_at_ns": BEGAN_NS + number * 60 * SECOND,
        "ended_ns": count * SECOND,
        "legs": (leg,),
        "messages": tuple(a_message(leg, item) for item in range(count)),
    }
    return Conversation(**{**defaults, **fields})


def a_full_call(number: int = 1, **fields: Any) -> Conversation:
    """A call with something in every table."""
    leg = a_leg(number)
    said = tuple(a_message(leg, item) for item in range(4))
    felt = {"emotions": {"p": {"joy": 0.8}}, "sentiment": "positive", "sentiment_source": "derived:p"}
    defaults: dict[str, Any] = {
        "legs": (leg, a_leg(number, "2", provider="twilio", provider_ids={"call_sid": f"CA{number}"})),
        "messages": (
            *said[:2],
            replace(said[2], **felt),
            a_message(leg, 3, status="interrupted", evidence=Evidence.MODELLED, heard_ms=300),
        ),
        "status": Status.PARTIAL,
        "reasons": ("gap",),
        "subject": "RID001",
        "labels": ("pilot", "spanish"),
        "metadata": {"campaign": "autumn", "nested": {"list": [1, 2.5, None, True]}},
        "outcome": "quote_completed",
        "satisfaction": "high",
        "usage": {"total_tokens": 321},
        "tool_calls": (
            ToolCall(
                key=f"{leg.id}/call_1",
                leg=leg.id,
                call="call_1",
                name="quote",
                arguments='{"zip": "90210"}',
                result='{"price": 12.5}',
                called_ns=2 * SECOND,
                returned_ns=3 * SECOND,
            ),
        ),
        "interruptions": (
            Interruption(by=Party.CALLER, at_ns=3 * SECOND, message=said[3].key, did_cut=True),
        ),
        "snapshots": (
            Snapshot(
                at_ns=2 * SECOND,
                label="quote_completed",
                message_count=3,
                user_count=2,
                assistant_count=1,
                tool_count=1,
                data={"zip": "90210"},
            ),
        ),
        "digits": (Digit(digit="#", party=Party.CALLER, at_ns=SECOND),),
        "gaps": (GapSpan(leg=leg.id, reason="overrun", at_ns=SECOND, until_ns=2 * SECOND, record_count=3),),
        "findings": (
            Finding(code="undecoded", message="an unknown event", at_ns=SECOND, leg=leg.id, count=2),
        ),
    }
    return a_call(number, **{**defaults, **fields})
