"""What the caller heard: every recorder's tracks against what mouth and ear had, over the whole matrix.

Calls are played on a clock of their own (tests/worlds), so that hours take seconds. Beside Earwitness stand a
recorder that appends every chunk, and the `AudioBufferProcessor` of Pipecat (on our clock, and told when
caller and bot speak): once where we stand, at the socket, and once where it is meant to, behind a transport
that plays answers in real time and drops what is cut, which tells it the truth about the ear.

    python bench/heard.py [--minutes 1 60 240] [--conditions NAME ...] [--providers NAME ...]
        [--json bench/results/heard.json] [--show JSON ...]
"""

import argparse
import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, product
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from _heard_tables import GOALS, length, misses, report

from earwitness.audio.codecs import decode, frame_bytes
from earwitness.audio.resample import Resampler
from earwitness.model.events import Party
from earwitness.projections import health
from worlds.compare import RATE_HZ, Verdict, compare
from worlds.matrix import CONDITIONS, PROVIDERS, against, has, measured, ours, true_responses, world
from worlds.script import Uttered
from worlds.world import World

BLOCK = 80_000
PEERS_MINUTES = 60  # Pipecat holds a whole call in memory
PEERS_LONG = ("plain",)  # of calls longer than `SHORT_MINUTES`: their cost is many times ours
SHORT_MINUTES = 2  # so long, all recorders are compared


