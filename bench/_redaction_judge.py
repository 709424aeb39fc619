"""The corpus held against the detectors: what was found of it, and what was taken that should have stayed.

A label is found where every letter and digit of it is covered. A finding is right where it lies in a label
but for what joins its parts; elsewhere it is a false alarm.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from _redaction_corpus import Label, Line

from earwitness.redaction.detect import Detector
from earwitness.redaction.found import Found
from earwitness.settings.redaction import Redaction

OWN = {
    "patterns": {"policy": r"\bPOL-\d{6}\b"},
    "words": {"name": ("Jane Doe", "Kwame Mensah", "Siobhán O'Neil", "Acme Holdings")},
}
LANDS = {"de": "DE", "fr": "FR", "it": "IT", "pt": "PT"}


@dataclass(slots=True)
class Score:
    """Of one kind or language. `wrong`: findings where nothing was."""

    labels: int = 0
    found: int = 0
    findings: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.labels if self.labels else 1.0

    @property
    def precision(self) -> float:
        return 1 - self.wrong / self.findings if self.findings else 1.0


@dataclass(slots=True)
class Judged:
    by: dict[tuple[str, str], Score] = field(default_factory=lambda: defaultdict(Score))
    errors: list[tuple[str, str, Line]] = field(default_factory=list)


class Finder(Protocol):
    """What is judged."""

    def find(self, parts: Any, before: str, /) -> Iterable[Found]:
        """As `Detector.find` does."""
        ...


def judge(lines: Iterable[Line], finder: Finder | None = None) -> Judged:
    """Scores by (`kind`, name), (`language`, name) and (`all`, `all`), and every error; ours by default."""
    judged = Judged()
    ours = {} if finder else _ours()
    for line in lines:
        _judge(line, finder or ours[line.language], judged)
    return judged


def _ours() -> dict[str, Detector]:
    """English and Spanish by what is set for everybody; the others as their users would set them."""
    return {
        language: Detector(
            Redaction(**OWN)  # type: ignore[arg-type]
            if language in ("en", "es")
            else Redaction(**OWN, languages=(language,), regions=(LANDS[language],))  # type: ignore[arg-type]
        )
        for language in ("en", "es", *LANDS)
    }


def _judge(line: Line, finder: Finder, judged: Judged) -> None:
    found = list(finder.find(line.parts, line.before))
    covered: Counter[tuple[int, int]] = Counter()
    for one in found:
        covered.update((one.part, at) for at in range(one.start, one.end))
    for label in line.labels:
        text = line.parts[label.part]
        is_found = all(covered[label.part, at] for at in range(label.start, label.end) if text[at].isalnum())
        for score in _scores(judged, label.kind, line.language):
            score.labels += 1
            score.found += is_found
        if not is_found:
            judged.errors.append(("missed", label.kind, line))
    for one in found:
        is_right = any(_meets(label, one.part, one.start, one.end) for label in line.labels)
        for score in _scores(judged, one.kind, line.language):
            score.findings += 1
            score.wrong += not is_right
        if not is_right:
            judged.errors.append(("wrong", one.kind, line))


def _scores(judged: Judged, kind: str, language: str) -> list[Score]:
    return [judged.by["kind", kind], judged.by["language", language], judged.by["all", "all"]]


def _meets(label: Label, part: int, start: int, end: int) -> bool:
    return label.part == part and label.start < end and start < label.end
