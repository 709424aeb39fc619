"""Does the truth hold? What is told of a call is compared with the sound itself."""

import asyncio
import json

import numpy as np
import pytest
import soundfile

from earwitness.simulator.lines import spoken
from earwitness.simulator.run import Simulator, simulate

RATES = {"openai": 24_000, "twilio": 8_000}


async def play(provider, folder):
    async with Simulator() as simulator:
        upstream = simulator.openai_url if provider == "openai" else simulator.bot_url
        return await simulate(provider, "barge_in", upstream=upstream, speed=6, truth_dir=folder)


@pytest.fixture(scope="module", params=["openai", "twilio"])
def barge_in(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth")
    [result] = asyncio.run(play(request.param, folder))
    assert result.ok, result.reason
    folder = folder / result.conversation
    facts = json.loads((folder / "truth.json").read_text())
    ear, ear_hz = soundfile.read(folder / "ear.wav", dtype="int16")
    mouth, mouth_hz = soundfile.read(folder / "mouth.wav", dtype="int16")
    assert ear_hz == mouth_hz == RATES[request.param]
    return facts, ear, mouth, ear_hz


def loud_ms(samples, rate_hz):
    """When anything at all is heard: first and last millisecond."""
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 200)
    return loud[0] * 1000 / rate_hz, loud[-1] * 1000 / rate_hz


def test_an_interrupted_answer_is_heard_in_part_and_the_ear_holds_just_that(barge_in):
    facts, ear, _, rate_hz = barge_in
    cut = [each for each in facts["heard"] if each["line"] in ("hours", "today")]
    assert len(cut) == 2
    for each in cut:
        assert 500 < each["heard_ms"] < each["sent_ms"]
        start_ms, end_ms = each["stretches"][0][0], each["stretches"][-1][1]
        around = ear[int((start_ms - 150) * rate_hz / 1000) : int((end_ms + 150) * rate_hz / 1000)]
        first_ms, last_ms = loud_ms(around, rate_hz)
        assert first_ms == pytest.approx(150, abs=90)  # a line begins with up to 80 ms of breath
        assert last_ms == pytest.approx(150 + end_ms - start_ms, abs=250)  # the cut may fall into a pause
        assert not ear[int((end_ms + 1) * rate_hz / 1000) :][: rate_hz // 10].any()
    assert cut[0]["sent_ms"] == pytest.approx(6904, abs=2)


def test_what_was_heard_adds_up_to_the_sound_at_the_ear(barge_in):
    facts, ear, _, rate_hz = barge_in
    inside = np.zeros(len(ear), bool)
    for each in facts["heard"]:
        for start_ms, end_ms in each["stretches"]:
            inside[int(start_ms * rate_hz / 1000) : int(end_ms * rate_hz / 1000) + 2] = True
        assert each["heard_ms"] == pytest.approx(sum(b - a for a, b in each["stretches"]), abs=1)
    assert not ear[~inside].any()
    assert np.abs(ear[inside].astype(int)).max() > 10_000


def test_the_mouth_holds_each_line_where_it_was_said(barge_in):
    facts, _, mouth, rate_hz = barge_in
    assert [each["line"] for each in facts["said"]] == ["ask_hours", "only_today", "that_is_all"]
    for each in facts["said"]:
        line = spoken(each["line"], rate_hz)
        start = round(each["start_ms"] * rate_hz / 1000)
        assert np.array_equal(mouth[start : start + len(line)], line)


def test_the_caller_barges_in_while_the_answer_is_heard(barge_in):
    facts, *_ = barge_in
    said = {each["line"]: each["start_ms"] for each in facts["said"]}
    heard = {each["line"]: each["stretches"] for each in facts["heard"]}
    for line, answer in (("only_today", "hours"), ("that_is_all", "today")):
        assert heard[answer][0][0] < said[line] < heard[answer][-1][1]
