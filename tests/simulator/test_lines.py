"""The recorded lines."""

import hashlib
import json
from importlib import resources

import numpy as np
import pytest

from earwitness.audio.codecs import decode, encode
from earwitness.errors import NotFound
from earwitness.simulator.lines import line, lines, recognise, spoken

FOLDER = resources.files("earwitness.simulator").joinpath("speech")
EDGE_S = 0.1


def test_every_file_is_the_one_that_is_listed():
    listed = json.loads(FOLDER.joinpath("lines.json").read_text())
    for name, told in listed.items():
        assert hashlib.sha256(FOLDER.joinpath(f"{name}.flac").read_bytes()).hexdigest() == told["sha256"], (
            name
        )
    flacs = {path.name.removesuffix(".flac") for path in FOLDER.iterdir() if path.name.endswith(".flac")}
    assert flacs == set(listed)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000])
def test_a_line_lasts_as_long_and_is_as_loud_at_any_rate(rate_hz):
    for name, told in lines().items():
        samples = spoken(name, rate_hz).astype(float)
        assert len(samples) * 1000 / rate_hz == pytest.approx(told.duration_ms, abs=0.2)
        # 8 kHz carries less of the voice; the rest must not change
        assert np.std(samples) == pytest.approx(np.std(spoken(name, 16_000)), rel=0.15)


def test_speech_begins_and_ends_at_the_files_edges():
    for name in lines():
        samples = np.abs(spoken(name, 16_000).astype(float))
        edge = int(16_000 * EDGE_S)
        assert samples[:edge].max() > 500, name
        assert samples[-edge:].max() > 300, name


@pytest.mark.parametrize(("encoding", "rate_hz"), [("mulaw", 8_000), ("alaw", 8_000), ("pcm_s16le", 24_000)])
def test_each_agent_line_is_known_by_its_beginning(encoding, rate_hz):
    for name, told in lines().items():
        if told.party == "agent":
            heard = decode(encoding, encode(encoding, spoken(name, rate_hz)[: rate_hz // 2]))
            assert recognise(heard, encoding, rate_hz) == told


def test_strange_sound_is_no_line():
    assert recognise(np.full(8_000, 99, np.int16), "pcm_s16le", 24_000) is None
    assert recognise(np.zeros(0, np.int16), "mulaw", 8_000) is None


def test_an_unknown_line_names_the_known_ones():
    with pytest.raises(NotFound) as unknown:
        line("sonnet")
    assert "greeting" in unknown.value.hint
