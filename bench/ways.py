"""Every way in, of every provider: what each recorded of one simulated call, against what really happened.

An order with a function call, in real time, by the simulator, which knows what was said, heard and run. A
message is right with its role, its text and its place in the order, a tool call with name, arguments and
result; what is there beyond the truth is invented.

    python bench/ways.py [--json bench/results/ways.json]
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from _ways_compare import ALL, Row, compared, report, said_in
from _ways_own import SCENARIO, by_mapping
from _ways_process import in_process
from _ways_told import (
    by_chat_events,
    by_recording,
    by_saved_chat,
    by_side_connection,
    by_transcript,
    by_vcon,
    by_wav_json,
    imported,
    only,
)

from asked import Asker
from earwitness.desk.recorded import Recorded
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Origin, Record
from earwitness.library import Library, open_library
from earwitness.simulator.run import PROVIDERS, CallResult
from earwitness.simulator.truth import Truth
from recorded import Line, as_it_was, copied
from served import run, serving
from taps import opened

WORDS = frozenset({"messages"})
SOUND = frozenset({"caller", "agent"})
LAYOUTS = {  # that are exported and read again, and what they have a place for
    "opusagent": ALL - {"emotions"},
    "recordings": WORDS | {"agent"},
    "s3": WORDS | {"tool_calls"},
}
AS_SENT = {  # of sound without a header
    "openai": "pcm16 24k",
    "twilio": "mulaw 8k",
    "elevenlabs": "pcm16 16k",
    "hume": "pcm16 48k",
    "audiocodes": "pcm16 16k",
    "relay": "pcm16 24k",  # which has none
}
SAVED = ("openai", "elevenlabs")  # whose front ends save messages
POST_S = 0.1  # an application that feeds what happens posts so often
Frames = list[tuple[str, list[Record]]]


# -- ways that take the same frames ----------------------------------------------------------------------


async def by_tap(folder: Path) -> dict[str, CallResult]:
    async with Line(folder) as line:
        results = await asyncio.gather(*(line.play(provider, SCENARIO) for provider in PROVIDERS))
    return dict(zip(PROVIDERS, results, strict=True))


def frames_of(recorded: Recorded) -> Frames:
    """Each leg's provider and its text frames."""
    legs = [list(read_leg(folder)) for folder in recorded.folders]
    return [
        (opened(records).provider, [each for each in records if each.kind is Kind.TEXT]) for records in legs
    ]


def by_feed(desk: Asker, legs: Frames) -> None:
    """The same frames over HTTP as they happened, each leg as a connection of its own."""
    zero_ns, began_s = min(frames[0].wall_ns for _, frames in legs), time.monotonic()
    sent = [0] * len(legs)
    try:
        while any(count < len(frames) for count, (_, frames) in zip(sent, legs, strict=True)):
            until_ns = zero_ns + round((time.monotonic() - began_s) * 1e9)
            for number, (provider, frames) in enumerate(legs):
                due = [each for each in frames[sent[number] :] if each.wall_ns <= until_ns][:500]
                sent[number] += post(desk, f"leg-{number}", provider, sent[number], due, len(frames))
            time.sleep(POST_S)
        desk.app.state.feeding.close()
    finally:
        desk.close()


def post(desk: Asker, connection: str, provider: str, first: int, due: list[Record], last: int) -> int:
    """How many were posted."""
    events = [{"origin": Origin(each.origin).name.lower(), "event": json.loads(each.payload)} for each in due]
    body: dict[str, Any] = {"provider": provider, "connection": connection, "first": first, "events": events}
    if events:
        body |= {"end": {}} if first + len(events) == last else {}
        answer = desk.ask("/api/v1/conversations/call/events", "write", "POST", json=body)
        assert answer.status_code == 200, answer.text
    return len(events)


def by_sequence(folder: Path, legs: Frames) -> Recorded:
    """The same frames as JSON lines."""
    began_ns = min(frames[0].wall_ns for _, frames in legs)
    lines: list[dict[str, Any]] = [{"_session": {"provider": "+".join(provider for provider, _ in legs)}}]
    for provider, frames in legs:
        for each in frames:
            direction = "client_to_server" if each.origin is Origin.CLIENT else "server_to_client"
            t_ms = (each.wall_ns - began_ns) / 1e6
            lines.append(
                {"leg": provider, "direction": direction, "t_ms": t_ms, "event": json.loads(each.payload)}
            )
    file = folder / "call.jsonl"
    file.write_text("\n".join(map(json.dumps, [lines[0], *sorted(lines[1:], key=lambda line: line["t_ms"])])))
    return imported(folder / "data", file)


def by_layout(folder: Path, recorded: Recorded, layout: str, provider: str) -> Recorded:
    recorded.export(folder / "exported", layout)
    return imported(folder / "data", folder / "exported", audio_format=AS_SENT[provider])


def by_saving(folder: Path, provider: str, truth: Truth) -> Recorded:
    desk = Asker(folder)
    try:
        desk.library.subjects.add("default", ["RID001"])
        with desk.client:
            for number, (role, text, _) in enumerate(said_in(truth)):
                body = {
                    "research_id": "RID001",
                    "role": role,
                    "content": text,
                    "timestamp": f"2025-01-08T16:00:{number:02}Z",
                    "provider": provider,
                    f"{provider}_conversation_id": "conv_1",
                    f"{provider}_message_id": f"msg_{number}",
                }
                answer = desk.ask("/api/v1/chat/save-message", "write", "POST", json=body)
                assert answer.status_code == 200, answer.text
            desk.app.state.saving.close()
    finally:
        desk.close()
    return only(folder)


