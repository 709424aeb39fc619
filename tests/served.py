"""Real processes: `earwitness serve` on free ports and a folder of its own, and calls through its tap."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

START_S = 30.0
EARWITNESS = [sys.executable, "-m", "earwitness"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(
    what: Callable[[], Any], seconds: float = START_S, told: str | Callable[[], str] = "it does not happen"
) -> Any:
    """What `what` gives once it is true; it is asked again and again. `told`: why that matters, or what says
    what went on instead."""
    give_up_at = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < give_up_at, told if isinstance(told, str) else told()
        time.sleep(0.02)
    return found


def run(
    *arguments: object, folder: Path, timeout_s: float = 60, **options: Any
) -> subprocess.CompletedProcess[str]:
    """One command of the command line, in a process of its own, to its end."""
    command = [*EARWITNESS, *map(str, arguments)]
    environment = {**os.environ, **options.pop("env", {})}
    return subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        **options,
    )


class Served:
    """A running `earwitness serve`; what it said so far is in `said()`."""

    def __init__(
        self,
        folder: Path,
        *arguments: str,
        data: str = "data",
        env: dict[str, str] | None = None,
        key: str = "",
    ) -> None:
        self.folder, self.data = folder, folder / data
        self.known_key = key
        self._log = folder / f"serve-{time.monotonic_ns()}.log"
        ports = {"EARWITNESS_API__PORT": "0", "EARWITNESS_TAP__PORT": "0"}
        with self._log.open("wb") as file:
            self.process = subprocess.Popen(
                [*EARWITNESS, "--data-dir", str(self.data), "serve", *arguments],
                cwd=folder,
                env={**os.environ, **ports, "PYTHONUNBUFFERED": "1", **(env or {})},
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self._log.read_text("utf-8")

    def printed(self, pattern: str) -> str:
        """What the server printed of this pattern's group, once it did."""

        def look() -> re.Match[str] | None:
            found = re.search(pattern, self.said())
            assert found or self.process.poll() is None, f"ended by itself:\n{self.said()}"
            return found

        return str(until(look, told=self.said())[1])

    def api(self) -> str:
        """`http://...` of the API, as it was printed."""
        return self.printed(r"API +(http://\S+)/docs")

    def tap(self, route: str) -> str:
        return self.printed(rf"tap +(ws://\S+/{route})  ->")

    def key(self) -> str:
        """A key for everything: of whoever made the folder, or the one that was printed."""
        return self.known_key or self.printed(r"API key\D*: (ew_\S+)")

    def get(self, path: str) -> tuple[int, bytes]:
        return self._ask(path, None)

    def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        return self._ask(path, body)

    def _ask(self, path: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Authorization": f"Bearer {self.key()}"}
        request = urllib.request.Request(self.api() + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def desk(self) -> psutil.Process | None:
        """The desk's process, if it lives."""
        for child in psutil.Process(self.process.pid).children():
            if child.status() != psutil.STATUS_ZOMBIE and "earwitness.server.desk" in child.cmdline():
                return child
        return None

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = 30) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout_s)


@contextmanager
def serving(folder: Path, *arguments: str, **options: Any) -> Iterator[Served]:
    """Whatever happens, nothing of it runs afterwards."""
    served = Served(folder, *arguments, **options)
    family: list[psutil.Process] = []
    try:
        yield served
    finally:
        if served.process.poll() is None:
            family = psutil.Process(served.process.pid).children(recursive=True)
            served.process.kill()
            served.process.wait()
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()


def routes_file(folder: Path, **upstreams: str) -> Path:
    """A settings file with these routes of provider openai."""
    file = folder / "earwitness.toml"
    lines = [f'{name} = {{ provider = "openai", upstream = "{url}" }}' for name, url in upstreams.items()]
    file.write_text("[routes]\n" + "\n".join(lines) + "\n", "utf-8")
    return file


def answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def is_gone(process: psutil.Process) -> bool:
    """It does nothing any more, whether or not somebody has taken note of its end."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
