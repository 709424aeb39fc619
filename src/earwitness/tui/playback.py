"""Playing a file with whatever player this machine has."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# In this order: the first that is there and can, plays. The last of each only opens the file.
PLAYERS = {
    "darwin": (("afplay",), ("open",)),
    "win32": (("cmd", "/c", "start", "/wait", ""),),
    "linux": (("aplay", "-q"), ("paplay",), ("play", "-q"), ("xdg-open",)),
}
OPENERS = ("open", "xdg-open", "cmd")
NO_PLAYER = "no player could play here (tried aplay, paplay, play ...)"
YOURS = "the file is yours, a plain copy that stays until you delete it"


def players() -> Iterator[list[str]]:
    """The words of each player that is installed and makes sense here."""
    for player in PLAYERS.get(sys.platform, ()):
        program = shutil.which(player[0])
        if player[0] == "xdg-open" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            continue  # there is no desktop to open it
        if program:
            yield [program, *player[1:]]


def temporary(track: str) -> Path:
    """Where sound is put to be played: a file's name in a new folder that nobody else may look into."""
    return Path(tempfile.mkdtemp(prefix="earwitness-")) / f"{track}.wav"


def discard(file: Path) -> None:
    """It was played: a file of `temporary` goes, with its folder."""
    shutil.rmtree(file.parent, ignore_errors=True)


def open_folder(folder: Path) -> bool:
    """Show the folder on the desktop, where there is one."""
    for words in players():
        if Path(words[0]).stem in OPENERS:
            call = [*words, str(folder)]
            return subprocess.run(call, check=False, stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603
    return False


class Playback:
    """One file being played, without waiting for it. `stop` it before it is forgotten.

    Players tell at length why they cannot play, so they are not listened to; one that ends badly hands over
    to the next.
    """

    def __init__(self, file: Path, *, from_s: float = 0.0) -> None:
        self._file = str(file)
        self._from_s = from_s
        self._left = players()
        self._is_opened = False
        self._began_s = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self.has_failed = not self._next()

    def _next(self) -> bool:
        words = next(self._left, None)
        if words is None:
            self._process = None
            return False
        self._began_s = time.monotonic()
        self._is_opened = Path(words[0]).stem in OPENERS  # such a program ends before the file is read
        self._process = subprocess.Popen(  # noqa: S603
            [*words, self._file],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return True

    def position_s(self) -> float | None:
        """Where in the call it is by now, in seconds; None once it is over, or nobody could play it."""
        while self._process is not None:
            status = self._process.poll()
            if status is None:
                return self._from_s + time.monotonic() - self._began_s
            if status == 0:
                self._process = None
            else:
                self.has_failed = not self._next()
        return None

    def wait(self) -> bool:
        """True: it was played to its end."""
        while self._process is not None:
            self._process.wait()
            self.position_s()
        return not self.has_failed

    def let_go(self) -> str:
        """Once it is over: a file that was played is gone. What is to be said of one that stays, else ""."""
        if self.has_failed:
            return f"{NO_PLAYER}; {YOURS}"
        if self._is_opened:
            return f"another program has it open; {YOURS}"
        discard(Path(self._file))
        return ""

    def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            process.wait()
