"""Extraction by rules, held against 200 labelled conversations: precision and recall of every field.

A value is right where it is the label, letter for letter. A value where the label is none, or another one, is
wrong; a label without a value is missed. Beside ours, what a person would write first: a regular expression
for each field over everything that was said, the last find holds.

The set is made by us, see `_extraction_set`: it says how well the rules do what they are meant to do, and by
its hard quarter what they cannot do; it does not say how well real callers are understood.

    python bench/extraction.py [--show-errors] [--json bench/results/extraction.json]
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _extraction_set import FIELDS, Labelled, Truth, conversations

from earwitness.model.conversation import Conversation
from earwitness.projections.extraction.extract import extract
from earwitness.projections.extraction.schema import INSURANCE

CARS = (
    "toyota|honda|ford|chevrolet|subaru|nissan|tesla|bmw|jeep|volkswagen|hyundai|kia|mazda|dodge|lexus"
    "|mercedes|mini"
)
NAIVE = {
    "vehicleYear": r"\b((?:19|20)\d\d)\b",
    "vehicleMake": rf"\b({CARS})\b",
    "vehicleModel": rf"\b(?:{CARS})\s+([\w-]+)",
    "zipCode": r"\b(\d{5})\b",
    "phoneNumber": r"(\(?\d{3}\)?[\s-]?\d{3}[\s-]?\d{4})",
    "email": r"([\w.]+@[\w.]+\w)",
}


def ours(conversation: Conversation) -> dict[str, str]:
    return {name: value.value for name, value in extract(conversation, INSURANCE).at().items()}


def naive(conversation: Conversation) -> dict[str, str]:
    said = "\n".join(message.text for message in conversation.messages)
    found = {name: re.findall(pattern, said, re.I) for name, pattern in NAIVE.items()}
    last = {name: values[-1] for name, values in found.items() if values}
    if "phoneNumber" in last:
        last["phoneNumber"] = re.sub(r"\D", "", last["phoneNumber"])
    if "vehicleMake" in last:
        last["vehicleMake"] = last["vehicleMake"].title()
    return last


def judge(finder: Callable[[Conversation], dict[str, str]], cases: list[Labelled]) -> dict[str, Any]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    errors = []
    for case in cases:
        found = finder(case.conversation)
        for name in FIELDS:
            verdict = verdict_of(found.get(name), case.truth, name)
            counts[name][verdict] += 1
            if verdict not in ("right", "nothing"):
                errors.append((case.conversation.id, name, verdict, found.get(name), case.truth[name]))
    whole = sum((counts[name] for name in FIELDS), Counter[str]())
    table = {name: figures(counts[name]) for name in FIELDS} | {"all": figures(whole)}
    return {"table": table, "errors": errors}


def verdict_of(found: str | None, truth: Truth, name: str) -> str:
    if found is None:
        return "nothing" if truth[name] is None else "missed"
    return "right" if found == truth[name] else "invented" if truth[name] is None else "wrong"


def figures(count: Counter[str]) -> dict[str, float]:
    given = count["right"] + count["wrong"] + count["invented"]
    there = count["right"] + count["wrong"] + count["missed"]
    return {
        "precision": round(count["right"] / given, 3) if given else 1.0,
        "recall": round(count["right"] / there, 3) if there else 1.0,
        **{name: count[name] for name in ("right", "wrong", "invented", "missed")},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show-errors", action="store_true")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    cases = list(conversations(seed=wanted.seed))
    began = time.perf_counter()
    result = {"earwitness": judge(ours, cases)}
    took_ms = (time.perf_counter() - began) * 1000 / len(cases)
    hard = [case for case in cases if "hard" in case.traits]
    result[f"earwitness, the {len(hard)} hard ones alone"] = judge(ours, hard)
    result["regular expressions"] = judge(naive, cases)
    print(f"Extraction by rules on {len(cases)} labelled conversations; {took_ms:.1f} ms each")
    for who, judged in result.items():
        print(f"  {who}")
        for name, row in judged["table"].items():
            print(f"    {name:<14}" + "  ".join(f"{key} {value:>6}" for key, value in row.items()))
    if wanted.show_errors:
        texts = {case.conversation.id: case.conversation for case in cases}
        for call, name, verdict, found, truth in result["earwitness"]["errors"]:
            print(f"{call} {name} {verdict}: {found} for {truth}")
            print("   ", " | ".join(f"{m.role}: {m.text}" for m in texts[call].messages))
    if wanted.json:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
