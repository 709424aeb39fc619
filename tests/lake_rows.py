"""Rows of the lake that no call was needed for: plausible, seeded, the same each time."""

import random
from datetime import UTC, datetime, timedelta

from earwitness.lake import tables
from earwitness.lake.tables import Rows

BEGAN = datetime(2026, 11, 3, 22, 0, tzinfo=UTC)
PROVIDERS = (("openai",), ("elevenlabs",), ("twilio", "openai"), ("hume",))
EVERY = timedelta(minutes=37)


def identity(number: int) -> str:
    return f"0190{number:04x}-0000-7000-8000-{number:012x}"


def began_ns(number: int) -> int:
    return int((BEGAN + number * EVERY).timestamp()) * 1_000_000_000


def rows_of_call(number: int, workspace: str = "default") -> Rows:
    """All rows of one call; calls with the same number are alike."""
    chance = random.Random(number)
    started = BEGAN + number * EVERY
    common = {
        "workspace": workspace,
        "conversation_id": identity(number),
        "started_at": started,
        "day": started.date(),
        "hour": started.hour,
        "providers": PROVIDERS[number % 4],
        "routes": (f"line-{number % 3}",),
        "labels": ("vip", "new")[: number % 3],
        "agent": f"agent-{number % 2}",
    }
    roles = ["user", "assistant"] * chance.randint(2, 6)
    duration_ms = chance.randint(20_000, 300_000)
    return {
        "conversations": [
            tables.ConversationRow(
                **common,
                status=chance.choice(["complete", "complete", "complete", "partial", "failed"]),
                duration_ms=duration_ms,
                messages=len(roles),
                tool_calls=number % 3,
                is_completed=chance.random() < 0.7,
                interruptions_by_caller=chance.randint(0, 3),
                interruptions_by_agent=chance.randint(0, 1),
                dead_air_ms=chance.choice([None, 0, chance.randint(3_000, 9_000)]),
                agent_share=chance.random(),
                health_score=chance.randint(40, 100),
                extracted=chance.randint(0, 5),
                fields=5,
                failed_saves=chance.choice([0, 0, 0, 1]),
                input_tokens=chance.randint(0, 5_000),
                output_tokens=chance.randint(0, 5_000),
                cost=chance.choice([None, round(chance.random(), 4)]),
            )
        ],
        "messages": [
            tables.MessageRow(
                **common,
                position=position,
                provider=PROVIDERS[number % 4][-1],
                role=role,
                letters=chance.randint(1, 200),
                words=chance.randint(1, 40),
                sentiment=chance.choice(["positive", "negative", "neutral", None]),
                confidence=chance.choice([None, chance.random()]),
                is_interrupted=chance.random() < 0.1,
                is_estimated=chance.choice([True, False, None]),
            )
            for position, role in enumerate(roles)
        ],
        "turns": [
            tables.TurnRow(
                **common,
                position=position,
                party="caller" if role == "user" else "agent",
                source="sound",
                started_ms=position * 5_000,
                ended_ms=position * 5_000 + 3_000,
                response_ms=chance.randint(200, 4_000) if role == "assistant" else None,
            )
            for position, role in enumerate(roles)
        ],
        "tool_calls": [
            tables.ToolCallRow(
                **common,
                position=position,
                name=f"tool_{position}",
                latency_ms=None if (lost := chance.random() < 0.2) else chance.randint(10, 900),
                is_error=lost,
            )
            for position in range(number % 3)
        ],
        "emotions": [
            tables.EmotionRow(
                **common, position=0, role="user", producer="hume", emotion="Joy", score=chance.random()
            )
        ]
        * (PROVIDERS[number % 4] == ("hume",)),
    }
