"""The numbers of an hour-long call: what they cost beside a pass over the same records, and beside pandas.

The call is dense: a message every two seconds, 48 emotion scores on each of the caller's, a tool call every
thirty seconds. `pass` reads its `conversation.json` and does nothing else: what nobody who counts can go
below. `pandas` has the messages and tool calls as frames already, and reckons what a person would write with
it: counts, response times, latencies by tool, moods, the strongest emotion of each message. Ours is
`analytics.json` whole. Beside it, what else is found out about the call by rules. Best of some runs: the
machine may be busy.

    python bench/analytics.py [--minutes 60] [--json bench/results/analytics.json]
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from earwitness.model.conversation import Conversation, Leg, Message, ToolCall
from earwitness.model.events import Party, Role
from earwitness.projections import analytics, documents, summary
from earwitness.projections.extraction.extract import extract
from earwitness.projections.extraction.schema import INSURANCE
from earwitness.projections.json_text import as_json
from earwitness.simulator.prosody import scores
from earwitness.understanding import sentiment

SECOND, ROUNDS = 1_000_000_000, 7
SAID = (
    "I have a two thousand and eighteen Honda Civic and live in nine oh two one oh.",
    "Good, I have noted that, and what is the best number to reach you?",
    "That is five five five, one two three, four five six seven, and I am quite happy so far.",
    "Thank you, let me look that up for you, it takes a moment.",
)


def call(minutes: int) -> Conversation:
    end_ns = minutes * 60 * SECOND
    leg = Leg(id="leg", provider="hume", way="tap", route="hume", opened_ns=0, closed_ns=end_ns)
    messages = [message(number, leg.id) for number in range(minutes * 30)]
    calls = [
        ToolCall(
            key=f"leg/call_{number}",
            leg=leg.id,
            call=f"call_{number}",
            name=("look_up", "quote", "book")[number % 3],
            arguments=json.dumps({"intent": ("price", "date")[number % 2], "zip": "90210"}),
            result=None if number % 17 == 5 else "{}",
            called_ns=number * 30 * SECOND,
            returned_ns=number * 30 * SECOND + (1 + number % 7) * SECOND // 10,
        )
        for number in range(minutes * 2)
    ]
    return Conversation(
        id="call", legs=(leg,), messages=tuple(messages), tool_calls=tuple(calls), ended_ns=end_ns
    )


def message(number: int, leg: str) -> Message:
    is_caller, text, began = number % 2 == 0, SAID[number % len(SAID)], number * 2 * SECOND
    return Message(
        key=f"{leg}/{number}",
        leg=leg,
        item=str(number),
        role=Role.USER if is_caller else Role.ASSISTANT,
        party=Party.CALLER if is_caller else Party.AGENT,
        text=text,
        heard_text=text,
        status="completed",
        started_ns=began,
        ended_ns=began + SECOND,
        first_seen_ns=began,
        sentiment=("positive", "neutral", "negative")[number % 3],
        sentiment_source="provider",
        emotions={"hume_prosody": scores(text, {"Joy": 0.4})} if is_caller else {},
    )


def frames(of: Conversation) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Messages, tool calls, and the emotions of messages, a column each."""
    rows = [
        {"role": m.role.value, "began": m.started_ns, "ended": m.ended_ns, "felt": m.sentiment}
        for m in of.messages
    ]
    emotions = pd.DataFrame([m.emotions["hume_prosody"] for m in of.messages if m.emotions])
    calls = [{"name": c.name, "took": c.latency_ms, "result": c.result} for c in of.tool_calls]
    return pd.DataFrame(rows), pd.DataFrame(calls), emotions


def by_pandas(messages: pd.DataFrame, calls: pd.DataFrame, emotions: pd.DataFrame) -> int:
    """How many answers there were; the other figures are made and left."""
    messages["role"].value_counts()
    before = messages.shift()
    answers = messages[(messages["role"] == "assistant") & (before["role"] == "user")]
    took = (answers["began"] - before.loc[answers.index, "ended"]) // 1_000_000
    took.agg(["count", "median", "mean", "max"])
    calls["took"].quantile([0.5, 0.95])
    calls.groupby("name")["took"].quantile([0.5, 0.95])
    calls.groupby("name")["result"].count()
    messages.groupby(["role", "felt"]).size()
    emotions.idxmax(axis=1)
    emotions.max(axis=1)
    return len(took)


def best(run: Callable[[], object]) -> float:
    """Milliseconds of the shortest run."""
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        took.append((time.perf_counter() - began) * 1000)
    return round(min(took), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--json", type=Path, default=Path("bench/results/analytics.json"))
    wanted = parser.parse_args()
    of = call(wanted.minutes)
    stored, made = as_json(documents.conversation_document(of)), frames(of)
    assert analytics.document(of)["response_ms"]["count"] == by_pandas(*made)

    def words() -> None:
        sentiment.sentiment_of.cache_clear()
        for number, each in enumerate(of.messages):
            sentiment.sentiment_of(f"{each.text} {number}")

    jobs: dict[str, Callable[[], Any]] = {
        "analytics": lambda: analytics.document(of),
        "pass": lambda: json.loads(stored),
        "pandas": lambda: by_pandas(*made),
        "summary by rules": lambda: summary.document(of, summary.summarise(of)),
        "fields by rules": lambda: extract(of, INSURANCE),
        "sentiment by words": words,
    }
    result: dict[str, Any] = {name: best(job) for name, job in jobs.items()}
    result |= {f"over_{peer}": round(result["analytics"] / result[peer], 2) for peer in ("pass", "pandas")}
    result |= {"minutes": wanted.minutes, "messages": len(of.messages), "kilobytes": len(stored) >> 10}
    print(f"{wanted.minutes} minutes, {len(of.messages)} messages, {len(of.tool_calls)} tool calls; ms")
    for name, value in result.items():
        print(f"  {name:<20} {value:>10}")
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
