"""What was not kept because somebody wished so: pauses, consent, choices. Shown like everything missing.

Unlike damage it takes nothing from the trust in what is there.
"""

from typing import Any

from earwitness.model.conversation import WISHED, Declaration, GapSpan
from earwitness.model.events import NoteTaken
from earwitness.model.legs import LegState

KEEPS = ("audio", "raw", "transcripts")


class _Stretch:
    """From when to when, on the recorder's clock, nothing of a leg was kept."""

    def __init__(self, leg: str, reason: str, at_ns: int, detail: str) -> None:
        self.leg = leg
        self.reason = reason
        self.at_ns = at_ns
        self.until_ns: int | None = None
        self.messages: int | None = None
        self.byte_count: int | None = None
        self.detail = detail

    def end(self, at_ns: int, data: dict[str, Any]) -> None:
        self.until_ns = max(self.at_ns, at_ns)
        self.messages, self.byte_count = _whole(data, "messages"), _whole(data, "bytes")

    def freeze(self, zero_ns: int) -> GapSpan:
        return GapSpan(
            leg=self.leg,
            reason=self.reason,
            at_ns=self.at_ns - zero_ns,
            until_ns=None if self.until_ns is None else self.until_ns - zero_ns,
            record_count=self.messages,
            byte_count=self.byte_count,
            detail=self.detail,
        )


class Wishes:
    """Of all legs of a conversation."""

    def __init__(self) -> None:
        self._stretches: list[_Stretch] = []
        self._running: dict[tuple[str, str], _Stretch] = {}  # by leg and reason
        self._declared: list[tuple[str, int, str, dict[str, Any]]] = []

    def note(self, event: NoteTaken, leg: LegState) -> bool:
        """Take the recorder's word; False where the verb is none of these."""
        at_ns, data = event.seen.at_ns, event.data
        match event.verb:
            case "pause":
                self._begin(leg, "paused", at_ns, str(data.get("reason") or ""))
            case "resume":
                self._end(leg, "paused", at_ns, data)
            case "stop":
                self._begin(leg, "stopped", at_ns, str(data.get("reason") or ""))
            case "consent" | "announcement":
                self._declare(event, leg)
            case "keep":
                leg.keeps = tuple(name for name in KEEPS if data.get(name))
            case "mark":  # a word among those who write and read journals
                pass
            case "left_out":
                leg.left_out = _whole(data, "messages") or 0, _whole(data, "bytes") or 0
            case _:
                return False
        return True

    def close(self, leg: LegState, at_ns: int) -> None:
        """The leg is over, and with it whatever was not to be kept of it."""
        for reason in WISHED:
            self._end(leg, reason, at_ns, {})

    def gaps(self, zero_ns: int) -> list[GapSpan]:
        return [stretch.freeze(zero_ns) for stretch in self._stretches]

    def declarations(self, zero_ns: int) -> tuple[Declaration, ...]:
        return tuple(
            Declaration(kind=kind, at_ns=at_ns - zero_ns, leg=leg, data=data)
            for leg, at_ns, kind, data in self._declared
        )

    def _begin(self, leg: LegState, reason: str, at_ns: int, detail: str) -> None:
        if (leg.id, reason) not in self._running:  # a pause that is made longer is one pause
            stretch = self._running[leg.id, reason] = _Stretch(leg.id, reason, at_ns, detail)
            self._stretches.append(stretch)

    def _end(self, leg: LegState, reason: str, at_ns: int, data: dict[str, Any]) -> None:
        stretch = self._running.pop((leg.id, reason), None)
        if stretch is not None:
            stretch.end(at_ns, data)

    def _declare(self, event: NoteTaken, leg: LegState) -> None:
        data = {name: value for name, value in event.data.items() if name not in ("messages", "bytes")}
        self._declared.append((leg.id, event.seen.at_ns, event.verb, data))
        if event.verb == "consent" and "messages" in event.data:  # nothing was kept before it
            self._begin(leg, "no_consent", leg.opened_ns, "")
            self._end(leg, "no_consent", event.seen.at_ns, event.data)


def _whole(data: dict[str, Any], name: str) -> int | None:
    value = data.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
