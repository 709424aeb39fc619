"""Which calls `earwitness simulate` would play; that they are played, the demo shows."""

from pathlib import Path

from earwitness.cli.simulate import PROVIDERS
from earwitness.settings import DEFAULT_ROUTES
from earwitness.simulator import run
from earwitness.simulator.scenarios import SCENARIOS
from earwitness.simulator.through import ROUTES
from typed import Typist


def test_every_simulated_provider_has_a_route_from_the_start() -> None:
    assert set(ROUTES.values()) == {name for name in DEFAULT_ROUTES if name.startswith("sim-")}
    assert PROVIDERS == run.PROVIDERS == tuple(ROUTES)


def test_the_help_lists_every_scenario_and_who_can_play_it(tmp_path: Path) -> None:
    told = " ".join(Typist(tmp_path).type("simulate", "--help").stdout.split())
    for name, script in SCENARIOS.items():
        assert f"{name} {script.summary}" in told
    assert "(hume only)" in told


def test_an_unknown_scenario_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    result = Typist(tmp_path).type("simulate", "--scenario", "wedding", exits=2)
    assert "barge_in" in result.stderr


def test_a_scenario_that_no_chosen_provider_can_play_is_refused(tmp_path: Path) -> None:
    words = ("simulate", "--provider", "openai", "--scenario", "emotion", "--scenario", "order")
    result = Typist(tmp_path).type(*words, exits=2)
    assert "openai cannot play emotion" in result.stderr
