"""Whole calls, without a tap between."""

import asyncio
import json

import pytest
import soundfile

from earwitness.errors import InvalidInput, NotFound
from earwitness.simulator.run import PROVIDERS, Simulator, simulate
from earwitness.simulator.scenarios import scenarios_of

HASTE = 12.0  # where timing is not the point


@pytest.fixture
async def simulator():
    async with Simulator() as running:
        yield running


@pytest.mark.parametrize("providers", [PROVIDERS[:2], PROVIDERS[2:4], PROVIDERS[4:]])
async def test_every_scenario_goes_as_it_is_written(simulator, providers):
    plays = [(provider, name) for provider in providers for name in scenarios_of(provider)]
    results = await asyncio.gather(
        *(simulate(provider, name, upstream=simulator.url(provider), speed=HASTE) for provider, name in plays)
    )
    reasons = {play: result.reason for play, [result] in zip(plays, results, strict=True)}
    assert reasons == dict.fromkeys(plays, "")


async def test_a_script_that_a_protocol_cannot_play_is_refused(simulator):
    with pytest.raises(InvalidInput) as refused:
        await simulate("openai", "transfer", upstream=simulator.openai_url)
    assert "barge_in" in refused.value.hint


async def test_the_truth_tells_words_tools_and_keys(simulator):
    [result] = await simulate("twilio", "order", upstream=simulator.bot_url, speed=HASTE, bot=simulator.bot)
    truth = result.truth
    assert [each.line for each in truth.said] == ["order", "number", "bye"]
    assert [each.text for each in truth.heard][-1] == "Thank you for calling. Goodbye."
    assert truth.digits == "1#"
    [used] = truth.tool_calls
    assert (used.name, used.arguments["size"], used.result["order"]) == ("place_order", "large", 4711)
    assert result.conversation == truth.call


async def test_many_calls_are_written_down_one_folder_each(simulator, tmp_path):
    results = await simulate(
        "openai",
        "dies",
        upstream=simulator.openai_url,
        calls=4,
        concurrency=2,
        speed=HASTE,
        truth_dir=tmp_path,
    )
    assert {folder.name for folder in tmp_path.iterdir()} == {result.conversation for result in results}
    for result in results:
        facts = json.loads((tmp_path / result.conversation / "truth.json").read_text())
        assert facts["ended"] == "died"
        ear, rate_hz = soundfile.read(tmp_path / result.conversation / "ear.wav")
        assert len(ear) / rate_hz * 1000 == pytest.approx(facts["duration_ms"], abs=1)


async def test_nobody_at_the_address_is_a_result_with_a_reason():
    [result] = await simulate("openai", "order", upstream="ws://127.0.0.1:9")
    assert not result.ok
    assert "ConnectionRefusedError" in result.reason


async def test_unknown_names_are_refused_with_the_known_ones(simulator):
    with pytest.raises(NotFound) as unknown:
        await simulate("openai", "wedding", upstream=simulator.openai_url)
    assert "barge_in" in unknown.value.hint
    with pytest.raises(InvalidInput):
        await simulate("fax", "order", upstream=simulator.openai_url)
    with pytest.raises(InvalidInput):
        await simulate("openai", "order")
