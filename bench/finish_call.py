"""All the work after a one-hour telephone call: from its journal to rows and every file, on one core.

Two legs in packets of 20 ms: Twilio's, and OpenAI's with words and turns of speech; each of the agent's
packets has a mark. In a `dense` call the caller is loud from the first packet to the last; in a `typical` one
it is silent while the agent speaks, and for a quarter of its own turn. The peer is `earwitness` reading the
same journals and doing nothing with them: what no reader can go below. What `follow` does is done while a
call runs, what `finish` does after it.

    python bench/finish_call.py [--minutes 60] [--json bench/results/finish_call.json]
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

# The measuring process imports no more than this: the system counts its memory to its children.

CALLS = ("dense", "typical")
JOBS = ("read", "decode", "fold", "follow", "finish")
GOALS = {"times_real_time of finish": 100}
PACKET_MS, TURN_S, MS = 20, 8, 1_000_000
SILENCE = b64encode(b"\xff" * 160).decode()
BEGAN_NS = 1_763_650_000 * 1_000_000_000


def opened_legs(journal: Any) -> dict[str, Any]:
    """The writers of both legs, with their first records."""
    import msgspec

    from earwitness.clock import Instant, uuid7
    from earwitness.journal.record import Answered, Kind, Opened, Origin

    legs = {}
    for number, provider in enumerate(("twilio", "openai")):
        at = Instant(number * MS, BEGAN_NS + number * MS)
        ids = {"leg": str(uuid7(at.wall_ns)), "conversation": str(uuid7(at.wall_ns))}
        legs[provider] = writer = journal.open_leg(ids["leg"])
        opened = Opened(**ids, provider=provider, links=("conversation:bench",))
        writer.append(at, Origin.RECORDER, Kind.OPENED, msgspec.json.encode(opened))
        writer.append(at, Origin.SERVER, Kind.ANSWERED, msgspec.json.encode(Answered(status=101)))
    return legs


def record(root: Path, call: str, minutes: int) -> None:
    """The journal of the call."""
    import msgspec
    import numpy as np

    from earwitness.audio.codecs import encode
    from earwitness.clock import Instant, ManualClock
    from earwitness.journal.record import Ended, Kind, Origin
    from earwitness.journal.writer import Journal

    journal = Journal(root / "journal", clock=ManualClock(wall_ns=BEGAN_NS))
    legs = opened_legs(journal)

    def say(provider: str, ms: int, origin: Origin, message: dict[str, Any]) -> None:
        at = Instant(ms * MS, BEGAN_NS + ms * MS)
        legs[provider].append(at, origin, Kind.TEXT, json.dumps(message).encode())

    rng = np.random.default_rng(1)
    speech = [encode("mulaw", (rng.standard_normal(160) * 2_000).astype(np.int16)) for _ in range(50)]
    packets = [b64encode(each).decode() for each in speech]
    for ms, origin, provider, message in conversation(call, minutes * 60_000, packets):
        say(provider, ms, Origin.CLIENT if origin == "client" else Origin.SERVER, message)
        if ms % 60_000 == 0:
            for writer in legs.values():
                writer.sync(10)
    for writer in legs.values():
        end = minutes * 60_000
        ended = msgspec.json.encode(Ended(why="closed", by="client"))
        writer.append(Instant(end * MS, BEGAN_NS + end * MS), Origin.RECORDER, Kind.ENDED, ended)
        writer.close()
    journal.close()


def conversation(call: str, end_ms: int, packets: list[str]) -> Any:
    """Messages of both legs in the order of time: (ms, who, leg, message)."""
    start = {"streamSid": "MZ1", "accountSid": "AC1", "callSid": "CA1", "customParameters": {}}
    yield 2, "client", "twilio", {"event": "start", "streamSid": "MZ1", "start": start}
    audio = {"input": {"format": {"type": "audio/pcmu"}}, "output": {"format": {"type": "audio/pcmu"}}}
    yield 3, "server", "openai", {"type": "session.updated", "session": {"id": "sess_1", "audio": audio}}
    for ms in range(PACKET_MS, end_ms, PACKET_MS):
        packet = packets[ms // PACKET_MS % len(packets)]
        turn, in_turn = divmod(ms, TURN_S * 1000)
        is_heard = call == "dense" or (turn % 2 == 0 and in_turn < TURN_S * 750)
        mouth = packet if is_heard else SILENCE
        media = {"track": "inbound", "timestamp": str(ms - PACKET_MS), "payload": mouth}
        yield ms, "client", "twilio", {"event": "media", "streamSid": "MZ1", "media": media}
        yield ms, "client", "openai", {"type": "input_audio_buffer.append", "audio": mouth}
        item, at = f"item_{turn}", {"output_index": 0, "content_index": 0}
        at |= {"item_id": item, "response_id": f"resp_{turn}"}
        if turn % 2 and in_turn % 20 == 0 and in_turn < (TURN_S - 1) * 1000:
            if in_turn == 0:
                body = {"id": item, "type": "message", "role": "assistant", "status": "in_progress"}
                added = {"type": "response.output_item.added", "response_id": f"resp_{turn}", "item": body}
                yield ms, "server", "openai", added
            yield ms, "server", "openai", {"type": "response.output_audio.delta", "delta": packet, **at}
            yield ms, "server", "twilio", {"event": "media", "streamSid": "MZ1", "media": {"payload": packet}}
            mark = {"name": f"{item}:{in_turn}"}
            yield ms, "server", "twilio", {"event": "mark", "streamSid": "MZ1", "mark": mark}
            yield ms, "client", "twilio", {"event": "mark", "streamSid": "MZ1", "mark": mark}
            if in_turn % 200 == 0:
                words = {"type": "response.output_audio_transcript.delta", "delta": "words "}
                yield ms, "server", "openai", {**words, **at}
        elif turn % 2 and in_turn == (TURN_S - 1) * 1000:
            body = {"id": item, "type": "message", "role": "assistant", "status": "completed"}
            done = {"type": "response.output_item.done", "response_id": f"resp_{turn}", "item": body}
            yield ms, "server", "openai", done
        elif not turn % 2 and in_turn == 4000:
            yield ms, "server", "openai", {"type": "input_audio_buffer.committed", "item_id": item}
            heard = "conversation.item.input_audio_transcription.completed"
            yield ms, "server", "openai", {"type": heard, "item_id": item, "transcript": "What was said."}


def work(job: str, root: Path, call: str, minutes: int) -> None:
    """One job, in the process that is measured."""
    if job == "record":
        record(root, call, minutes)
        return
    from earwitness.journal.reader import leg_folders, read_leg

    folders = list(leg_folders(root / "journal"))
    if job == "read":
        for folder in folders:
            for _ in read_leg(folder):
                pass
        return
    from earwitness.pipeline.line import events, tell
    from earwitness.redaction.policies import Policies
    from earwitness.settings.redaction import Redaction

    if job == "decode":
        for _ in events(folders):
            pass
    elif job == "fold":
        tell("bench", folders, Policies(Redaction(), {}))
    elif job == "follow":
        from earwitness.library import Library
        from earwitness.settings import Settings

        Library(Settings(data_dir=str(root))).follower().tick()
    else:
        from earwitness.library import open_library

        library = open_library(root)
        [recorded] = library.conversations()
        assert len(recorded.artifacts()) > 8, "not finished"


def measured(command: list[str]) -> dict[str, float]:
    """CPU seconds, wall seconds and peak memory of one child process."""
    began = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return {
        "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
        "wall_s": round(time.perf_counter() - began, 2),
        "peak_mb": round(usage.ru_maxrss / 1024, 1),
    }


def measure(root: Path, call: str, minutes: int) -> dict[str, dict[str, float]]:
    itself = [sys.executable, __file__, "--folder", str(root), "--call", call, "--minutes", str(minutes)]
    measured([*itself, "--job", "record"])
    rows = {job: measured([*itself, "--job", job]) for job in JOBS}
    for row in rows.values():
        row["times_real_time"] = round(minutes * 60 / row["cpu_s"])
        row["times_reading"] = round(row["cpu_s"] / rows["read"]["cpu_s"], 1)
    return rows


def show(result: dict[str, Any]) -> None:
    print(f"Finishing a telephone call of {result['minutes']} minutes, two legs, from journal to files")
    for call, rows in result["calls"].items():
        print(f" {call}")
        for name, row in rows.items():
            print(f"  {name:<8}" + "  ".join(f"{key} {value:>7}" for key, value in row.items()))
    print("  goals:", ", ".join(f"{name} {value}" for name, value in GOALS.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--json", type=Path, default=Path(__file__).parent / "results" / "finish_call.json")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--job", choices=["record", *JOBS], help=argparse.SUPPRESS)
    parser.add_argument("--call", choices=CALLS, help="only this one")
    options = parser.parse_args()
    if options.job:
        work(options.job, options.folder, options.call, options.minutes)
        return
    calls = {}
    for call in [options.call] if options.call else CALLS:
        with tempfile.TemporaryDirectory() as folder:
            calls[call] = measure(Path(folder), call, options.minutes)
    machine = {"python": platform.python_version(), "cores": os.cpu_count()}
    result = {"minutes": options.minutes, "calls": calls, "goals": GOALS, "machine": machine}
    show(result)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
