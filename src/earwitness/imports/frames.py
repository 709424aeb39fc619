"""Frames of providers that somebody saved: JSONL sequences, and saved chats of Hume EVI.

They are what went over the wire, so the legs are the providers' own and their decoders read them.
"""

from pathlib import Path
from typing import Any

import msgspec

from earwitness.capture.importing import Leg, Line, import_id
from earwitness.clock import NS_PER_MS
from earwitness.decoders.hume_archive import from_chat
from earwitness.decoders.providers import PROVIDERS
from earwitness.imports.files import Document, begins, complain, read_bytes
from earwitness.imports.story import LONGEST_NS, Call
from earwitness.journal.record import Kind, Opened, Origin

SEQUENCE, HUME = "sequence", "hume"
STEP_NS = NS_PER_MS  # between frames that say no time
UNDATED_NS = 1_577_836_800_000_000_000  # 2020: of a sequence that says no date, for it must have one

_encode = msgspec.json.Encoder().encode


def is_sequence(file: Path) -> bool:
    return file.suffix == ".jsonl" and begins(file, b'"_session"')


def is_hume(file: Path) -> bool:
    """A page of events, with its head or without, in either spelling."""
    words = ("events_page", "eventsPage", "message_text", "messageText")
    return file.suffix == ".json" and any(begins(file, b'"%b"' % word.encode()) for word in words)


def read_sequence(file: Path, workspace: str) -> Call:
    """A first line that says of what, then a frame a line. Each `leg` of it becomes a leg."""
    data = read_bytes(file)
    lines = [
        Document.parse(file, line, f"line {n}") for n, line in enumerate(data.splitlines(), 1) if line.strip()
    ]
    session = lines[0].body.get("_session") if lines else None
    if not isinstance(session, dict) or not isinstance(session.get("provider"), str):
        raise complain(file, "line 1", "no _session with a provider")
    began_ns = Document(file, session, "_session").time("began_at") or UNDATED_NS
    frames: dict[str, list[Line]] = {provider: [] for provider in session["provider"].split("+")}
    only = next(iter(frames)) if len(frames) == 1 else None
    at_ns = began_ns
    for line in lines[1:]:
        provider = line.text("leg") or only or ""
        if provider not in frames or provider not in PROVIDERS:
            raise line.bad("leg", f"{provider[:40]!r} is no provider of this session")
        event, told_ms = line.body.get("event"), line.number("t_ms")
        if not isinstance(event, dict):
            raise line.bad("event", "not an object")
        at_ns = at_ns + STEP_NS if told_ms is None else began_ns + round(told_ms * NS_PER_MS)
        origin = _origin(line)
        frames[provider].append(Line(at_ns, origin, Kind.TEXT, _encode(event)))
    return _call(file, SEQUENCE, workspace, began_ns, data, frames, str(session.get("path") or ""))


def _origin(line: Document) -> Origin:
    """Who sent it: `a_to_b`, where the dialer is the client."""
    sender = (line.text("direction") or "").partition("_to_")[0]
    if sender not in _SENDERS:
        raise line.bad("direction", f"{sender[:40]!r} is no sender we know")
    return _SENDERS[sender]


_SENDERS = {
    "client": Origin.CLIENT,
    "server": Origin.SERVER,
    "twilio": Origin.CLIENT,
    "vaic": Origin.CLIENT,
    "bot": Origin.SERVER,
}


def read_hume(file: Path, workspace: str) -> Call:
    """A page of a chat's events, or a list of such events; each becomes the frame it once was."""
    data = read_bytes(file)
    frames = list(from_chat(_page(file, data)))
    dated = [frame.at_ms for frame in frames if frame.at_ms is not None]
    if not dated:
        raise complain(file, "timestamp", "no event says when it was")
    began_ns = min(dated) * NS_PER_MS
    lines = [
        Line(
            began_ns if frame.at_ms is None else frame.at_ms * NS_PER_MS,
            Origin.CLIENT if frame.is_client else Origin.SERVER,
            Kind.TEXT,
            _encode(frame.frame),
        )
        for frame in frames
    ]
    return _call(file, HUME, workspace, began_ns, data, {"hume": lines})


def _page(file: Path, data: bytes) -> dict[str, Any]:
    """A bare list of events is a page without a head."""
    text = data.lstrip()
    if text.startswith(b"["):
        data = b'{"events_page":' + text + b"}"
    return Document.parse(file, data).body


def _call(
    file: Path,
    layout: str,
    workspace: str,
    began_ns: int,
    data: bytes,
    frames: dict[str, list[Line]],
    path: str = "",
) -> Call:
    key = b"\0".join((b"import", workspace.encode(), layout.encode(), data))
    ended_ns = max((line.at_ns for lines in frames.values() for line in lines), default=began_ns)
    if any(not 0 <= line.at_ns - began_ns <= LONGEST_NS for lines in frames.values() for line in lines):
        raise complain(file, "time", "a frame lies before the start, or more than a day after it")
    legs = []
    for provider, lines in frames.items():
        opened = Opened(
            leg=import_id(began_ns, provider.encode() + b"\0" + key),
            conversation=import_id(began_ns, b"conversation\0" + key),
            workspace=workspace,
            provider=provider,
            links=(f"import:{import_id(began_ns, key)}",) if len(frames) > 1 else (),
            metadata={"imported": {"layout": layout, "files": [file.name]}},
            path=path,
        )
        legs.append(Leg(began_ns, ended_ns, opened, lines))
    return Call(path=file, layout=layout, legs=legs)
