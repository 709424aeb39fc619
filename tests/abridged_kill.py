"""Lets an original go, again and again, and is killed on the way: `python abridged_kill.py SETTINGS WORK N`.

A step is a change of the file system or a commit of the catalog. It dies once before each of N steps that lie
evenly apart (0: before every step); WORK/killed/STEP is the data folder as `kill -9` left it.
"""

import os
import signal
import sys
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy import event

from earwitness.library import Library
from earwitness.settings import Settings
from recorded import copied

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Steps:
    """Counts them, and kills this process before one."""

    def __init__(self, fatal: int) -> None:
        self.count, self._fatal = 0, fatal
        self.is_counting = False

    def step(self) -> None:
        if self.is_counting:
            self.count += 1
            if self.count == self._fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    def audited(self, name: str, arguments: tuple[object, ...]) -> None:
        if name in CHANGES or (name == "open" and isinstance(arguments[2], int) and arguments[2] & WRITES):
            self.step()


def abridge(settings: Settings, steps: Steps) -> None:
    library = Library(settings)
    event.listen(sa.Engine, "commit", lambda _: steps.step())
    sys.addaudithook(steps.audited)
    [call] = library.conversations()
    steps.is_counting = True
    library.abridge(call.row)
    steps.is_counting = False
    library.catalog.close()


def run(settings: Settings, data: Path, fatal: int) -> int:
    """How many steps it took; killed before the `fatal`th."""
    told = data.with_suffix(".steps")
    child = os.fork()
    if not child:
        steps = Steps(fatal)
        abridge(msgspec.structs.replace(settings, data_dir=str(data)), steps)
        told.write_text(str(steps.count))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert was_killed if fatal else status == 0, (fatal, status)
    return fatal or int(told.read_text())


def main(settings: Settings, work: Path, deaths: int) -> None:
    whole = Path(settings.data_dir)
    count = run(settings, copied(whole, work / "whole"), 0)
    apart = max(count // deaths, 1) if deaths else 1
    for fatal in range(1 + apart // 2, count + 1, apart):
        run(settings, copied(whole, work / "killed" / str(fatal)), fatal)


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Settings), Path(sys.argv[2]), int(sys.argv[3]))
