"""What of a leg may be written, now: by choice, by pause, by consent. Every message goes through `admit`,
and before it, with the time at which it came, through `tick`.

Nothing of what is turned away is written, logged or kept in memory: it is counted. Not safe from several
threads: whoever has more than one holds a lock around each call.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from earwitness.capture.echo import RARE, Echo
from earwitness.capture.sieve import Sieve
from earwitness.clock import NS_PER_S, Instant
from earwitness.journal.record import Kept, Kind, Note

LONGEST_PAUSE_S = 900.0  # a pause that nobody ends is ended then

KEEPS = ("audio", "raw", "transcripts")

Say = Callable[[Instant, Note], None]


class Choice(NamedTuple):
    """What was chosen for a leg before it began."""

    kept: Kept = Kept()
    mapping: Mapping[str, Any] = MappingProxyType({})  # of a protocol of one's own
    needs_consent: bool = False
    longest_pause_s: float = LONGEST_PAUSE_S


CHOICE = Choice()


class Door:
    """Decides over one leg. `say` writes a note into its journal, and is never called before consent.

    `on_open` is told whenever messages are let through again.
    """

    def __init__(self, choice: Choice, say: Say, *, on_open: Callable[[], None] = lambda: None) -> None:
        self._choice = choice
        self._say = say
        self._on_open = on_open
        self._sieve = Sieve(choice.kept, choice.mapping)
        self._echo = Echo()
        self._awaits_consent = choice.needs_consent
        self._is_stopped = False
        self.pause_until_ns = 0  # monotonic; 0: there is no pause
        self._missed = [0, 0]  # messages and bytes since it was shut
        self._left_out = [0, 0]  # by choice, while it was open
        self._is_shut = self._is_wide = False
        self._settle()

    def _settle(self) -> None:
        was_shut = self._is_shut
        self._is_shut = self._awaits_consent or self._is_stopped or self.pause_until_ns > 0
        if was_shut and not self._is_shut:
            self._on_open()
        self._is_wide = not self._is_shut and self._sieve.kept.is_all and not self._echo.is_possible

    @property
    def awaits_consent(self) -> bool:
        return self._awaits_consent

    @property
    def is_wide(self) -> bool:
        """Everything goes through as it is."""
        return self._is_wide

    def tick(self, at: Instant) -> None:
        """It is so late now: a pause whose time is over ends, at its time."""
        late_ns = at.monotonic_ns - self.pause_until_ns
        if self.pause_until_ns and late_ns >= 0:
            self.resume(Instant(self.pause_until_ns, at.wall_ns - late_ns), by="timer")

    def admit(self, at: Instant, kind: Kind, payload: bytes) -> bytes | None:
        """What may be written of this message; None: nothing."""
        if self._is_wide:
            if RARE in payload:
                self._echo.watch(payload)
            return payload
        if self._is_shut:
            return self._turn_away(kind, payload)
        if kind in (Kind.PING, Kind.PONG, Kind.CLOSE):
            return payload[:2] if kind is Kind.CLOSE else b""
        is_echo = self._echo.is_possible and self._echo.is_of_pause(at.monotonic_ns, kind, payload)
        sifted = None if is_echo else self._sieve.sift(kind, payload)
        if sifted is None:
            self._left_out = [self._left_out[0] + 1, self._left_out[1] + len(payload)]
        else:
            self._echo.watch(payload)
        return sifted

    def _turn_away(self, kind: Kind, payload: bytes) -> bytes | None:
        if kind is Kind.CLOSE:
            return None if self._awaits_consent else payload[:2]  # who closed, and its code
        self._missed = [self._missed[0] + 1, self._missed[1] + len(payload)]
        if self.pause_until_ns:
            self._echo.heard(kind, payload)
        return None

    # -- verbs -----------------------------------------------------------------------------------------

    def pause(self, at: Instant, *, seconds: float | None = None, **data: Any) -> None:
        """From here on nothing is kept, until `resume`, or for `seconds` at most."""
        seconds = min(seconds or LONGEST_PAUSE_S, self._choice.longest_pause_s)
        if not self._is_shut:
            self._missed = [0, 0]
        self.pause_until_ns = at.monotonic_ns + int(seconds * NS_PER_S)
        self._echo.begin()
        self._settle()
        self._note(at, "pause", {"until_ns": at.wall_ns + int(seconds * NS_PER_S), **data})

    def resume(self, at: Instant, *, by: str = "asked") -> None:
        """What comes from here on is kept again. Without a pause nothing happens."""
        if not self.pause_until_ns:
            return
        self.pause_until_ns = 0
        self._echo.end(at.monotonic_ns)
        self._settle()
        if not self._is_shut:
            self._note(at, "resume", {"by": by, **self._count()})

    def keep(self, at: Instant, **changes: Any) -> None:
        """From here on less, or as much again as is configured."""
        wanted = msgspec.structs.replace(self._sieve.kept, reason="asked", **changes)
        kept = narrowed(self._choice.kept, wanted)
        self._sieve = Sieve(kept, self._choice.mapping)
        self._settle()
        self._note(at, "keep", {name: getattr(kept, name) for name in KEEPS})

    def consent(self, at: Instant, *, given: bool = True, **data: Any) -> None:
        """Given: what comes from here on may be kept. Not given, or taken back: nothing more is."""
        if given and self._awaits_consent:
            self._awaits_consent = False
            self._settle()
            data = {**data, **self._count()}
        elif not given and not self._is_stopped:
            self._note(at, "consent", {"given": False, **data})
            self.stop(at, reason="no consent")
            return
        self._note(at, "consent", {"given": given, **data})

    def stop(self, at: Instant, **data: Any) -> None:
        """Nothing of this leg is kept any more, for good."""
        if not self._is_stopped:
            if not self._is_shut:
                self._missed = [0, 0]
            self._is_stopped = True
            self._settle()
            self._note(at, "stop", data)

    def close(self, at: Instant) -> None:
        """The leg is over: say what was not kept of it."""
        self.tick(at)
        if self.pause_until_ns:
            self.resume(at, by="end")
        elif self._is_stopped:
            self._left_out = [self._left_out[0] + self._missed[0], self._left_out[1] + self._missed[1]]
        if self._left_out[0]:
            self._note(at, "left_out", dict(zip(("messages", "bytes"), self._left_out, strict=True)))

    def state(self) -> dict[str, Any]:
        """For whoever asks: `recording`, `paused`, `awaiting_consent` or `stopped`, and what is kept."""
        kept = self._sieve.kept
        word = "recording"
        if self._is_stopped:
            word = "stopped"
        elif self._awaits_consent:
            word = "awaiting_consent"
        elif self.pause_until_ns:
            word = "paused"
        return {"state": word, "keeps": [name for name in KEEPS if getattr(kept, name)]}

    def _count(self) -> dict[str, int]:
        missed, self._missed = self._missed, [0, 0]
        return {"messages": missed[0], "bytes": missed[1]}

    def _note(self, at: Instant, verb: str, data: dict[str, Any]) -> None:
        if not self._awaits_consent:
            self._say(at, Note(verb=verb, data=data))


def narrowed(widest: Kept, wanted: Kept) -> Kept:
    """As wanted, but never more than `widest`."""
    return msgspec.structs.replace(
        wanted,
        **{name: getattr(widest, name) and getattr(wanted, name) for name in KEEPS},
        only=widest.only or wanted.only,
        never=tuple(dict.fromkeys((*widest.never, *wanted.never))),
    )
