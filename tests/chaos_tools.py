"""Running the journal's load under faults and comparing what it told with what is on the disk."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest

import journal_load
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Gap, Kind

IS_FULL = os.environ.get("EARWITNESS_CHAOS") == "full"
LOAD = [sys.executable, journal_load.__file__]


def needs_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root: mounts filesystems")


def needs_tool(*names: str) -> None:
    for name in names:
        if shutil.which(name) is None:
            pytest.skip(f"needs the program {name}")


@dataclass
class Told:
    """What the load process said before it ended."""

    folders: dict[str, Path] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)  # leg -> last frame that a true sync vouched for
    seen: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # leg -> (number, monotonic_ns)
    others: list[str] = field(default_factory=list)


def parse(output: str) -> Told:
    told = Told()
    for line in output.splitlines(keepends=True):
        if not line.endswith("\n"):
            break  # killed in the middle of a line
        word, _, rest = line.strip().partition(" ")
        if word == "leg":
            name, _, folder = rest.partition(" ")
            told.folders[name] = Path(folder)
        elif word == "acked":
            name, number = rest.split()
            told.acked[name] = int(number)
        elif word == "seen":
            name, number, monotonic_ns = rest.split()
            told.seen.setdefault(name, []).append((int(number), int(monotonic_ns)))
        else:
            told.others.append(line.strip())
    return told


@dataclass
class Kept:
    """What is on the disk of one leg."""

    frames: list[int]  # in order
    gaps: list[Gap]


def kept(folder: Path) -> Kept:
    frames, gaps = [], []
    for record in read_leg(folder):
        if record.kind is Kind.GAP:
            gaps.append(msgspec.json.decode(record.payload, type=Gap))
            continue
        number = int(re.match(rb"\d+ ", record.payload)[0])  # type: ignore[index]
        assert record.payload == journal_load.frame(number)
        assert record.number == number
        frames.append(number)
    return Kept(frames, gaps)


def lost_acks(told: Told, folders: dict[str, Path] | None = None) -> list[str]:
    """Every leg of which a vouched frame is not on the disk; the frames before it count too."""
    lost = []
    for name, last in told.acked.items():
        folder = (folders or told.folders)[name]
        frames = set(kept(folder).frames) if folder.exists() else set()
        missing = [number for number in range(last + 1) if number not in frames]
        if missing:
            lost.append(f"{name}: acked up to {last}, missing {len(missing)} from {missing[0]}")
    return lost


class Mount:
    """A filesystem of its own, unmounted at the end whatever happened."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        done = subprocess.run(["mount", *arguments, str(folder)], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"needs a kernel that mounts this: {done.stderr.strip()}")

    def __enter__(self) -> Path:
        return self.folder

    def __exit__(self, *_: object) -> None:
        if subprocess.run(["umount", str(self.folder)], check=False).returncode:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)


class Load:
    """The load process; what it says goes to a file that lies outside every fault."""

    def __init__(self, log: Path, *arguments: object, prefix: Sequence[str] = ()) -> None:
        self._log = log
        with log.open("wb") as file:
            command = [*prefix, *LOAD, *map(str, arguments)]
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.PIPE, text=True)

    def kill(self) -> Told:
        """Kill -9, wait until it is gone, return what it had said."""
        self.process.kill()
        return self.wait(0)

    def wait(self, timeout_s: float) -> Told:
        try:
            _, errors = self.process.communicate(timeout=timeout_s or None)
        finally:
            self.process.kill()
        assert "Traceback" not in errors, errors
        return self.told()

    def told(self) -> Told:
        return parse(self._log.read_text())
