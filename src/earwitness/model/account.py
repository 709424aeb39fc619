"""What is counted beside the words: tool calls, tokens, findings, gaps, snapshots."""

import math
from collections.abc import Iterable
from typing import Any

from earwitness.model.conversation import Finding, GapSpan, Snapshot, ToolCall
from earwitness.model.events import GapFound, Role, ToolCalled, ToolReturned

MAX_KINDS = 200  # of findings; the rest are counted together
MAX_DEPTH = 6  # of a usage report


def add_numbers(total: dict[str, Any], usage: dict[str, Any], depth: int = 0) -> None:
    """Add every number of `usage` to the number of the same path in `total`; anything else is left out."""
    for name, value in usage.items():
        if isinstance(value, dict):
            inner = total.setdefault(name, {})
            if isinstance(inner, dict) and depth < MAX_DEPTH:
                add_numbers(inner, value, depth + 1)
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            before = total.setdefault(name, 0)
            if isinstance(before, int | float):
                total[name] = before + value


def copied(usage: dict[str, Any]) -> dict[str, Any]:
    return {name: copied(value) if isinstance(value, dict) else value for name, value in usage.items()}


class ToolState:
    """One tool call as far as it came."""

    def __init__(self, leg: str, call: str, seen_ns: int) -> None:
        self.leg = leg
        self.call = call
        self.name = ""
        self.arguments = ""
        self.result: str | None = None
        self.error: str | None = None
        self.called_ns = seen_ns
        self.returned_ns: int | None = None

    def add(self, event: ToolCalled) -> None:
        """What is told later completes what was told before."""
        self.name = event.name or self.name
        self.arguments = event.arguments or self.arguments

    def answer(self, event: ToolReturned) -> bool:
        """Whether this is the first answer; one that comes again only fills what was left open."""
        is_first = self.returned_ns is None
        if is_first:
            self.returned_ns = max(self.called_ns, event.seen.at_ns)
        self.result = event.result if self.result is None else self.result
        self.error = event.error if self.error is None else self.error
        return is_first

    def freeze(self, zero_ns: int) -> ToolCall:
        return ToolCall(
            key=f"{self.leg}:{self.call}",
            leg=self.leg,
            call=self.call,
            name=self.name,
            arguments=self.arguments,
            result=self.result,
            error=self.error,
            called_ns=self.called_ns - zero_ns,
            returned_ns=None if self.returned_ns is None else self.returned_ns - zero_ns,
        )


