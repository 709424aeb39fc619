"""Lists of who said what when, under the names that are common for them."""

import math
from collections.abc import Iterable

from earwitness.imports.files import Document
from earwitness.imports.story import Story
from earwitness.model.events import Party

LISTS = ("entries", "messages", "segments", "utterances", "turns", "transcript", "conversation")
TEXTS = ("text", "transcript", "content", "message")
SPEAKERS = ("speaker", "channel", "role", "party")
STARTS = ("start", "start_time", "started_at", "timestamp", "begin", "offset", "time")
ENDS = ("end", "end_time", "ended_at")
LENGTHS = ("duration", "duration_seconds")
CALLERS = ("caller", "user", "customer", "client", "human", "left", "input", "0")
_PARTIES = {party.value: party for party in Party}
AGENTS = ("agent", "bot", "assistant", "ai", "right", "output", "1")


def list_in(document: Document) -> list[Document] | None:
    """The utterances of the document; None where it has no such list."""
    name = next((name for name in LISTS if isinstance(document.body.get(name), list)), None)
    return None if name is None else document.list(name)


def tell(story: Story, lines: Iterable[Document], *, from_ns: int | None = None) -> None:
    """Each as a message. Numbers count from `from_ns`, else the call's start: seconds, or ms if so named."""
    zero_ns = story.began_ns if from_ns is None else from_ns
    for line in lines:
        start_ns = _moment(line, STARTS, zero_ns)
        if start_ns is None:
            raise line.bad(STARTS[0], "is missing")
        end_ns = _moment(line, ENDS, zero_ns)
        if end_ns is None:
            length_ns = _moment(line, LENGTHS, 0)
            end_ns = None if length_ns is None else start_ns + length_ns
        text = next((text for name in TEXTS if (text := line.text(name))), "")
        party = party_of(
            next((str(line.body[name]) for name in SPEAKERS if line.body.get(name) is not None), "")
        )
        if party is None:
            raise line.bad(SPEAKERS[0], "is neither caller nor agent")
        length_ns = None if end_ns is None else max(0, end_ns - start_ns)
        confidence = line.number("confidence")
        story.say(
            start_ns,
            text,
            party=party,
            source=line,
            length_ns=length_ns,
            confidence=confidence,
            is_audible=_claim(line, "is_audible"),
            emotions=emotions_of(line),
        )


def _claim(line: Document, key: str) -> bool | None:
    value = line.body.get(key)
    return value if isinstance(value, bool) else None


def emotions_of(line: Document) -> dict[str, dict[str, float]]:
    """Scores by producer, as our own exports write them; whatever is none is passed over."""
    told = line.body.get("emotions")
    return {
        str(producer): {str(name): float(score) for name, score in scores.items() if _is_score(score)}
        for producer, scores in (told.items() if isinstance(told, dict) else ())
        if isinstance(scores, dict)
    }


def _is_score(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def party_of(name: str) -> Party | None:
    """Whom a word means: caller, agent, or nobody we know."""
    plain = name.lower().replace("-", "_").replace(".", "_").replace(" ", "_")
    if plain in _PARTIES:  # `human_agent` is no human caller
        return _PARTIES[plain]
    words = plain.split("_")
    if any(word in CALLERS for word in words):
        return Party.CALLER
    return Party.AGENT if any(word in AGENTS for word in words) else None


def _moment(line: Document, names: tuple[str, ...], zero_ns: int) -> int | None:
    for name in names:
        stem = name.removesuffix("_time").removesuffix("_at").removesuffix("_seconds")
        for key in (f"{stem}_ms", f"{stem}ed_ms"):
            if (value := line.number(key)) is not None:
                return zero_ns + round(value * 1_000_000)
        value = line.body.get(name)
        if isinstance(value, str):
            return line.time(name)
        if value is not None:
            return zero_ns + round((line.number(name) or 0) * 1_000_000_000)
    return None
