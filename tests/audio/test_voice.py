"""Where somebody speaks: on recorded lines, whose places are known."""

import tracemalloc

import numpy as np
import pytest

from earwitness.audio import voice
from earwitness.audio.codecs import decode, encode
from earwitness.audio.voice import Voice, VoiceMeter, voices
from earwitness.simulator.lines import spoken

LINES = ("order", "ask_hours", "hours", "goodbye", "only_today")


def placed(name, rate_hz, lead_ms=1000, noise=0, seed=1):
    """The line with silence around it, and where its sound begins and ends, in ms."""
    line, lead = spoken(name, rate_hz), np.zeros(rate_hz * lead_ms // 1000, np.int16)
    track = np.concatenate([lead, line, lead]).astype(float)
    track += np.random.default_rng(seed).standard_normal(len(track)) * noise
    level = np.abs(line.astype(int))
    [first, *_, last] = np.flatnonzero(level > 0.03 * np.percentile(level, 98))
    return track.astype(np.int16), lead_ms + first * 1000 / rate_hz, lead_ms + last * 1000 / rate_hz


def heard(track, rate_hz, block=10_000):
    [found] = voices((track[i : i + block] for i in range(0, len(track), block)), rate_hz=rate_hz, channels=1)
    return found


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000])
@pytest.mark.parametrize(("noise", "within_ms"), [(0, 30), (100, 100)])
@pytest.mark.parametrize("name", LINES)
def test_speech_is_found_where_it_begins_and_ends(name, noise, within_ms, rate_hz):
    track, begin, end = placed(name, rate_hz, noise=noise)
    speech = heard(track, rate_hz).speech
    assert speech[0][0] == pytest.approx(begin, abs=within_ms)
    assert speech[-1][1] == pytest.approx(end, abs=within_ms)


def test_edges_are_as_often_early_as_late():
    line = spoken("hours", 16_000)
    line = line[: np.flatnonzero(np.abs(line) > np.abs(line).max() // 2)[-1]]  # cut off while it is loud
    off = []
    for lead_ms in range(1000, 1010):
        track = np.concatenate([np.zeros(lead_ms * 16, np.int16), line, np.zeros(16_000, np.int16)])
        loud = np.flatnonzero(np.abs(track) > 300) / 16
        speech = heard(track, 16_000).speech
        off.append((speech[0][0] - loud[0], speech[-1][1] - loud[-1]))
    assert np.mean(off, axis=0) == pytest.approx([0, 0], abs=2)


@pytest.mark.parametrize("loudness", [0, 20, 300, 3000])
def test_noise_is_not_speech(loudness):
    noise = np.random.default_rng(2).standard_normal(16_000 * 8) * loudness
    assert heard(noise.astype(np.int16), 16_000).speech == ()


def test_a_tone_and_a_click_are_not_speech():
    at = np.arange(16_000 * 4) / 16_000
    tone = (np.sin(2 * np.pi * 440 * at) * 8000 * (at > 1) * (at < 3)).astype(np.int16)
    click = np.zeros(16_000 * 2, np.int16)
    click[16_000:16_200] = 20_000
    assert heard(np.concatenate([tone, click]), 16_000).speech == ()


def test_however_the_track_is_cut_into_blocks_the_speech_is_where_it_is():
    track, *_ = placed("order", 24_000)
    whole = heard(track, 24_000, len(track)).speech
    for block in (777, 24_000, 240_000):
        ends = heard(track, 24_000, block).speech
        assert ends[0][0] == pytest.approx(whole[0][0], abs=20)
        assert ends[-1][1] == pytest.approx(whole[-1][1], abs=20)


def test_what_was_said_before_a_silence_stands_and_the_levels_it_was_found_in_are_let_go_of(monkeypatch):
    pauses = [np.zeros(16 * ms, np.int16) for ms in (150, 300, 700, 990, 1010, 1300, 2000, 5000)]
    lines = [spoken(name, 16_000) for name in (*LINES, *LINES[:3])]
    track = np.concatenate([part for pair in zip(pauses, lines, strict=True) for part in pair])
    track = (track + np.random.default_rng(4).standard_normal(len(track)) * 30).astype(np.int16)
    piecemeal = heard(track, 16_000, 4_000)
    monkeypatch.setattr(voice, "SETTLED_MS", np.inf)
    assert piecemeal == heard(track, 16_000, 4_000)
    assert len(piecemeal.speech) > len(lines) / 2


def test_a_longer_call_takes_no_more_memory():
    meter, silence = VoiceMeter(16_000), np.zeros(160_000, np.int16)
    meter.add(silence)
    tracemalloc.start()
    for _ in range(60):
        meter.add(silence)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 20_000  # ten minutes of levels are 240 kB


def test_two_channels_are_heard_apart():
    caller, *_ = placed("order", 8_000)
    agent, *_ = placed("hours", 8_000, lead_ms=6000)
    both = np.zeros((max(len(caller), len(agent)), 2), np.int16)
    both[: len(caller), 0], both[: len(agent), 1] = caller, agent
    left, right = voices([both], rate_hz=8_000, channels=2)
    assert left.speech[-1][1] < 5000 < 6000 < right.speech[0][0]


def test_levels_are_those_of_the_samples():
    at = np.arange(16_000 * 2) / 16_000
    hum = heard((16_384 * np.sin(2 * np.pi * 300 * at)).astype(np.int16), 16_000)
    assert hum.noise_db == pytest.approx(-9.0, abs=0.1)  # half of full scale is -6 dB, its sine's mean -9
    assert hum.peak_db == pytest.approx(-6.0, abs=0.1)
    assert hum.speech_db is None
    track, *_ = placed("order", 16_000, noise=30)
    spoke = heard(track, 16_000)
    assert spoke.speech_db == pytest.approx(-20, abs=2)
    assert spoke.noise_db < -50


@pytest.mark.parametrize("encoding", ["pcm_s16le", "mulaw", "alaw"])
def test_samples_that_lost_their_top_are_counted_in_every_encoding(encoding):
    track, *_ = placed("order", 8_000)
    loud = np.clip(track.astype(int) * 8, -32_768, 32_767).astype(np.int16)
    clean, clipped = (heard(decode(encoding, encode(encoding, each)), 8_000) for each in (track, loud))
    assert clean.clipped_ms == 0
    assert clipped.clipped_ms > 100


def test_a_run_that_goes_on_over_the_end_of_a_block_is_one():
    meter = VoiceMeter(16_000)
    high = np.full(2, 32_767, np.int16)
    for _ in range(8):
        meter.add(high)
    assert meter.voice().clipped_ms == 1


def test_nothing_at_all_is_an_empty_voice():
    assert heard(np.empty(0, np.int16), 16_000) == Voice()
    assert heard(np.zeros(16_000, np.int16), 16_000) == Voice()