class Tools:
    """The tool calls of all legs."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str], ToolState] = {}

    def call(self, event: ToolCalled) -> None:
        key = (event.seen.leg, event.call)
        if key not in self._calls:
            self._calls[key] = ToolState(*key, event.seen.at_ns)
        self._calls[key].add(event)

    def answer(self, event: ToolReturned) -> bool:
        """Whether it is news. An answer to no known call is kept as a call without a name."""
        key = (event.seen.leg, event.call)
        tool = self._calls.get(key) or next((t for t in self._calls.values() if t.call == event.call), None)
        if tool is None:
            tool = self._calls[key] = ToolState(*key, event.seen.at_ns)
        return tool.answer(event)

    def __len__(self) -> int:
        return len(self._calls)

    def freeze(self, zero_ns: int) -> tuple[ToolCall, ...]:
        calls = sorted(self._calls.values(), key=lambda tool: tool.called_ns)
        return tuple(tool.freeze(zero_ns) for tool in calls)


class Remarks:
    """Findings, each kind once with its count; and gaps."""

    def __init__(self) -> None:
        self._findings: dict[tuple[str, str, str | None], tuple[int, int]] = {}
        self._gaps: list[GapFound] = []

    def find(self, code: str, message: str, at_ns: int, leg: str | None) -> None:
        key = (code, message, leg)
        if key not in self._findings and len(self._findings) >= MAX_KINDS:
            key = (code, "and more of other kinds", leg)
        first_ns, count = self._findings.get(key, (at_ns, 0))
        self._findings[key] = (first_ns, count + 1)

    def miss(self, event: GapFound) -> None:
        self._gaps.append(event)

    def findings(self, zero_ns: int) -> Iterable[Finding]:
        for (code, message, leg), (at_ns, count) in self._findings.items():
            yield Finding(code=code, message=message, at_ns=at_ns - zero_ns, leg=leg, count=count)

    def gaps(self, zero_ns: int) -> tuple[GapSpan, ...]:
        return tuple(_gap_span(event, zero_ns) for event in self._gaps)

    @property
    def gap_reasons(self) -> tuple[str, ...]:
        """Why something is missing; a crash is told by the leg it ended."""
        reasons = dict.fromkeys(event.reason for event in self._gaps)
        return tuple(f"gap:{reason}" for reason in reasons if reason != "crash")


def _gap_span(event: GapFound, zero_ns: int) -> GapSpan:
    at_ns = max(zero_ns, event.seen.at_ns if event.since_ns is None else event.since_ns)
    return GapSpan(
        leg=event.seen.leg,
        reason=event.reason,
        at_ns=at_ns - zero_ns,
        until_ns=None if event.until_ns is None else max(at_ns, event.until_ns) - zero_ns,
        record_count=event.count,
        byte_count=event.lost_bytes,
        detail=event.detail,
    )


class Description:
    """What was said of the conversation from outside. The first subject and workspace hold."""

    def __init__(self) -> None:
        self.workspace: str | None = None
        self.subject: str | None = None
        self.labels: dict[str, None] = {}
        self._of_legs: dict[str, Any] = {}
        self._noted: dict[str, Any] = {}
        self._end: dict[str, Any] = {}

    def add(self, subject: str | None, metadata: dict[str, Any]) -> None:
        self.subject = self.subject or subject
        self._of_legs = metadata | self._of_legs

    def label(self, labels: Any) -> None:
        labels = labels if isinstance(labels, list | tuple) else [labels]
        self.labels.update(dict.fromkeys(str(label) for label in labels if label not in (None, "")))

    def note(self, verb: str, data: dict[str, Any]) -> bool:
        """Take the application's word; False where the verb is unknown."""
        if verb == "end":
            self._end = {**self._end, **data}
        elif verb == "label":
            self.label(data.get("labels", ()))
        elif verb == "metadata":
            self._noted = {**self._noted, **data}
        else:
            return False
        return True

    def ending(self, name: str) -> str | None:
        """`outcome` or `satisfaction`, as the application gave it."""
        value = self._end.get(name)
        return None if value is None else str(value)

    @property
    def metadata(self) -> dict[str, Any]:
        """The legs' own, overruled by what was noted; what else was said at the end stands under `end`."""
        rest = {name: value for name, value in self._end.items() if name not in ("outcome", "satisfaction")}
        return {**self._of_legs, **self._noted} | ({"end": rest} if rest else {})


class Diary:
    """Snapshots: the counts at a moment, by themselves or when asked for."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(Role, 0)
        self._taken: list[Snapshot] = []  # at_ns on the recorder's clock
        self._frozen: tuple[int, tuple[Snapshot, ...]] = (0, ())

    def take(self, at_ns: int, label: str, tool_count: int, data: dict[str, Any] | None = None) -> None:
        self._taken.append(
            Snapshot(
                at_ns=at_ns,
                label=label,
                message_count=sum(self.counts.values()),
                user_count=self.counts[Role.USER],
                assistant_count=self.counts[Role.ASSISTANT],
                tool_count=tool_count,
                data=data or {},
            )
        )

    def freeze(self, zero_ns: int) -> tuple[Snapshot, ...]:
        zero_was_ns, frozen = self._frozen
        known = frozen if zero_was_ns == zero_ns else ()
        self._frozen = (zero_ns, known + tuple(_moved(s, zero_ns) for s in self._taken[len(known) :]))
        return self._frozen[1]


def _moved(snapshot: Snapshot, zero_ns: int) -> Snapshot:
    values = {name: getattr(snapshot, name) for name in Snapshot.__slots__}
    return Snapshot(**values | {"at_ns": snapshot.at_ns - zero_ns})
