"""`earwitness serve --role api` over a folder, for benchmarks that ask as users do."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self


class Server:
    """Runs as long as the block does. `base` is its address, `key` opens everything."""

    def __init__(self, folder: Path, key: str) -> None:
        self.key = key
        ports = {"EARWITNESS_API__PORT": "0", "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "earwitness", "--data-dir", str(folder), "serve", "--role", "api"]
        self._process = subprocess.Popen(
            command, env={**os.environ, **ports}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        said = iter(self._process.stdout or ())
        self.base = next(found[1] for line in said if (found := re.search(r"(http://\S+)/docs", line)))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()
