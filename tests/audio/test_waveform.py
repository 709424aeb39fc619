"""Peaks against the samples themselves, at every zoom."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.audio.waveform import OVERVIEW_POINTS, PeakMeter, view, waveform
from earwitness.simulator.lines import spoken

RATE_HZ = 16_000


def blocks(samples: np.ndarray, size: int):
    return (samples[i : i + size] for i in range(0, len(samples), size))


@settings(max_examples=60)
@given(frames=st.integers(0, 3_000), channels=st.sampled_from([1, 2]), size=st.integers(1, 1_000))
def test_every_point_holds_the_lowest_and_highest_of_its_stretch(frames, channels, size):
    rng = np.random.default_rng(frames)
    samples = rng.integers(-32768, 32768, (frames, channels)).astype(np.int16)
    drawn = waveform(
        blocks(samples if channels == 2 else samples[:, 0], size), rate_hz=8_000, channels=channels
    )
    zoom = drawn.zooms[0]
    stretches = [samples[i : i + 80] for i in range(0, frames, 80)]
    assert (drawn.frames, zoom.frames_per_point, len(zoom.low)) == (frames, 80, len(stretches))
    for i, stretch in enumerate(stretches):
        assert zoom.low[i].tolist() == [int(value / 256) for value in stretch.min(axis=0)]
        assert zoom.high[i].tolist() == [int(value / 256) for value in stretch.max(axis=0)]


def test_a_click_is_seen_at_its_place_and_its_side_at_every_zoom():
    samples = np.zeros((RATE_HZ * 600, 2), np.int16)
    samples[RATE_HZ * 333 + 5, 1] = 32767
    samples[RATE_HZ * 444 + 7, 0] = -32768
    drawn = waveform(blocks(samples, 160_000), rate_hz=RATE_HZ, channels=2)
    assert [zoom.frames_per_point for zoom in drawn.zooms] == [160, 640, 2_560, 10_240]
    for zoom in drawn.zooms:
        assert np.argwhere(zoom.high).tolist() == [[(RATE_HZ * 333 + 5) // zoom.frames_per_point, 1]]
        assert np.argwhere(zoom.low).tolist() == [[(RATE_HZ * 444 + 7) // zoom.frames_per_point, 0]]
        assert (zoom.high.max(), zoom.low.min()) == (127, -128)
    assert len(drawn.zooms[-1].low) <= OVERVIEW_POINTS < len(drawn.zooms[-2].low)


def stored(drawn):
    return b"".join(drawn.json_chunks())


def test_the_zoom_that_fits_is_the_finest_that_does_and_the_coarsest_where_none_does():
    drawn = waveform([np.zeros(RATE_HZ * 100, np.int16)], rate_hz=RATE_HZ, channels=1)
    assert [len(zoom.low) for zoom in drawn.zooms] == [10_000, 2_500, 625]
    for most, points in ((10_000, 10_000), (9_999, 2_500), (10, 625)):
        [zoom] = view(stored(drawn), most)["zooms"]
        assert (len(zoom["low"][0]), zoom["first_point"]) == (points, 0)


@pytest.mark.parametrize(
    ("from_s", "to_s", "most", "frames_per_point", "first", "count"),
    [
        (300, 310, 1_000, 160, 30_000, 1_000),
        (300, 310, 999, 640, 7_500, 250),
        (299.995, 300.005, 1_000, 160, 29_999, 2),
        (590, None, 1_000, 160, 59_000, 1_000),
        (590, 9_999, 1_000, 160, 59_000, 1_000),
        (600, None, 1_000, 160, 60_000, 0),
        (10, 5, 1_000, 160, 1_000, 0),
    ],
)
def test_a_stretch_is_drawn_as_finely_as_fits(from_s, to_s, most, frames_per_point, first, count):
    samples = np.random.default_rng(3).integers(-32768, 32768, (RATE_HZ * 600, 2)).astype(np.int16)
    drawn = waveform(blocks(samples, 160_000), rate_hz=RATE_HZ, channels=2)
    told = view(stored(drawn), most, from_s, to_s)
    [zoom] = told["zooms"]
    assert told["frames"] == RATE_HZ * 600
    assert (zoom["frames_per_point"], zoom["first_point"], len(zoom["low"][0])) == (
        frames_per_point,
        first,
        count,
    )
    [whole] = [each for each in drawn.as_dict()["zooms"] if each["frames_per_point"] == frames_per_point]
    for side in ("low", "high"):
        assert zoom[side] == [values[first : first + count] for values in whole[side]]


def test_it_becomes_json_of_one_list_per_channel():
    samples = np.array([[256, -512]] * 160 + [[-1_024, 2_048]] * 10, np.int16)
    drawn = waveform([samples], rate_hz=RATE_HZ, channels=2)
    assert json.loads(json.dumps(drawn.as_dict())) == {
        "rate_hz": RATE_HZ,
        "channels": 2,
        "frames": 170,
        "bits": 8,
        "zooms": [{"frames_per_point": 160, "low": [[1, -4], [-2, 8]], "high": [[1, -4], [-2, 8]]}],
    }


@pytest.mark.parametrize("frames", [0, 1, 170, RATE_HZ * 250])
@pytest.mark.parametrize("channels", [1, 2])
def test_json_by_the_piece_is_the_same_json(frames, channels):
    samples = np.random.default_rng(2).integers(-32768, 32768, (frames, channels)).astype(np.int16)
    drawn = waveform(blocks(samples, 160_000), rate_hz=RATE_HZ, channels=channels)
    chunks = list(drawn.json_chunks())
    assert json.loads(b"".join(chunks)) == drawn.as_dict()
    assert max(map(len, chunks)) < 70_000


def test_a_meter_can_be_read_while_the_call_goes_on():
    meter = PeakMeter(rate_hz=RATE_HZ, channels=1)
    block = np.full(200, 25_600, np.int16)
    meter.add(block)
    assert meter.waveform().zooms[0].high.tolist() == [[100], [100]]
    block[:] = 0  # the block was the caller's all the time
    meter.add(np.full(200, -25_600, np.int16))
    assert meter.waveform().zooms[0].high.tolist() == [[100], [100], [-100]]


def test_what_is_held_of_speech_is_a_quarter_of_its_points():
    meter, block = PeakMeter(rate_hz=RATE_HZ, channels=1), np.zeros(RATE_HZ * 10, np.int16)
    line = spoken("hours", RATE_HZ)
    block[: len(line)] = line
    meter.add(block)
    tracemalloc.start()
    for _ in range(60):
        meter.add(block)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 60 * 1_000 * 2 / 4


@pytest.mark.parametrize("channels", [1, 2])
def test_a_track_of_nothing_has_one_empty_zoom(channels):
    told = waveform([], rate_hz=RATE_HZ, channels=channels).as_dict()
    assert told["zooms"] == [{"frames_per_point": 160, "low": [[]] * channels, "high": [[]] * channels}]