def at_8k(sounds: Iterator[bytes], form: tuple[str, int]) -> np.ndarray[Any, Any]:
    data = b"".join(sounds)
    size = frame_bytes(form[0])
    resampler = Resampler(form[1], RATE_HZ)
    samples = decode(form[0], data[: len(data) // size * size])
    return np.concatenate([resampler.push(samples), resampler.finish()])


def blocks(track: np.ndarray[Any, Any]) -> Iterator[Any]:
    return (track[at : at + BLOCK] for at in range(0, len(track), BLOCK))


def appended(made: World) -> tuple[Verdict, Verdict]:
    """A recorder that writes each party's sound down as it comes."""
    found = []
    for party, truth in ((Party.CALLER, made.script.said), (Party.AGENT, made.script.heard)):
        own = [each for each in made.arrivals if each[1] is party]
        runs = groupby(own, key=lambda each: each[3])
        track = np.concatenate(
            [np.empty(0, np.int16), *(at_8k((s[2] for s in run), form) for form, run in runs)]
        )
        found.append(compare(blocks(track), truth, made.script.ended_ms))
    return found[0], found[1]


def piped(made: World, *, is_paced: bool) -> tuple[Verdict, Verdict]:
    """Pipecat's recorder, on our clock."""
    from pipecat.audio.utils import create_stream_resampler
    from pipecat.frames import frames as f
    from pipecat.processors.audio import audio_buffer_processor as module

    class Clock:
        now = 0.0

        def monotonic(self) -> float:
            return self.now

    clock = module.time = Clock()  # type: ignore[attr-defined]
    tracks: dict[str, bytes] = {}

    async def run() -> None:
        processor = module.AudioBufferProcessor(sample_rate=RATE_HZ, num_channels=2)
        processor._sample_rate, processor._recording = RATE_HZ, True
        processor._input_resampler, processor._output_resampler = (
            create_stream_resampler(),
            create_stream_resampler(),
        )
        for at_ms, frame in told(made, f, is_paced=is_paced):
            clock.now = at_ms / 1000
            await processor._process_recording(frame)
        tracks["user"], tracks["bot"] = (
            bytes(processor._user_audio_buffer),
            bytes(processor._bot_audio_buffer),
        )

    asyncio.run(run())
    caller, agent = (np.frombuffer(tracks[name], "<i2") for name in ("user", "bot"))
    end_ms = made.script.ended_ms
    return compare(blocks(caller), made.script.said, end_ms), compare(
        blocks(agent), made.script.heard, end_ms
    )


def told(made: World, f: Any, *, is_paced: bool) -> Iterator[tuple[float, Any]]:
    """The frames that a pipeline would carry: sound as it comes, and who speaks when by the provider."""
    queue: list[tuple[float, int, Any]] = []
    rest: dict[Party, bytes] = defaultdict(bytes)
    for number, (at_ms, party, sound, form) in enumerate(made.arrivals):
        data, size = rest[party] + sound, frame_bytes(form[0])
        whole = len(data) // size * size
        rest[party] = data[whole:]
        if party is Party.AGENT and is_paced:
            continue
        kind = f.InputAudioRawFrame if party is Party.CALLER else f.OutputAudioRawFrame
        audio = decode(form[0], data[:whole]).tobytes()
        queue.append((at_ms, number, kind(audio=audio, sample_rate=form[1], num_channels=1)))
    for act in made.script.acts:
        if act.what == "speech_started":
            queue.append((act.at_ms, -1, f.UserStartedSpeakingFrame()))
        elif act.what == "speech_stopped":
            queue.append((act.at_ms, -1, f.UserStoppedSpeakingFrame()))
    for each in made.script.heard:
        if not each.pieces:
            continue
        if is_paced:
            queue += [(at_ms, -1, frame) for at_ms, frame in played(each, f)]
        begin_ms, _, count = each.pieces[-1]
        queue.append((each.pieces[0][0] - 0.01, -1, f.BotStartedSpeakingFrame()))
        queue.append((begin_ms + count * 1000 / each.rate_hz, -1, f.BotStoppedSpeakingFrame()))
    for at_ms, _, frame in sorted(queue, key=lambda item: item[:2]):
        yield at_ms, frame


def played(each: Uttered, f: Any) -> Iterator[tuple[float, Any]]:
    """An answer in frames of 40 ms, each when it has been played."""
    step = each.rate_hz // 25
    for begin_ms, first, count in each.pieces:
        for at in range(0, count, step):
            sound = each.sound[first + at : first + min(at + step, count)]
            over_ms = begin_ms + (at + len(sound)) * 1000 / each.rate_hz
            yield (
                over_ms,
                f.OutputAudioRawFrame(audio=sound.tobytes(), sample_rate=each.rate_hz, num_channels=1),
            )


def verdict(found: Verdict) -> dict[str, Any]:
    missing = sum(each is None for each in found.offsets_ms)
    worst = max((abs(each) for each in found.offsets_ms if each is not None), default=0.0)
    return {
        "utterances": len(found.offsets_ms),
        "not_found": missing,
        "worst_ms": round(worst, 1),
        "extra_ms": found.extra_ms,
        "lacking_ms": found.lacking_ms,
    }


def listened(made: World, minutes: float) -> dict[str, Any]:
    """How far the figures measured on the sound are from the truth, and what health says and should."""
    found, true = measured(made), true_responses(made)
    took = [each.ms for each in found.responses]
    off = [abs(a - b) for a, b in zip(took, true, strict=False)] if len(took) == len(true) else None
    return {
        "responses": [len(took), len(true)],
        "worst_response_ms": None if off is None else round(max(off, default=0)),
        "interruptions": [found.interruptions_by_caller, len(made.script.interruptions)],
        "false": found.interruptions_by_agent
        + max(0, found.interruptions_by_caller - len(made.script.interruptions)),
        "against": [
            sorted(health.codes(health.reasons(made.conversation, found))),
            sorted(against(made.provider, made.condition.name, minutes)),
        ],
    }


def one(provider: str, name: str, minutes: float) -> dict[str, Any]:
    began = time.process_time()
    made = world(provider, name, minutes)
    made.keeps_arrivals = minutes <= SHORT_MINUTES or (name in PEERS_LONG and minutes <= PEERS_MINUTES)
    cell = ours(made.play())
    told_interruptions = [each for each in made.conversation.interruptions if each.by is Party.CALLER]
    row: dict[str, Any] = {
        "provider": provider,
        "condition": name,
        "minutes": minutes,
        "duration_off_ms": round(cell.duration_off_ms, 1),
        "events_interruptions": [len(told_interruptions), len(made.script.interruptions)],
        "earwitness": {"caller": verdict(cell.caller), "agent": verdict(cell.agent)},
        "figures": listened(made, minutes),
        "cpu_s": round(time.process_time() - began, 1),
    }
    if made.keeps_arrivals:
        peers = {
            "append": appended,
            "pipecat": lambda made: piped(made, is_paced=False),
            "paced": lambda made: piped(made, is_paced=True),
        }
        for peer, recorder in peers.items():
            try:
                caller, agent = recorder(made)
            except ValueError as error:  # Pipecat's resampler takes no second rate
                row["refused"] = {**row.get("refused", {}), peer: str(error)}
            else:
                row[peer] = {"caller": verdict(caller), "agent": verdict(agent)}
    return row


def keep(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"goals": GOALS, "rows": rows}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, nargs="+", default=[1])
    parser.add_argument(
        "--conditions", nargs="+", default=list(CONDITIONS), choices=list(CONDITIONS), metavar="NAME"
    )
    parser.add_argument("--providers", nargs="+", default=list(PROVIDERS), choices=PROVIDERS, metavar="NAME")
    parser.add_argument("--json", type=Path, default=Path(__file__).parent / "results" / "heard.json")
    parser.add_argument(
        "--show", type=Path, nargs="+", metavar="JSON", help="print the tables of earlier runs"
    )
    options = parser.parse_args()
    if options.show:
        print(report([row for path in options.show for row in json.loads(path.read_text())["rows"]]))
        return
    rows: list[dict[str, Any]] = []
    for minutes, name, provider in product(options.minutes, options.conditions, options.providers):
        if has(provider, name):
            rows.append(one(provider, name, minutes))
            why = "; ".join(misses(rows[-1])) or "ok"
            print(f"{provider} {name} {length(minutes)}: {why}", file=sys.stderr)
            keep(options.json, rows)  # hours of it may be stopped at any moment
    print(report(rows))


if __name__ == "__main__":
    main()
