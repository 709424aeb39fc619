"""Redaction held against 2,000 labelled lines, texts made to cost time, and calls that go on.

Recall and precision by kind and language, of the half of the sentences that was kept from whoever improved
the detectors too; beside ours, what a person would write first: one regular expression for each kind. Then
the slowest of many texts of a mebibyte, and how long one more message of a running call takes.

The corpus is made by us, see `_redaction_corpus`: it says how well the detectors do what they are meant to,
not how clearly real callers speak.

    python bench/redaction.py [--show-errors] [--json bench/results/redaction.json]
"""

import argparse
import json
import re
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from _redaction_corpus import Line, lines
from _redaction_judge import Judged, judge
from _redaction_sound import measure

from earwitness.model.conversation import Conversation, Leg, Message
from earwitness.model.events import Party, Role
from earwitness.redaction.conversation import Memory, Redactor
from earwitness.redaction.detect import Detector
from earwitness.redaction.found import Found
from earwitness.settings.redaction import Redaction

GOAL_RECALL = {"card": 0.995}  # of what a check digit proves; R40 of the promises
GOAL_RECALL_ELSE, GOAL_PRECISION = 0.97, 0.90
GOAL_MEBIBYTE_S, GOAL_MESSAGE_MS = 1.0, 2.0
NAIVE = {
    "card": r"\b(?:\d[ -]?){13,16}\b",
    "phone": r"\(?\+?\d[\d\-(). ]{7,}\d",
    "email": r"[\w.+-]+@[\w.-]+\.\w+",
    "iban": r"\b[A-Z]{2}\d{2}(?: ?\w{4}){3,7}\b",
    "national_id": r"\b\d{3}-\d{2}-\d{4}\b",
    "cvv": r"(?i)(?:cvv|cvc|security code)\D{0,10}\d{3,4}",
    "birth_date": r"\b\d{1,2}[./]\d{1,2}[./]\d{4}\b",
}
HOSTILE = [
    *(
        "a1 ",
        "4111 a ",
        "1@",
        "a@b ",
        "a@a.",
        "1-",
        "1/1/",
        "1.",
        "+1 ",
        "ES91 ",
        "es 9 1 2 1 0 0 ",
        "born 1 ",
    ),
    *(
        "cvv 1 ",
        "x 1 2 3 ",
        "1 um ",
        "á1 ",
        "12345678Z ",
        "A B 1 2 3 4 5 6 C ",
        "GB82 WEST 1234 5698 7654 32 ",
    ),
    *(
        "iban es 9 1 1 ",
        "a at b dot com ",
        "double seven ",
        "6 0 " * 31 + "x ",
        "1 2 3 4 5 6 7 8 9 0 " * 6 + "x ",
    ),
    *("612345678 " * 7 + "x ", "phone 5551234 order 5551234 ", "1:22 ", "$1,", "a' ", "日本", "١"),
]


class Naive:
    """The peer: patterns alone."""

    def find(self, parts: tuple[str, ...], _before: str) -> Iterator[Found]:
        for part, text in enumerate(parts):
            for kind, pattern in NAIVE.items():
                for match in re.finditer(pattern, text):
                    yield Found(kind, part, match.start(), match.end())


def hostile() -> dict[str, float]:
    """Seconds of processor for a mebibyte of each."""
    detector, took = Detector(Redaction()), {}
    for piece in HOSTILE:
        text = (piece * ((1 << 20) // len(piece) + 1))[: 1 << 20]
        began = time.process_time()
        detector.find([text])
        took[piece[:24]] = time.process_time() - began
    listed = json.dumps(["123"] * (1 << 17))
    began = time.process_time()
    Redactor(Redaction()).json(listed)
    took['["123", ... as JSON'] = time.process_time() - began
    return took


def messages_ms(said: list[Line], per_call: int = 40) -> list[float]:
    """How long each message took to be redacted as it came, in calls of forty messages, milliseconds."""
    redactor, took = Redactor(Redaction()), []
    leg = Leg(id="leg", provider="openai", way="tap", route="", opened_ns=0)
    texts = [part for line in said for part in line.parts]
    for first in range(0, len(texts) - per_call, per_call):
        memory, messages = Memory(), []
        for at, text in enumerate(texts[first : first + per_call]):
            messages.append(_message(at, text))
            call = Conversation(id="call", legs=(leg,), messages=tuple(messages))
            began = time.process_time()
            redactor.redact(call, memory)
            took.append((time.process_time() - began) * 1000)
    return sorted(took)


def _message(at: int, text: str) -> Message:
    is_caller = at % 2 == 0
    return Message(
        key=f"leg:{at}",
        leg="leg",
        item=str(at),
        role=Role.USER if is_caller else Role.ASSISTANT,
        party=Party.CALLER if is_caller else Party.AGENT,
        text=text,
        heard_text=text,
        status="completed",
        started_ns=at * 1_000_000_000,
        first_seen_ns=at * 1_000_000_000,
    )


def shown(judged: Judged) -> dict[str, dict[str, float]]:
    return {
        " ".join(who): {
            **asdict(score),
            "recall": round(score.recall, 4),
            "precision": round(score.precision, 4),
        }
        for who, score in sorted(judged.by.items())
    }


def sound() -> dict[str, Any]:
    """How much of 500 spoken secrets a voice can be heard; printed too."""
    told = {
        "the caller's, estimated": measure(Party.CALLER),
        "the agent's, estimated": measure(Party.AGENT),
        "the agent's, timed": measure(Party.AGENT, is_timed=True),
    }
    print("  spoken secrets whose place is known to the sample")
    for whose, heard in told.items():
        print(
            f"    {whose:<24} {heard.silent} of {heard.labels} wholly silent, {heard.leaked_ms:.0f} ms heard"
            f" in all; {heard.lost_share:.0%} of what was said around them is silent too; goal 100 %"
        )
    return {f"sound {whose}": asdict(heard) for whose, heard in told.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show-errors", action="store_true", help="of the half that may be seen")
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    said = lines()
    seen, unseen = ([line for line in said if line.is_unseen is half] for half in (False, True))
    judged = {
        "all lines": judge(said),
        "unseen half": judge(unseen),
        "regular expressions": judge(said, Naive()),
    }
    result: dict[str, Any] = {who: shown(each) for who, each in judged.items()}
    print(f"Redaction of {len(said)} labelled lines, {len(unseen)} of them of unseen sentences")
    for who, table in result.items():
        print(f"  {who}")
        for name, row in table.items():
            print(
                f"    {name:<20} recall {row['recall']:.4f} precision {row['precision']:.4f}"
                f" of {row['labels']}"
            )
    slow = hostile()
    worst = max(slow, key=lambda piece: slow[piece])
    times = messages_ms(said)
    p50, p99 = times[len(times) // 2], times[int(len(times) * 0.99)]
    result |= {"mebibyte_s": slow, "message_p50_ms": p50, "message_p99_ms": p99}
    print(
        f"  a mebibyte of hostile text: at most {slow[worst]:.2f} s, of {worst!r}; goal {GOAL_MEBIBYTE_S} s"
    )
    print(f"  a message of a running call: p50 {p50:.2f} ms, p99 {p99:.2f} ms; goal {GOAL_MESSAGE_MS} ms")
    result |= sound()
    if wanted.show_errors:
        for verdict, kind, line in judge(seen).errors:
            print(f"{verdict} {kind} [{line.language}] {line.before} > {' | '.join(line.parts)}")
    if wanted.json:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
