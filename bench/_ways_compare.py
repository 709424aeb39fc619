"""One recorded call held against the truth of the simulator, and the table of many such."""

import json
from typing import Any

import numpy as np

from earwitness.desk.recorded import Recorded
from earwitness.simulator.lines import spoken
from earwitness.simulator.truth import Truth

RATE_HZ = 8_000
ALIKE = 0.8  # of a line's own energy: so much of it must be found in the track
ALL = frozenset({"messages", "tool_calls", "emotions", "caller", "agent"})
Row = dict[str, Any]


def said_in(truth: Truth) -> list[tuple[str, str, dict[str, float]]]:
    """Role, text and emotions of all that was said, in order."""
    told = [(each.start_ms, "user", each.text, each.emotions) for each in truth.said]
    told += [(each.stretches[0][0], "assistant", each.text, each.emotions) for each in truth.heard]
    if truth.provider == "audiocodes":  # its recognition tells no capitals and no final stop
        told = [
            (at, role, text.lower().rstrip(".?!") if role == "user" else text, e)
            for at, role, text, e in told
        ]
    return [(role, text, emotions) for _, role, text, emotions in sorted(told, key=lambda each: each[0])]


def group_of(rows: list[Any], role: str, text: str) -> list[Any]:
    """The rows at the beginning that are this message: one, or one for each of its sentences."""
    group: list[Any] = []
    for row in rows:
        joined = " ".join(each.text for each in (*group, row))
        if row.role != role or not text.startswith(joined):
            break
        group.append(row)
    return group if " ".join(row.text for row in group) == text else []


def matched(recorded: Recorded, truth: Truth) -> tuple[list[list[Any]], int]:
    """For each message of the truth its rows, none where it is lacking; and how many rows are invented."""
    rows, found, invented = list(recorded.messages()), [], 0
    for role, text, _ in said_in(truth):
        at = next((at for at in range(len(rows)) if group_of(rows[at:], role, text)), None)
        found.append([] if at is None else group_of(rows[at:], role, text))
        if at is not None:
            invented += at
            rows = rows[at + len(found[-1]) :]
    return found, invented + len(rows)


def sounds(recorded: Recorded, truth: Truth, sides: frozenset[str]) -> list[bool]:
    """Is each line that was said or heard on these sides to be found in their tracks?"""
    heard = [("caller", each.line) for each in truth.said] + [("agent", each.line) for each in truth.heard]
    tracks = {side: track_of(recorded, side) for side in sides & {"caller", "agent"}}
    return [
        is_in(tracks[side], spoken(name, RATE_HZ).astype(float)) for side, name in heard if side in tracks
    ]


def track_of(recorded: Recorded, side: str) -> Any:
    return np.concatenate([np.zeros(1), *recorded.audio(side, rate_hz=RATE_HZ).blocks()]).astype(float)


def is_in(track: Any, wanted: Any) -> bool:
    size = len(track) + len(wanted)
    match = np.fft.irfft(np.fft.rfft(track, size) * np.conj(np.fft.rfft(wanted, size)), size)
    return bool(match.max() > ALIKE * (wanted @ wanted))


def compared(way: str, provider: str, recorded: Recorded, truth: Truth, takes: frozenset[str] = ALL) -> Row:
    """`takes`: what the way has a place for."""
    groups, invented = matched(recorded, truth)
    tools = [
        (row.name, json.loads(row.arguments or "{}"), json.loads(row.result or "{}"))
        for row in recorded.tool_calls()
    ]
    used = [(each.name, each.arguments, each.result) for each in truth.tool_calls]
    ran = sum(each in tools for each in used)
    feelings = zip(groups, (emotions for *_, emotions in said_in(truth)), strict=True)
    scored = [is_scored(rows, emotions) for rows, emotions in feelings if emotions]
    found = sounds(recorded, truth, takes)
    return {
        "way": way,
        "provider": provider,
        "messages": [sum(map(bool, groups)), len(groups)] if "messages" in takes else [0, 0],
        "tool_calls": [ran, len(used)] if "tool_calls" in takes else [0, 0],
        "emotions": [sum(scored), len(scored)] if "emotions" in takes else [0, 0],
        "sounds": [sum(found), len(found)],
        "end": recorded.row.status,
        "invented": invented + len(tools) - ran,
    }


def is_scored(rows: list[Any], emotions: dict[str, float]) -> bool:
    return bool(rows) and all(
        row.emotion_scores is not None
        and row.emotion_scores.keys() == emotions.keys()
        and all(abs(row.emotion_scores[name] - score) < 1e-6 for name, score in emotions.items())
        for row in rows
    )


def report(rows: list[Row]) -> str:
    counted = ("messages", "tool_calls", "emotions", "sounds")
    head = [
        "way in",
        "provider",
        "messages",
        "tool calls",
        "emotions",
        "lines in the sound",
        "end",
        "invented",
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    ways = list(dict.fromkeys(row["way"] for row in rows))
    for row in sorted(rows, key=lambda row: ways.index(row["way"])):
        cells = [counts(row[name]) for name in counted]
        lines.append(
            "| " + " | ".join([row["way"], row["provider"], *cells, row["end"], str(row["invented"])]) + " |"
        )
    return "\n".join(lines)


def counts(cell: list[int]) -> str:
    return f"{cell[0]} of {cell[1]}" if cell[1] else "–"
