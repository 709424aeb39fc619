"""The demo, as a newcomer runs it, on ports of its own."""

import re
from pathlib import Path

from earwitness.cli import demo
from earwitness.settings import DEFAULT_ROUTES
from served import free_port, run
from typed import Typist


def ports(folder: Path) -> dict[str, str]:
    """Simulated providers where nobody else's are; settings as flags cannot say them."""
    simulated = {name: route for name, route in DEFAULT_ROUTES.items() if name.startswith("sim-")}
    lines = [
        f'{name} = {{ provider = "{route.provider}", upstream = "ws://127.0.0.1:{free_port()}" }}'
        for name, route in simulated.items()
    ]
    (folder / "own.toml").write_text("[routes]\n" + "\n".join(lines) + "\n")
    return {"EARWITNESS_API__PORT": "0", "EARWITNESS_TAP__PORT": "0"}


def test_once_plays_every_provider_and_ends_well_only_when_all_is_kept(tmp_path: Path) -> None:
    done = run("--config", "own.toml", "demo", "--once", folder=tmp_path, env=ports(tmp_path), timeout_s=180)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every call was recorded, complete and readable" in done.stdout
    pages = re.findall(r"http://127\.0\.0\.1:(\d+)/conversations/\S+", done.stdout)
    assert len(pages) >= 2 * len(demo.SCENARIOS)  # of two providers at least
    assert "0" not in pages
    rows = Typist(tmp_path / "demo-data").json("list")
    assert {row["status"] for row in rows} == {"complete"}
    assert len(rows) == len(pages)
