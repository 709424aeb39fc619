"""What can be said of a running call, and by which words it travels to the process that records it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from earwitness.capture.choosing import kept_of
from earwitness.capture.door import KEEPS, Door
from earwitness.clock import Instant
from earwitness.errors import Conflict, InvalidInput
from earwitness.journal.record import Note

CHOICES = ("pause", "resume", "keep", "consent", "stop")  # said of every leg of a conversation
NOTES = ("snapshot", "end", "label", "metadata", "announcement")  # said once
STANDING_NS = 24 * 3_600 * 10**9  # how long a consent holds for legs of the same call that come later


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One verb, for legs named by their id, that of the conversation they began, or a link they have."""

    verb: str
    workspace: str
    ids: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    data: dict[str, Any] = {}

    def is_for(self, workspace: str, ids: tuple[str, ...], links: tuple[str, ...]) -> bool:
        is_named = not set(self.ids).isdisjoint(ids) or not set(self.links).isdisjoint(links)
        return workspace == self.workspace and is_named


class Reply(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of each leg that obeyed, by its id; or why none did, as the error to be raised."""

    legs: dict[str, dict[str, Any]] = {}
    error: str = ""
    message: str = ""
    hint: str = ""


def obey(
    door: Door, say: Callable[[Instant, Note], None], at: Instant, verb: str, data: dict[str, Any]
) -> None:
    """Do it: it holds for every message that is admitted after this. Raises `InvalidInput`, `Conflict`."""
    door.tick(at)
    rest = dict(data)
    if verb == "pause":
        door.pause(at, seconds=_seconds(rest.pop("seconds", None)), **rest)
    elif verb == "resume":
        door.resume(at)
    elif verb == "keep":
        kept = kept_of(rest.get("keep", ()))
        door.keep(at, **{name: getattr(kept, name) for name in KEEPS})
    elif verb == "consent":
        door.consent(at, given=bool(rest.pop("given", True)), **rest)
    elif verb == "stop":
        door.stop(at, **rest)
    elif verb not in NOTES:
        raise InvalidInput(
            f"no verb is called {verb[:40]!r}", hint=f"Verbs: {', '.join((*CHOICES, *NOTES))}."
        )
    elif door.awaits_consent:
        raise Conflict("nothing may be written of this call yet", hint="Say first that consent is given.")
    else:
        say(at, Note(verb=verb, data=rest))


def _seconds(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 86_400:
        raise InvalidInput(f"seconds: {value!r} is no length of a pause", hint="More than 0, at most 86400.")
    return float(value)


class _Word(NamedTuple):
    verb: str
    data: dict[str, Any]
    until_ns: int  # wall


class Standing:
    """What was said of calls and holds for legs of theirs that come later: a pause, consent, a stop."""

    MOST = 10_000

    def __init__(self) -> None:
        self._words: dict[tuple[str, str], dict[str, _Word]] = {}

    def remember(
        self, at: Instant, workspace: str, links: tuple[str, ...], verb: str, data: dict[str, Any]
    ) -> None:
        until_ns = at.wall_ns + STANDING_NS
        if verb == "pause":
            until_ns = at.wall_ns + int((_seconds(data.get("seconds")) or 900.0) * 1e9)
        for link in links:
            words = self._words.pop((workspace, link), {})
            words.pop("pause", None) if verb == "resume" else None
            if verb in ("pause", "consent", "stop", "keep"):
                words[verb] = _Word(verb, data, until_ns)
            if words:
                self._words[workspace, link] = words
        while len(self._words) > self.MOST:
            self._words.pop(next(iter(self._words)))

    def of(self, at: Instant, workspace: str, links: tuple[str, ...]) -> list[tuple[str, dict[str, Any]]]:
        """What a leg that opens now is told at once, as verb and data."""
        found: list[tuple[str, dict[str, Any]]] = []
        for link in links:
            for word in self._words.get((workspace, link), {}).values():
                if word.until_ns > at.wall_ns:
                    left_s = (word.until_ns - at.wall_ns) / 1e9
                    found.append(
                        (word.verb, {**word.data, "seconds": left_s} if word.verb == "pause" else word.data)
                    )
        return found
