"""A conversation in the words of the viewer. What was said stays text, whatever it looks like."""

from itertools import islice
from typing import Any

from rich.text import Text

from earwitness.desk.recorded import Recorded
from earwitness.store.rows import ConversationRow, MessageRow

MOST_EVENTS = 2000
SPEAKERS = {"caller": ("Caller", "dodger_blue1"), "agent": ("Agent", "dark_orange")}
COLOURS = {"complete": "green", "active": "cyan", "partial": "yellow", "failed": "red"}


def clock(at_ns: int) -> str:
    """`M:SS.t` on the conversation's clock."""
    tenths = max(at_ns, 0) // 100_000_000
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"


def seconds(shown: str) -> float:
    """What `clock` wrote, back in seconds."""
    minutes, _, rest = shown.partition(":")
    return int(minutes) * 60 + float(rest)


def headline(row: ConversationRow) -> Text:
    against = f" ({', '.join(row.health_reasons)})" if row.health_reasons else ""
    response = "" if row.response_p95_ms is None else f"  response p95 {row.response_p95_ms} ms"
    return Text.assemble(
        (row.call_id or row.id, "bold"),
        "  ",
        (row.status, COLOURS.get(row.status, "")),
        f"  {row.started_at:%Y-%m-%d %H:%M:%S}  {row.duration_ms / 1000:.1f} s  {', '.join(row.providers)}",
        f"  health {row.health_score}{against}{response}  interruptions {row.interruption_count}",
        f"  {row.subject}" if row.subject else "",
    )


def line(message: MessageRow) -> tuple[Text, Text, Text]:
    """When, who and what; words that nobody heard are struck through."""
    name, colour = SPEAKERS.get(message.party or "", (message.role.title(), "dim"))
    what = Text(message.text)
    if message.role == "assistant" and message.is_audible and message.text.startswith(message.heard_text):
        what.stylize("strike dim", len(message.heard_text))
    return Text(clock(message.started_ns)), Text(name, colour), what


def tools(recorded: Recorded) -> str:
    """Each call in full: when, what with, what came of it, how long it took."""
    calls = recorded.tool_calls()
    parts = []
    for call in calls:
        took = "never returned" if call.latency_ms is None else f"took {call.latency_ms} ms"
        outcome = f"error:     {call.error}" if call.error else f"result:    {call.result}"
        parts.append(
            f"{clock(call.called_ns)}  {call.name}  ({took})\n  id:        {call.call_id}\n"
            f"  arguments: {call.arguments}\n  {outcome}\n"
        )
    return "\n".join(parts) or "no tool was called"


def events(recorded: Recorded) -> str:
    """The first of them, a line each."""
    zero = recorded.row.began_at_ns
    lines = [
        f"{clock(event.seen.at_ns - zero)}  {type(event).__name__:18} {_facts(event)}"
        for event in islice(recorded.events(), MOST_EVENTS)
        if type(event).__name__ != "AudioArrived"
    ]
    return "\n".join(lines)


def _facts(event: Any) -> str:
    names = [name for kind in type(event).__mro__ for name in getattr(kind, "__slots__", ())]
    told = {name: getattr(event, name) for name in names if name != "seen"}
    return " ".join(f"{name}={value}" for name, value in told.items() if value not in (None, "", (), {}))


def health(document: dict[str, Any]) -> str:
    """The score, and every reason for it."""
    reasons = document.get("reasons") or []
    lines = [f"{document.get('score')} of 100"]
    for reason in reasons:
        lines.append(
            f"  {reason['code']}: {reason['message']}" if isinstance(reason, dict) else f"  {reason}"
        )
    return "\n".join(lines if reasons else [*lines, "nothing is known to be missing"])
