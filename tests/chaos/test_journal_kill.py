"""Kill -9 at a random moment: nothing acked is lost, and of the rest at most the flush window."""

import random
import time
from pathlib import Path

import pytest

from chaos_tools import IS_FULL, Load, Told, kept, lost_acks
from earwitness.journal.recovery import recover, verify

ROUNDS = 1000 if IS_FULL else 20


def window_ms(told: Told, killed_ns: int) -> float:
    """How long before the kill the oldest frame was appended that is not in the file."""
    widest = 0
    for name, seen in told.seen.items():
        frames = set(kept(told.folders[name]).frames)
        lost = [at_ns for number, at_ns in seen if number not in frames]
        widest = max(widest, killed_ns - min(lost, default=killed_ns))
    return widest / 1e6


def test_a_killed_process_loses_no_acked_frame_and_at_most_the_flush_window(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    windows = []
    acked = 0
    for number in range(ROUNDS):
        chance = random.Random(number)
        root = tmp_path / f"{number}"
        load = Load(tmp_path / "log", root, 3, 10, "--segment-bytes", 8192 if number % 2 else 1 << 20)
        while not load.told().seen:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.05, 0.3))
        killed_ns = time.monotonic_ns()
        told = load.kill()
        windows.append(window_ms(told, killed_ns))
        acked += len(told.acked)
        assert lost_acks(told) == []
        for folder in told.folders.values():
            before = kept(folder).frames
            assert before == list(range(len(before)))  # a prefix, without holes
            assert recover(folder).records == len(before)
            assert kept(folder).frames == before
            assert verify(folder).ok
    windows.sort()
    with capsys.disabled():
        print(f"\nkill -9: {ROUNDS} rounds, {acked} acked legs, 0 lost; loss window ms:", end=" ")
        print(f"median {windows[len(windows) // 2]:.0f}, max {windows[-1]:.0f}")
    assert acked > ROUNDS  # else the rig has proved nothing
    assert windows[len(windows) // 2] <= 50
    assert windows[-1] <= 50 + 150  # the promise, and what two busy cores may add to any wake-up
