"""Printed examples, typed as printed: `console serve` blocks stay up, `console run` blocks must exit 0."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```console (serve|run)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = [page for page in sorted(ROOT.glob("docs/*/*.md")) if BLOCK.search(page.read_text("utf-8"))]
START_S, RUN_S, STOP_S = 30, 120, 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    give_up_at = time.monotonic() + START_S
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, "the server ended by itself"
            assert time.monotonic() < give_up_at, "the server does not get ready"
            time.sleep(0.05)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_tells_to_type_works(page: Path, tmp_path: Path) -> None:
    api_port = free_port()
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "EARWITNESS_API__PORT": str(api_port),
        "EARWITNESS_TAP__PORT": str(free_port()),
    }
    server = None
    try:
        for kind, text in BLOCK.findall(page.read_text("utf-8")):
            for command in (line[2:] for line in text.splitlines() if line.startswith("$ ")):
                if kind == "serve":
                    server = subprocess.Popen(
                        ["bash", "-c", f"exec {command}"], cwd=tmp_path, env=environment
                    )
                    wait_until_ready(server, api_port)
                    continue
                run = subprocess.run(
                    ["bash", "-c", command],
                    check=False,
                    cwd=tmp_path,
                    env=environment,
                    capture_output=True,
                    text=True,
                    timeout=RUN_S,
                )
                assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
                assert "Traceback" not in run.stderr, command
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            assert server.wait(STOP_S) == 0
