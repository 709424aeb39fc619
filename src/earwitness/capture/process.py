"""What all recorders of one program share for a data folder: a journal, and an ear for commands."""

import atexit
import logging
import os
import threading
import weakref
from pathlib import Path
from typing import Any, Protocol

from earwitness.capture.control import Control
from earwitness.capture.edge import guarded
from earwitness.capture.handover import Handover, Server
from earwitness.capture.verbs import NOTES, Command, Standing
from earwitness.clock import Clock
from earwitness.errors import EarwitnessError
from earwitness.journal.writer import Journal

EXIT_S = 2.0  # a program that ends is held up no longer by what is still to be handed over

_log = logging.getLogger("earwitness")
_lock = threading.Lock()
_processes: dict[tuple[int, Path], "Process"] = {}  # by process too: threads do not survive a fork


class Recording(Protocol):
    """One leg that this program records."""

    leg: str

    def is_for(self, command: Command) -> bool: ...

    def obey(self, verb: str, data: dict[str, Any]) -> dict[str, Any]: ...

    def close(self, detail: str = "") -> None: ...

    def abandon(self) -> None:
        """It is another process's now."""


class Process:
    """For one data folder."""

    def __init__(self, data_dir: Path, clock: Clock) -> None:
        self._data_dir = data_dir
        self._beginning = threading.Lock()
        self.live: weakref.WeakSet[Recording] = weakref.WeakSet()
        self.journal = Journal(data_dir / "journal", clock=clock)
        self.control = Control(data_dir, self._obey)
        self.standing = Standing()
        self._handover: Handover | None = None
        guarded(self.control.start, lambda fault: _log.warning("nobody can speak to this process: %s", fault))

    def hand_over_to(self, server: Server) -> None:
        """Legs that are over go there. The first server that is named holds."""
        with self._beginning:
            if self._handover is None and server.url:
                self._handover = Handover(self._data_dir, server)
                self._handover.start()

    def close(self) -> None:
        """Every leg ends in order."""
        for recording in tuple(self.live):
            recording.close("the program ended")
        try:
            self.control.stop()
            self.journal.close()
        except (EarwitnessError, OSError):
            _log.warning("the journal was not closed in order")
        if self._handover is not None:
            self._handover.finish(EXIT_S)

    def _obey(self, command: Command) -> dict[str, dict[str, object]]:
        meant = [recording for recording in tuple(self.live) if recording.is_for(command)]
        if command.verb in NOTES:
            meant = meant[:1]
        return {recording.leg: recording.obey(command.verb, command.data) for recording in meant}


def of_folder(data_dir: Path, clock: Clock) -> Process:
    """The one of this process; begun with the first leg."""
    key = (os.getpid(), data_dir.resolve())
    with _lock:
        if key not in _processes:
            _processes[key] = Process(key[1], clock)
        return _processes[key]


def _begin_anew() -> None:
    """In the child of a fork: its parent's legs go on there alone, and what the parent held is nobody's here.

    The threads that write did not come along, so a leg taken along would wait for them for ever.
    """
    global _lock  # noqa: PLW0603  another thread of the parent may hold it
    _lock = threading.Lock()
    for process in _processes.values():
        process.control.forget()
        process.journal.forget()
        for recording in tuple(process.live):
            recording.abandon()
    _processes.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


@atexit.register
def _close_all() -> None:
    """A program that ends without closing its recorders still ends them in order."""
    for (number, _), process in tuple(_processes.items()):
        if number == os.getpid():
            process.close()
