"""The recorded calls, and beside them one of another workspace: for the tests of the faces."""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from earwitness.capture.tap import Tap
from earwitness.journal.writer import Journal
from earwitness.library import Library
from earwitness.server.recorder import Admission
from earwitness.settings import Route, Settings
from earwitness.settings import Tap as Listen
from earwitness.simulator.run import Simulator, simulate
from recorded import copy_of, recording

OTHER_WORKSPACE = "acme"


@dataclass(frozen=True, slots=True)
class Played:
    """A data folder, and what each call in it is called by its caller, by provider and scenario."""

    folder: Path
    calls: dict[tuple[str, str], str]

    def library(self, workspace: str = "default") -> Library:
        return Library(Settings(data_dir=str(self.folder)), workspace=workspace)

    def id_of(self, provider: str, scenario: str) -> str:
        """The conversation that this call became."""
        found = self.library().finished(f"conversation:{self.calls[provider, scenario]}", give_up_at=1e12)
        assert found is not None
        return found.id


async def _play_for_another(folder: Path) -> None:
    async with Simulator() as simulator:
        routes = {"r": Route(provider="openai", upstream=simulator.openai_url)}
        settings = Settings(data_dir=str(folder), tap=Listen(port=0, require_key=True), routes=routes)
        key = Library(settings).keys.create("tap", ("capture",), OTHER_WORKSPACE).text
        journal = Journal(folder / "journal")
        tap = Tap(settings, journal, admit=Admission(settings))
        await tap.start()
        url = f"ws://127.0.0.1:{tap.port}/r"
        [result] = await simulate("openai", "dies", tap_url=url, speed=8, tap_key=key)
        await tap.stop()
        await asyncio.to_thread(journal.close)
    assert result.ok, result.reason


@functools.cache
def _played_once(parent: Path) -> Played:
    made = recording()
    parent.mkdir()
    folder = copy_of(made, parent)
    with ThreadPoolExecutor(1) as pool:  # a test's own loop may be running here
        pool.submit(asyncio.run, _play_for_another(folder)).result()
    played = Played(folder, {play: result.conversation for play, result in made.results.items()})
    assert played.library(OTHER_WORKSPACE).catch_up() == 1
    return played


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """For tests that only read; it is made once."""
    return _played_once(tmp_path_factory.getbasetemp() / "played")
