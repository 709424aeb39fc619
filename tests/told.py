"""A made-up conversation that has one of everything, for what is made of conversations."""

from dataclasses import replace
from typing import Any

from earwitness.model.conversation import (
    AudioFormat,
    Conversation,
    Digit,
    Finding,
    GapSpan,
    Interruption,
    Leg,
    Message,
    Snapshot,
    Span,
    Status,
    ToolCall,
    Track,
)
from earwitness.model.events import Evidence, Party, Role

SECOND = 1_000_000_000
BEGAN_NS = 1_733_063_422_123_456_789  # 2024-12-01T14:30:22.123456Z
PCM = AudioFormat(encoding="pcm_s16le", rate_hz=24_000)
MULAW = AudioFormat(encoding="mulaw", rate_hz=8_000)


def message(number: int, role: Role, text: str, **fields: Any) -> Message:
    """The message that begins `number` seconds in and lasts half a second; heard as a whole."""
    party = {Role.USER: Party.CALLER, Role.ASSISTANT: Party.AGENT, Role.SYSTEM: None}[role]
    return Message(
        **{
            "key": f"leg-1/item_{number}",
            "leg": "leg-1",
            "item": f"item_{number}",
            "role": role,
            "party": party,
            "text": text,
            "heard_text": text,
            "status": "completed",
            "started_ns": number * SECOND,
            "ended_ns": number * SECOND + SECOND // 2,
            "first_seen_ns": number * SECOND,
            "is_audible": role is not Role.SYSTEM,
            **fields,
        }
    )


def span(party: Party, from_byte: int, byte_count: int, at_ns: int, **fields: Any) -> Span:
    given = {"leg": "leg-1", "format": PCM, **fields}
    return Span(party=party, from_byte=from_byte, byte_count=byte_count, at_ns=at_ns, **given)


CALLER = Track(
    party=Party.CALLER,
    spans=(span(Party.CALLER, 0, 48_000, SECOND),),
    chunk_count=50,
    byte_count=48_000,
)
AGENT = Track(
    party=Party.AGENT,
    spans=(span(Party.AGENT, 0, 24_000, 2 * SECOND),),
    chunk_count=4,
    byte_count=96_000,
)
SENT = replace(AGENT, spans=(span(Party.AGENT, 0, 96_000, 2 * SECOND),))

CALL = Conversation(
    id="01938aa0-0000-7000-8000-000000000001",
    status=Status.COMPLETE,
    began_at_ns=BEGAN_NS,
    ended_ns=10 * SECOND,
    subject="RID001",
    labels=("pilot",),
    metadata={"campaign": "autumn"},
    outcome="card_ordered",
    legs=(
        Leg(
            id="leg-1",
            provider="openai",
            way="tap",
            route="openai",
            opened_ns=0,
            closed_ns=10 * SECOND,
            provider_ids={"session_id": "sess_456"},
        ),
    ),
    messages=(
        message(1, Role.USER, "Hello, I need help with <my> card & more", confidence=0.95),
        message(
            2,
            Role.ASSISTANT,
            "Of course. What seems to be the issue?",
            heard_text="Of course.",
            status="interrupted",
            sent_ms=2000,
            heard_ms=500,
            evidence=Evidence.CLIENT_CLAIM,
        ),
        message(3, Role.SYSTEM, "The caller is a gold\ncustomer.", is_inserted=True),
        message(4, Role.ASSISTANT, "Never heard.", heard_text="", status="interrupted", heard_ms=0),
    ),
    tool_calls=(
        ToolCall(
            key="leg-1/call_789",
            leg="leg-1",
            call="call_789",
            name="call_intent",
            arguments='{"intent": "card_replacement"}',
            result='{"status": "success", "available_cards": ["Gold", "Silver"]}',
            called_ns=5 * SECOND,
            returned_ns=6 * SECOND,
        ),
    ),
    interruptions=(Interruption(by=Party.CALLER, at_ns=2 * SECOND, message="leg-1/item_2", did_cut=True),),
    snapshots=(
        Snapshot(
            at_ns=2 * SECOND,
            label="greeted",
            message_count=2,
            user_count=1,
            assistant_count=1,
            tool_count=0,
            data={"zip": "90210"},
        ),
    ),
    digits=(Digit(digit="1", party=Party.CALLER, at_ns=3 * SECOND),),
    usage={"total_tokens": 12},
    tracks={Party.CALLER: CALLER, Party.AGENT: AGENT},
    sent={Party.AGENT: SENT},
)

GAP = GapSpan(leg="leg-1", reason="overrun", at_ns=SECOND, until_ns=3 * SECOND, record_count=7)
FINDING = Finding(code="undecoded", message="unknown event", at_ns=SECOND, leg="leg-1", count=3)
