"""A recorded leg as a script of one of its ends."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import msgspec

from earwitness.clock import NS_PER_MS
from earwitness.errors import NotFound
from earwitness.journal.record import Answered, Kind, Opened, Origin, Record
from earwitness.simulator.replay import Script, Step

_KINDS: dict[Kind, Literal["text", "binary", "close"]] = {
    Kind.TEXT: "text",
    Kind.BINARY: "binary",
    Kind.CLOSE: "close",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one end of a leg said. `is_whole`: nothing of the leg is missing or left out by choice."""

    script: Script
    is_whole: bool


def part(
    records: Callable[[], Iterable[Record]], side: Origin, *, speed: float = 1.0, in_turn: bool = False
) -> Part:
    """The part of the end that dialled (`CLIENT`) or of the one that answered (`SERVER`).

    `records` are read twice, and never held. Raises `NotFound` where that end sent no message.
    """
    messages, is_whole = 0, True
    subprotocols: tuple[str, ...] = ()
    for record in records():
        if record.kind in (Kind.TEXT, Kind.BINARY):
            messages += record.origin is side
        elif record.kind is Kind.OPENED:
            is_whole &= msgspec.json.decode(record.payload, type=Opened).kept.is_all
        elif record.kind is Kind.ANSWERED:
            subprotocols = _subprotocols(record)
        elif record.kind in (Kind.GAP, Kind.RAW):
            is_whole = False
    if not messages:
        raise NotFound(
            f"the {side.name.lower()} of this leg sent no message",
            hint="See what went over it: earwitness events ID --wire --raw REASON.",
        )
    script = Script(
        steps=lambda: _steps(records(), side),
        messages=messages,
        subprotocols=subprotocols,
        speed=speed,
        in_turn=in_turn,
    )
    return Part(script=script, is_whole=is_whole)


def _steps(records: Iterable[Record], side: Origin) -> Iterator[Step]:
    zero_ns = 0
    for record in records:
        if record.kind in (Kind.OPENED, Kind.ANSWERED):
            zero_ns = record.monotonic_ns
        elif record.kind is Kind.ENDED:  # without a close frame, the socket ends where it ended then
            yield Step(at_ms=_ms(record, zero_ns), is_own=True, kind="close", payload=b"")
        elif record.kind in _KINDS:
            yield Step(
                at_ms=_ms(record, zero_ns),
                is_own=record.origin is side,
                kind=_KINDS[record.kind],
                payload=record.payload,
            )


def _ms(record: Record, zero_ns: int) -> float:
    return (record.monotonic_ns - zero_ns) / NS_PER_MS


def _subprotocols(record: Record) -> tuple[str, ...]:
    answered = msgspec.json.decode(record.payload, type=Answered)
    return tuple(value for name, value in answered.headers if name.lower() == "sec-websocket-protocol")
