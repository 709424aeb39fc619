"""Length, place and quality of what the resampler gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.audio.resample import Resampler, aligned_count, resampled_count
from earwitness.errors import InvalidInput

RATES_HZ = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)


def resampled(samples: np.ndarray, from_hz: int, to_hz: int, cuts: list[int] | None = None) -> np.ndarray:
    resampler = Resampler(from_hz, to_hz)
    parts = [resampler.push(part) for part in np.split(samples, cuts or [])]
    return np.concatenate([*parts, resampler.finish()])


def noise(count: int, level: float = 3_000) -> np.ndarray:
    return (np.random.default_rng(7).standard_normal(count) * level).astype(np.int16)


@settings(max_examples=120)
@given(data=st.data(), from_hz=st.sampled_from(RATES_HZ), to_hz=st.sampled_from(RATES_HZ))
def test_length_and_samples_do_not_depend_on_the_blocks(data, from_hz, to_hz):
    count = data.draw(st.integers(0, 6_000))
    cuts = sorted(data.draw(st.lists(st.integers(0, count), max_size=8)))
    got = resampled(noise(count), from_hz, to_hz, cuts)
    assert got.size == int(count * to_hz / from_hz + 0.5)
    assert np.array_equal(got, resampled(noise(count), from_hz, to_hz))


@pytest.mark.parametrize("to_hz", RATES_HZ)
@pytest.mark.parametrize("from_hz", RATES_HZ)
def test_a_tone_keeps_its_pitch_its_level_and_its_phase(from_hz, to_hz):
    tone = np.round(8_000 * np.sin(2 * np.pi * 440 * np.arange(from_hz) / from_hz)).astype(np.int16)
    got = resampled(tone, from_hz, to_hz)
    expected = 8_000 * np.sin(2 * np.pi * 440 * np.arange(to_hz) / to_hz)
    middle = slice(to_hz // 10, -to_hz // 10)  # at the ends the tone is cut off, which is no tone
    error = got[middle] - expected[middle]
    assert np.abs(error).max() < 3
    assert np.sqrt(np.mean(error**2)) < 0.5  # of rounding twice: once going in, once coming out


def test_equal_rates_pass_every_sample_through():
    samples = np.arange(-32768, 32768).astype(np.int16)
    assert np.array_equal(resampled(samples, 16_000, 16_000, [1, 500]), samples)


def test_silence_stays_silence():
    assert not resampled(np.zeros(24_000, np.int16), 24_000, 16_000).any()


def test_full_scale_is_clipped_and_never_wraps_round():
    square = np.where(np.arange(8_000) // 40 % 2, 32767, -32768).astype(np.int16)
    got = resampled(square, 8_000, 16_000).astype(int)
    source = np.repeat(square, 2).astype(int)
    assert got.max() == 32767
    assert got.min() == -32768
    assert np.all(np.sign(got[10:-10:80]) == np.sign(source[10:-10:80]))


@pytest.mark.parametrize(("from_hz", "to_hz"), [(24_000, 16_000), (44_100, 16_000), (8_000, 16_000)])
def test_aligned_samples_become_whole_frames(from_hz, to_hz):
    step = aligned_count(from_hz, to_hz)
    assert resampled_count(7 * step, from_hz, to_hz) * from_hz == 7 * step * to_hz


@pytest.mark.parametrize("rate_hz", [0, -8_000, 999, 1_000_000])
def test_a_rate_no_audio_has_is_refused(rate_hz):
    with pytest.raises(InvalidInput, match=str(rate_hz)):
        Resampler(rate_hz, 16_000)
    with pytest.raises(InvalidInput, match=str(rate_hz)):
        Resampler(16_000, rate_hz)
