"""The demo, as a newcomer runs it, on ports of its own."""

import re
from pathlib import Path

import pytest

from earwitness.cli import demo
from earwitness.library import Library
from earwitness.settings import DEFAULT_ROUTES, Settings
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


def test_each_call_has_its_time_once_the_one_before_it_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s, patience = [0.0], []

    def slowly(library: Library, link: str, *, give_up_at: float) -> None:
        patience.append(give_up_at - now_s[0])
        now_s[0] += demo.PATIENCE_S - 1

    monkeypatch.setattr(Library, "finished", slowly)
    monkeypatch.setattr(demo.time, "monotonic", lambda: now_s[0])
    calls = [{"conversation": name, "provider": "openai"} for name in "abc"]
    problems = demo._look_at(Settings(data_dir=str(tmp_path)), calls)
    assert patience == [demo.PATIENCE_S] * 3
    assert [problem.split(":")[0] for problem in problems] == ["call a", "call b", "call c"]
