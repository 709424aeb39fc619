"""The Nth call of the kernel fails, for every N: no sync that returned true was a lie, nothing is torn."""

import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from chaos_tools import IS_FULL, Load, kept, lost_acks, needs_tool
from earwitness.journal.recovery import verify

STRACE = ("strace", "-f", "-qq", "-o")
STEPS = 40 if IS_FULL else 4


def can_trace() -> None:
    needs_tool("strace")
    done = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("needs the right to trace a process (strace)")


def inject(tmp_path: Path, fault: str, seconds: float, *options: object, legs: int = 2) -> Load:
    call = fault.partition(":")[0]
    trace = [
        "strace",
        "-f",
        "-qq",
        "-o",
        str(tmp_path / "trace"),
        "-e",
        f"trace={call}",
        "-e",
        f"inject={fault}",
    ]
    return Load(tmp_path / "log", tmp_path / "journal", legs, seconds, *options, prefix=trace)


def injected(tmp_path: Path) -> int:
    return (tmp_path / "trace").read_text().count("(INJECTED)")


@pytest.mark.parametrize("number", [1 + step * (1 if IS_FULL else 3) for step in range(STEPS)])
@pytest.mark.parametrize(("call", "error"), [("fdatasync", "EIO"), ("writev", "EIO"), ("writev", "ENOSPC")])
def test_one_failed_call_costs_no_record_and_no_false_ack(
    tmp_path: Path, call: str, error: str, number: int
) -> None:
    can_trace()
    fault = f"{call}:error={error}:when={number}"
    told = inject(tmp_path, fault, 0.4, "--ack-every", 3, "--frame-ms", 10).wait(30)
    if not injected(tmp_path):
        pytest.skip(f"the load makes fewer than {number} calls of {call}")
    assert "closed" in told.others
    assert any(line.startswith("alarm") for line in told.others)
    assert lost_acks(told) == []
    for name, folder in told.folders.items():
        assert kept(folder).gaps == []
        assert kept(folder).frames == [frame for frame, _ in told.seen[name]]
        assert verify(folder).problems == ()
    if error == "EIO":
        assert any(len(list(folder.glob("*.ewj"))) > 1 for folder in told.folders.values())


def test_one_failed_sync_of_the_whole_filesystem_costs_no_record_and_no_false_ack(tmp_path: Path) -> None:
    can_trace()
    options = ("--ack-every", 5, "--frame-ms", 10)
    told = inject(tmp_path, "syncfs:error=EIO:when=2", 1.0, *options, legs=30).wait(30)
    assert injected(tmp_path) == 1
    assert len(told.acked) == 30
    assert lost_acks(told) == []
    for name, folder in told.folders.items():
        assert kept(folder).frames == [frame for frame, _ in told.seen[name]]
        assert kept(folder).gaps == []
        assert len(list(folder.glob("*.ewj"))) == 2
        assert verify(folder).ok


def test_a_disk_whose_syncs_fail_for_good_gets_no_ack_any_more_and_health_is_red(tmp_path: Path) -> None:
    can_trace()
    options = ("--ack-every", 4, "--frame-ms", 10, "--close-s", 1)
    told = inject(tmp_path, "fdatasync:error=EIO:when=5+", 1.5, *options).wait(60)
    assert injected(tmp_path) >= 2
    assert any(line.startswith("red") for line in told.others)
    assert "green" not in told.others
    descriptors = [line.split("fdatasync(")[1].split(")")[0] for line in failed_syncs(tmp_path)]
    assert lost_acks(told) == []
    for name, folder in told.folders.items():
        assert told.acked.get(name, -1) < told.seen[name][-1][0]
        # The kernel had it all, so all of it can be read; but nobody was told it was safe.
        assert kept(folder).frames == [frame for frame, _ in told.seen[name]]
        assert len(list(folder.glob("*.ewj"))) <= 8  # it backs off
    assert descriptors


def failed_syncs(tmp_path: Path) -> list[str]:
    return [line for line in (tmp_path / "trace").read_text().splitlines() if "(INJECTED)" in line]


def test_a_descriptor_whose_sync_failed_is_never_written_or_synced_again(tmp_path: Path) -> None:
    can_trace()
    trace = [
        "strace",
        "-f",
        "-qq",
        "-y",
        "-o",
        str(tmp_path / "trace"),
        "-e",
        "trace=fdatasync,writev,ftruncate",
    ]
    trace += ["-e", "inject=fdatasync:error=EIO:when=3"]
    load = Load(tmp_path / "log", tmp_path / "journal", 1, 0.4, "--ack-every", 3, prefix=trace)
    told = load.wait(30)
    lines = (tmp_path / "trace").read_text().splitlines()
    failed = next(index for index, line in enumerate(lines) if "(INJECTED)" in line)
    name = lines[failed].split("<")[1].split(">")[0]
    assert name.endswith(".ewj")
    # One write may have been under way while the sync failed; it is written again with the rest.
    later = [line for line in lines[failed + 1 :] if f"<{name}>" in line and "resumed" not in line]
    assert len(later) <= 1
    assert not any("fdatasync" in line for line in later)
    assert lost_acks(told) == []


@pytest.mark.parametrize(("call", "seconds"), [("fdatasync", 4.5), ("writev", 1.5)])
def test_a_disk_that_hangs_blocks_no_append_and_turns_health_red_in_time(
    tmp_path: Path, call: str, seconds: float
) -> None:
    can_trace()
    delay = f"{call}:delay_enter={int(seconds * 1e6)}:when=4"
    told = inject(tmp_path, delay, seconds + 1, "--ack-every", 0, "--frame-ms", 5).wait(60)
    for name, seen in told.seen.items():
        moments = [at_ns for _, at_ns in seen]
        widest_ms = max(b - a for a, b in pairwise(moments)) / 1e6
        assert widest_ms < 500  # the call took three times as long or more
        assert kept(told.folders[name]).frames == [frame for frame, _ in seen]
    said = [line.partition(" ")[0] for line in told.others]
    assert said == (["red", "green", "closed"] if seconds > 4 else ["closed"])
