"""Ogg/Opus and FLAC that are encoded while they are sent."""

import io
from itertools import islice

import numpy as np
import pytest
import soundfile

from earwitness.audio.streamed import flac_bytes, opus_bytes, opus_rate_hz
from earwitness.errors import InvalidInput
from earwitness.simulator.lines import spoken


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 24_000, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_sent_is_a_whole_file_of_the_same_sound(rate_hz: int, channels: int) -> None:
    line = spoken("hours", rate_hz)
    track = line if channels == 1 else np.stack([line, np.zeros_like(line)], axis=1)
    blocks = (track[at : at + 10_007] for at in range(0, len(track), 10_007))
    data = b"".join(opus_bytes(blocks, rate_hz=rate_hz, channels=channels))
    heard, found_hz = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    assert (found_hz, heard.shape) == (rate_hz, (len(line), channels))
    alike = np.corrcoef(heard[:, 0], line)[0, 1]
    assert alike > 0.9
    assert len(data) < len(line) * 2 / 2
    if channels == 2:
        assert np.abs(heard[:, 1].astype(int)).max() < 500  # sides are not mixed


def test_it_is_sent_while_the_rest_is_still_to_come() -> None:
    def endless() -> object:
        while True:
            yield spoken("hours", 16_000)

    first = b"".join(islice(opus_bytes(endless(), rate_hz=16_000, channels=1), 3))  # type: ignore[arg-type]
    assert first[:4] == b"OggS"
    assert len(first) > 10_000


def test_a_track_of_nothing_is_a_file_all_the_same() -> None:
    data = b"".join(opus_bytes([], rate_hz=8_000, channels=1))
    assert len(soundfile.read(io.BytesIO(data))[0]) == 1


@pytest.mark.parametrize("channels", [1, 2])
def test_flac_is_the_same_samples_and_says_in_its_first_bytes_how_many(channels: int) -> None:
    line = spoken("hours", 24_000)
    track = line if channels == 1 else np.stack([line, line[::-1]], axis=1)
    blocks = (track[at : at + 10_007] for at in range(0, len(track), 10_007))
    pieces = list(flac_bytes(blocks, frames=len(line), rate_hz=24_000, channels=channels))
    heard, rate_hz = soundfile.read(io.BytesIO(b"".join(pieces)), dtype="int16")
    assert rate_hz == 24_000
    assert np.array_equal(heard, track)
    assert len(pieces) > 2
    assert soundfile.info(io.BytesIO(pieces[0])).frames == len(line)


def test_an_empty_track_as_flac_is_a_file_all_the_same() -> None:
    data = b"".join(flac_bytes([], frames=0, rate_hz=8_000, channels=1))
    assert len(soundfile.read(io.BytesIO(data))[0]) == 1


def test_a_rate_that_opus_has_not_is_refused_at_once_and_the_next_higher_is_known() -> None:
    with pytest.raises(InvalidInput, match="44100"):
        opus_bytes([], rate_hz=44_100, channels=1)
    assert [opus_rate_hz(rate) for rate in (8_000, 11_025, 44_100, 96_000)] == [8_000, 12_000, 48_000, 48_000]