# -- all of them ---------------------------------------------------------------------------------------


def rows_of(root: Path) -> Iterator[Row]:
    tapped = asyncio.run(by_tap(root / "tap"))
    open_library(as_it_was(root / "tap")).catalog.close()
    library, calls = Library(as_it_was(root / "tap")), dict[str, tuple[Recorded, Truth]]()
    for provider, result in tapped.items():
        assert result.truth is not None
        assert result.ok, result.reason
        recorded = library.finished(f"conversation:{result.conversation}", give_up_at=time.monotonic() + 5)
        assert recorded is not None
        calls[provider] = recorded, result.truth
    with ThreadPoolExecutor(2) as at_once:
        desks = [Asker(root / "fed" / provider) for provider in calls]
        list(at_once.map(by_feed, desks, [frames_of(recorded) for recorded, _ in calls.values()]))
    for provider, call in calls.items():
        yield from of_one(root / provider, provider, *call)
        fed = only(root / "fed" / provider)
        yield compared("events over HTTP", provider, fed, call[1], takes_of(provider))
    yield from told_of(root, calls)
    yield from inside(root)
    truth = asyncio.run(by_mapping(root / "own"))
    yield compared("generic mapping", "own", only(root / "own"), truth, ALL - {"emotions"})


def takes_of(provider: str) -> frozenset[str]:
    return ALL - SOUND if provider == "relay" else ALL  # whose words alone go over the wire


def of_one(root: Path, provider: str, recorded: Recorded, truth: Truth) -> Iterator[Row]:
    """By tap, and by files that are made of what the tap saw."""
    takes, frames = takes_of(provider), frames_of(recorded)

    def at(name: str) -> Path:
        (root / name).mkdir(parents=True)
        return root / name

    yield compared("tap", provider, recorded, truth, takes)
    yield compared("import: sequence", provider, by_sequence(at("sequence"), frames), truth, takes)
    for layout, has in LAYOUTS.items():
        found = by_layout(at(layout), recorded, layout, provider)
        yield compared(f"import: {layout}", provider, found, truth, has & takes)
    vcon = by_vcon(at("vcon"), recorded)
    yield compared("import: vcon", provider, vcon, truth, takes - {"emotions"})
    if provider in SAVED:
        yield compared("save-message", provider, by_saving(at("saved"), provider, truth), truth, WORDS)


def told_of(root: Path, calls: dict[str, tuple[Recorded, Truth]]) -> Iterator[Row]:
    """What is told of calls when they are over."""
    root = root / "told"
    root.mkdir()
    truths = {provider: truth for provider, (_, truth) in calls.items()}
    words = WORDS | {"tool_calls"}
    found = by_transcript(root / "elevenlabs", truths["elevenlabs"])
    yield compared("webhook", "elevenlabs", found, truths["elevenlabs"], words)
    found = by_recording(root / "twilio", truths["twilio"])
    yield compared("webhook, recording fetched", "twilio", found, truths["twilio"], SOUND)
    [(_, frames)] = frames_of(calls["openai"][0])
    found = by_side_connection(root / "openai", frames)
    yield compared("webhook, SIP side connection", "openai", found, truths["openai"], words)
    (root / "saved").mkdir()
    found = by_saved_chat(root / "saved", truths["hume"])
    yield compared("import: hume", "hume", found, truths["hume"], ALL - SOUND)
    (root / "wav").mkdir()
    found = by_wav_json(root / "wav", truths["openai"])
    yield compared("import: wav-json", "any", found, truths["openai"], WORDS | SOUND)
    asked = by_chat_events(root / "hume", truths["hume"])  # what came of the function it does not tell
    unanswered = [replace(each, result={}) for each in truths["hume"].tool_calls]
    truth = replace(truths["hume"], tool_calls=unanswered)
    yield compared("webhook", "hume", asked, truth, frozenset({"tool_calls"}))


def inside(root: Path) -> Iterator[Row]:
    """Inside the program; and the same handed over to a server."""
    truths = asyncio.run(in_process(root / "attached"))
    copied(root / "attached", root / "spool")
    with serving(root, env={"EARWITNESS_REDACT__ENABLED": "false"}) as server:
        given = ("--url", server.api(), "--key", server.key())
        done = run("--data-dir", root / "spool", "handover", *given, folder=root)
        assert done.returncode == 0, done.stderr
        server.stop()
    for way, folder in (("in process", root / "attached"), ("handover", server.data)):
        known = {each.row.labels[0]: each for each in open_library(as_it_was(folder)).conversations()}
        for name, truth in truths.items():
            takes = ALL if name == "hume" else ALL - {"emotions"}
            yield compared(way, name, known[name], truth, takes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, default=Path(__file__).parent / "results" / "ways.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = list(rows_of(Path(folder)))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(rows, indent=1) + "\n")
    print(report(rows))


if __name__ == "__main__":
    main()
