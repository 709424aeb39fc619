"""What a frame in the journal costs, against a bare list of frames written every 100 ms in the same run.

Frames come at the pace of real calls: `tw` is telephony, 381 bytes, 100 a second and leg; `oa` is an AI leg,
6,600 bytes, 20 a second and leg. CPU is that of the whole process, all threads, less the same loop doing
nothing. The bare peer has no record headers, no checksum, no chain, no sync and no bound. The third column is
a journal that never syncs while it is measured; `encrypted` is against the journal that is not.

    python bench/journal.py [--seconds 3] [--rounds 3] [--legs 300]
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from earwitness.clock import SystemClock
from earwitness.journal.record import Kind, Origin
from earwitness.journal.seal import unlock
from earwitness.journal.writer import Journal, LegWriter, Limits
from earwitness.privacy.providers import provider_of
from earwitness.privacy.vault import Vault

TICK_S = 0.02
LOADS = {"tw": (381, 2), "oa": (6_600, 0.4)}  # bytes of a frame, frames per tick and leg
Put = Callable[[int], None]


def paced(
    legs: int, per_tick: float, seconds: float, put: Put, tick: Callable[[], None]
) -> tuple[float, int]:
    """CPU seconds and frames of so many seconds of load."""
    frames, owed = 0, 0.0
    started, cpu = time.monotonic(), time.process_time()
    for number in range(int(seconds / TICK_S)):
        owed += per_tick
        while owed >= 1:
            owed -= 1
            frames += legs
            for leg in range(legs):
                put(leg)
        tick()
        time.sleep(max(0.0, started + (number + 1) * TICK_S - time.monotonic()))
    return time.process_time() - cpu, frames


def nothing(legs: int, frame: bytes, per_tick: float, seconds: float, root: Path) -> tuple[float, int]:
    clock = SystemClock()
    return paced(legs, per_tick, seconds, lambda _: clock.now() and None, lambda: None)


def bare(legs: int, frame: bytes, per_tick: float, seconds: float, root: Path) -> tuple[float, int]:
    clock = SystemClock()
    files = [os.open(root / f"{leg}", os.O_WRONLY | os.O_CREAT | os.O_APPEND) for leg in range(legs)]
    lists: list[list[bytes]] = [[] for _ in range(legs)]
    ticks = 0

    def put(leg: int) -> None:
        clock.now()
        lists[leg].append(frame)

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks % 5 == 0:
            for file, chunks in zip(files, lists, strict=True):
                if chunks:
                    os.writev(file, chunks)
                    chunks.clear()

    spent = paced(legs, per_tick, seconds, put, tick)
    for file in files:
        os.close(file)
    return spent


def journal(
    legs: int, frame: bytes, per_tick: float, seconds: float, root: Path, limits: Limits | None = None
) -> tuple[float, int]:
    clock = SystemClock()
    book = Journal(root / "journal", limits=limits or Limits())
    writers: list[LegWriter] = [book.open_leg(f"leg-{leg}") for leg in range(legs)]

    def put(leg: int) -> None:
        writers[leg].append(clock.now(), Origin.CLIENT, Kind.TEXT, frame)

    spent = paced(legs, per_tick, seconds, put, lambda: None)
    health = book.health()
    book.close()
    if health.is_red or health.lost_records:
        raise SystemExit(f"the disk is too slow to measure here: {health}")
    return spent


def written(legs: int, frame: bytes, per_tick: float, seconds: float, root: Path) -> tuple[float, int]:
    roomy = Limits(sync_ms=3_600_000, leg_bytes=1 << 30, total_bytes=1 << 31)
    return journal(legs, frame, per_tick, seconds, root, roomy)


def sealed(legs: int, frame: bytes, per_tick: float, seconds: float, root: Path) -> tuple[float, int]:
    """The same journal, every block encrypted."""
    (root / "master.key").write_text(os.urandom(32).hex())
    unlock(root / "journal", Vault(root / "keys", provider_of(f"file:{root / 'master.key'}")))
    return journal(legs, frame, per_tick, seconds, root)


def append_ns(frame: bytes, count: int = 20_000) -> float:
    """What the caller's thread feels: one append, nobody else at work."""
    with tempfile.TemporaryDirectory() as folder:
        book = Journal(
            Path(folder),
            limits=Limits(flush_ms=10_000, sync_ms=20_000, leg_bytes=1 << 30, total_bytes=1 << 30),
        )
        leg = book.open_leg("leg-1")
        at = SystemClock().now()
        started = time.perf_counter_ns()
        for _ in range(count):
            leg.append(at, Origin.CLIENT, Kind.TEXT, frame)
        spent = (time.perf_counter_ns() - started) / count
        book.close()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--legs", type=int, default=300)
    options = parser.parse_args()
    print(f"{options.legs} legs, {options.seconds:g} s, median of {options.rounds}; CPU ns per frame")
    print("load  bare writev  journal, no sync    journal  ratio  encrypted  ratio  append alone")
    for name, (size, per_tick) in LOADS.items():
        frame = os.urandom(size)
        costs: dict[str, list[float]] = {
            "nothing": [],
            "bare": [],
            "written": [],
            "journal": [],
            "sealed": [],
        }
        for _ in range(options.rounds):
            for job in (nothing, bare, written, journal, sealed):
                with tempfile.TemporaryDirectory() as folder:
                    cpu_s, frames = job(options.legs, frame, per_tick, options.seconds, Path(folder))
                costs[job.__name__].append(cpu_s / frames * 1e9)
        idle, *rest = (
            statistics.median(costs[job]) for job in ("nothing", "bare", "written", "journal", "sealed")
        )
        peer, no_sync, full, locked = (cost - idle for cost in rest)
        alone = append_ns(frame)
        print(
            f"{name:4} {peer:12,.0f} {no_sync:17,.0f} {full:10,.0f} {full / peer:6.1f} "
            f"{locked:10,.0f} {locked / full:6.2f} {alone:13,.0f}"
        )


if __name__ == "__main__":
    main()
