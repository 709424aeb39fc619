"""Where callers connect, and a simulated call on request."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from asked import Asker
from earwitness.library import Library
from earwitness.server import rehearsal
from earwitness.settings import DEFAULT_ROUTES, Settings
from served import Served, free_port, serving, until


def test_who_may_read_is_told_where_callers_connect(asker: Asker) -> None:
    told = asker.ask("/api/v1/setup").json()
    assert told["tap"] == "ws://127.0.0.1:5002"
    assert told["needs_key"] is False
    assert all(not route["name"].startswith("sim-") for route in told["routes"])


def test_a_reader_starts_no_call_and_an_unknown_provider_is_told(asker: Asker) -> None:
    assert asker.ask("/api/v1/simulated-calls", "read", "POST").status_code == 403
    answer = asker.ask("/api/v1/simulated-calls", "write", "POST", json={"provider": "nobody"})
    assert answer.status_code == 422


def routes_to_simulators(folder: Path) -> None:
    routes = {name: route for name, route in DEFAULT_ROUTES.items() if name.startswith("sim-")}
    lines = [
        f'{name} = {{ provider = "{route.provider}", upstream = "ws://127.0.0.1:{free_port()}" }}'
        for name, route in routes.items()
    ]
    (folder / "earwitness.toml").write_text("[routes]\n" + "\n".join(lines) + "\n")


def players(served: Served) -> list[psutil.Process]:
    family = psutil.Process(served.process.pid).children(recursive=True)
    return [each for each in family if "earwitness.server.rehearsal" in each.cmdline()]


def test_a_server_that_stops_leaves_no_simulated_call_behind(tmp_path: Path) -> None:
    routes_to_simulators(tmp_path)
    with serving(tmp_path) as served:
        assert served.post("/api/v1/simulated-calls", b"{}")[0] == 202
        playing = until(lambda: players(served), told=served.said())
        served.stop()
        assert [each for each in playing if each.is_running()] == []


@pytest.mark.parametrize("steps", range(12))
def test_a_server_that_stops_while_a_call_begins_does_stop(
    asker: Asker, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    async def at_once(do: Callable[..., object], *args: object) -> object:
        return do(*args)

    async def begin_and_stop() -> None:
        task = asyncio.create_task(rehearsal._played(asker.library, "default", "openai"))
        for _ in range(steps):  # each is a moment at which the loop may end
            await asyncio.sleep(0)
        assert task is not None

    monkeypatch.setattr(rehearsal, "run_in_threadpool", at_once)
    server = threading.Thread(target=lambda: asyncio.run(begin_and_stop()), daemon=True)
    server.start()
    server.join(60)
    assert not server.is_alive()
    assert all(key.revoked_at for key in asker.library.keys.list("default") if key.name == "simulated call")


def test_a_simulated_call_goes_through_the_tap_and_its_key_opens_nothing_afterwards(tmp_path: Path) -> None:
    routes_to_simulators(tmp_path)
    with serving(tmp_path, env={"EARWITNESS_TAP__REQUIRE_KEY": "true"}) as served:
        assert served.post("/api/v1/simulated-calls", b'{"provider": "openai"}')[0] == 202
        status, body = served.post("/api/v1/simulated-calls", b"{}")
        assert status == 409, "one at a time"
        assert b"Live" in body
        rows = "/api/v1/conversations?label=simulated"
        until(lambda: b'"complete"' in served.get(rows)[1], 60, served.said())
        assert b'"providers":["openai"]' in served.get(rows)[1]
        keys = Library(Settings(data_dir=str(served.data))).keys
        until(lambda: all(key.revoked_at for key in keys.list("default") if key.name == "simulated call"), 20)


@pytest.mark.parametrize("provider", ["openai", "twilio", "elevenlabs", "hume", "audiocodes"])
def test_every_provider_that_can_be_asked_for_plays_the_scenario(provider: str) -> None:
    from earwitness.simulator.scenarios import scenarios_of

    assert rehearsal.SCENARIO in scenarios_of(provider)
