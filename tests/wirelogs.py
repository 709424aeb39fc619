"""Legs written as plain lines, and the events read from them as plain lines: for playbooks and the corpus.

A line of `in.jsonl` is `[millisecond, who, what]`. `who` is `client` or `server` (a text message), `client
closes` or `server closes` (code and reason), or the recorder's own `opened`, `answered`, `note`, `gap`,
`ended`.
`"<320 bytes>"` anywhere stands for the base64 of so many bytes.
"""

import base64
import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from earwitness.decoders import LegDecoder, decode
from earwitness.journal.record import Kind, Origin, Record
from earwitness.model.events import Event

MS = 1_000_000
BEGAN_NS = 1_700_000_000_000_000_000
CORPUS = Path(__file__).parent / "corpus"
_ORIGINS = {"client": Origin.CLIENT, "server": Origin.SERVER}


def text(number: int, origin: Origin, payload: bytes, ms: float = 0, kind: Kind = Kind.TEXT) -> Record:
    ns = round(ms * MS)
    return Record(number, 7_000 + ns, BEGAN_NS + ns, origin, kind, payload)


def record(number: int, ms: float, who: str, what: Any) -> Record:
    """The record that this line stands for."""
    if who in _ORIGINS:
        return text(number, _ORIGINS[who], _filled(json.dumps(what)).encode(), ms)
    if who.endswith(" closes"):
        payload = what["code"].to_bytes(2, "big") + what.get("reason", "").encode()
        return text(number, _ORIGINS[who.removesuffix(" closes")], payload, ms, Kind.CLOSE)
    if who == "opened":
        what = {"leg": "leg", "conversation": "conversation", **what}
    return text(number, Origin.RECORDER, json.dumps(what).encode(), ms, Kind[who.upper()])


def records(path: Path) -> Iterator[Record]:
    for number, line in enumerate(path.read_text("utf-8").splitlines()):
        yield record(number, *json.loads(line))


def _filled(message: str) -> str:
    return re.sub(r"<(\d+) bytes>", lambda found: base64.b64encode(b"\xff" * int(found[1])).decode(), message)


def line(event: Event) -> str:
    """An event as `Name field=value ...`, without what is as ever."""
    told = [type(event).__name__]
    for field in dataclasses.fields(event):
        value = getattr(event, field.name)
        default = field.default_factory() if callable(field.default_factory) else field.default
        if field.name != "seen" and value != default:
            shown = value.value if isinstance(value, Enum) else value
            told.append(f"{field.name}={_shown(shown)}")
    return " ".join(told)


def _shown(value: Any) -> str:
    is_plain = isinstance(value, str) and re.fullmatch(r"\S+", value)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def lines(events: Iterable[Event]) -> list[str]:
    return [line(event) for event in events]


def dated(events: Iterable[Event]) -> str:
    """Events with record number and millisecond, as in `events.txt`."""
    return "".join(
        f"{event.seen.record:>3} {(event.seen.at_ns - BEGAN_NS) / MS:>7g} {line(event)}\n" for event in events
    )


class Playbook:
    """One leg, played by hand: each message in, its events out."""

    def __init__(self, provider: str, **opened: Any) -> None:
        self.decoder = LegDecoder()
        self.count = 0
        self.opening = self.tell("opened", {"provider": provider, **opened})

    def tell(self, who: str, what: Any, ms: float = 0) -> list[str]:
        return self.feed(record(self.count, ms, who, what))

    def feed(self, record: Record) -> list[str]:
        self.count += 1
        return lines(self.decoder.feed(record))

    def client(self, type: str | None = None, **fields: Any) -> list[str]:
        return self.tell("client", fields if type is None else {"type": type, **fields})

    def server(self, type: str | None = None, **fields: Any) -> list[str]:
        return self.tell("server", fields if type is None else {"type": type, **fields})

    def raw(self, payload: bytes, origin: Origin = Origin.SERVER, kind: Kind = Kind.TEXT) -> list[str]:
        return self.feed(text(self.count, origin, payload, kind=kind))

    def all(self, *messages: tuple[str, dict[str, Any]]) -> list[str]:
        """Several messages, their events together."""
        return [told for who, what in messages for told in self.tell(who, what)]


def rewrite() -> None:
    """Write all `events.txt` anew; read the difference before you commit it."""
    for path in sorted(CORPUS.glob("*/*/in.jsonl")):
        (path.parent / "events.txt").write_text(dated(decode(records(path))), "utf-8")


if __name__ == "__main__":
    rewrite()
