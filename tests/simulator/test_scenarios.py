"""The scripts hold together."""

import pytest

from earwitness.errors import NotFound
from earwitness.simulator.lines import line
from earwitness.simulator.scenarios import SCENARIOS, scenario, scenarios_of


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_line_exists_and_is_said_by_its_own_voice(name):
    script = scenario(name)
    assert script.summary
    assert {line(reply.says).party for reply in script.replies if reply.says} <= {"agent"}
    assert {line(turn.says).party for turn in script.turns if turn.says} <= {"caller"}


@pytest.mark.parametrize("name", [name for name, script in SCENARIOS.items() if script.ends != "refused"])
def test_nobody_waits_for_an_answer_that_never_comes(name):
    script = scenario(name)
    cues = [turn.cue for turn in script.turns] + [script.end]
    spoken = [reply for reply in script.replies if reply.says]
    assert [cue.items for cue in cues] == sorted(cue.items for cue in cues)
    assert cues[-1].items == len(spoken)
    for cue in cues:
        answer = line(spoken[cue.items - 1].says)
        assert cue.how == "quiet" or cue.after_ms < answer.duration_ms - 500


def test_a_provider_plays_what_its_protocol_has():
    assert {"order", "barge_in", "dies", "refused"} <= set(scenarios_of("openai"))
    assert "emotion" in scenarios_of("hume")
    assert not {"emotion", "dtmf", "transfer", "resume"} & set(scenarios_of("openai"))


def test_an_unknown_scenario_names_the_known_ones():
    with pytest.raises(NotFound) as unknown:
        scenario("wedding")
    assert "barge_in" in unknown.value.hint
