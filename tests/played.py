"""A data folder of calls that were really played: fake caller, tap, fake voice AI, journal, catalog."""

import asyncio
import functools
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

HASTE = 4.0  # times real time
OTHER_WORKSPACE = "acme"
PLAYED = (  # provider, scenario, subject
    ("openai", "order", "RID001"),
    ("twilio", "order", "RID002"),
    ("openai", "barge_in", None),
    ("openai", "dies", None),
)


@dataclass(frozen=True, kw_only=True)
class Played:
    """The folder, and what each call is called by its caller: (provider, scenario) -> link of its legs."""

    folder: Path
    calls: dict[tuple[str, str], str]
    other: str  # the call of the other workspace

    def library(self, workspace: str = "default") -> Library:
        return Library(Settings(data_dir=str(self.folder)), workspace=workspace)


def settings_for(folder: Path, simulator: Simulator) -> Settings:
    routes = {
        "sim-openai": Route(provider="openai", upstream=simulator.openai_url),
        "sim-phone": Route(provider="twilio", upstream=simulator.bot_url),
    }
    return Settings(data_dir=str(folder), tap=Listen(port=0), routes=routes)


async def _play(folder: Path) -> Played:
    async with Simulator() as simulator:
        settings = settings_for(folder, simulator)
        library, journal = Library(settings), Journal(folder / "journal")
        key = library.keys.create("tap", ("capture",), OTHER_WORKSPACE).text
        tap = Tap(settings, journal, admit=Admission(settings))
        await tap.start()
        urls = {name: f"ws://127.0.0.1:{tap.port}/sim-{name}" for name in ("openai", "phone")}
        simulator.bot.openai_url = urls["openai"]
        addresses = {"openai": urls["openai"], "twilio": urls["phone"]}
        made = await asyncio.gather(
            *(
                simulate(
                    provider,
                    scenario,
                    tap_url=addresses[provider],
                    speed=HASTE,
                    subject=subject,
                    labels=("played", scenario),
                    bot=simulator.bot,
                )
                for provider, scenario, subject in PLAYED
            ),
            simulate("openai", "dies", tap_url=urls["openai"], speed=HASTE, tap_key=key),
        )
        await tap.stop()
        await asyncio.to_thread(journal.close)
    reasons = [result.reason for (result,) in made]
    assert not any(reasons), reasons
    *ours, other = [result.conversation for (result,) in made]
    calls = {(provider, scenario): call for (provider, scenario, _), call in zip(PLAYED, ours, strict=True)}
    return Played(folder=folder, calls=calls, other=other)


@functools.cache
def _played_once(folder: Path) -> Played:
    made = asyncio.run(_play(folder))
    made.library().catch_up()
    return made


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """For tests that only read; it is made once."""
    return _played_once(tmp_path_factory.getbasetemp() / "played")
