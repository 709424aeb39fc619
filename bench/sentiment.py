"""Sentiment by words, held against lines of calls that are labelled by hand: how many of each are right.

Beside ours, VADER as its authors set it (0.05), and at our threshold. Two sets: one by which the rules were
made, and one that was written afterwards, which is the one that counts.

    python bench/sentiment.py [--show-errors] [--json bench/results/sentiment.json]
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from _sentiment_set import HELD, RULED, labelled

from earwitness.understanding import sentiment

LABELS = ("neutral", "positive", "negative")


def bare(least: float) -> Callable[[str], str]:
    judge = sentiment.analyzer()
    assert judge is not None, "pip install 'earwitness[sentiment]'"

    def judged(text: str) -> str:
        compound = judge.polarity_scores(text)["compound"]
        return "positive" if compound >= least else "negative" if compound <= -least else "neutral"

    return judged


JUDGES: dict[str, Callable[[str], str | None]] = {
    "ours": sentiment.sentiment_of,
    "vader": bare(0.05),
    "vader at ours": bare(sentiment.DECIDED),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show-errors", action="store_true")
    parser.add_argument("--json", type=Path, default=Path("bench/results/sentiment.json"))
    wanted = parser.parse_args()
    result: dict[str, dict[str, dict[str, str]]] = {}
    for name, text in (("ruled", RULED), ("held", HELD)):
        lines = labelled(text)
        of = Counter(label for label, _ in lines)
        print(f"{name}: {len(lines)} lines")
        result[name] = {}
        for judge, ask in JUDGES.items():
            right = Counter(label for label, said in lines if ask(said) == label)
            result[name][judge] = {label: f"{right[label]} of {of[label]}" for label in LABELS}
            print(
                f"  {judge:<14}" + "  ".join(f"{label} {right[label]:>2} of {of[label]}" for label in LABELS)
            )
        if wanted.show_errors:
            for label, said in lines:
                if (found := JUDGES["ours"](said)) != label:
                    print(f"    {label}, not {found}: {said}")
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
