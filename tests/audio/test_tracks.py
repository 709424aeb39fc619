"""All files of a call in one pass agree with each other and with what went in."""

import numpy as np
import pytest
import soundfile

from earwitness.audio.tracks import write_tracks
from earwitness.audio.waveform import waveform
from earwitness.errors import StorageUnavailable

RATE_HZ = 16_000
CALLER, AGENT = np.random.default_rng(9).integers(-20_000, 20_000, (2, 70_000)).astype(np.int16)
AGENT = AGENT[:44_444]


def blocks(samples: np.ndarray, size: int):
    return (samples[i : i + size] for i in range(0, len(samples), size))


def test_left_is_the_caller_right_the_agent_and_all_files_are_equally_long(tmp_path):
    names = ["caller.wav", "caller.flac", "agent.flac", "stereo.wav", "stereo.flac"]
    files = {name: tmp_path / name for name in names}
    drawn = write_tracks(
        blocks(CALLER, 5_000),
        blocks(AGENT, 7_000),
        rate_hz=RATE_HZ,
        caller_files=[files["caller.wav"], files["caller.flac"]],
        agent_files=[files["agent.flac"]],
        stereo_files=[files["stereo.wav"], files["stereo.flac"]],
    )
    read = {name: soundfile.read(path, dtype="int16")[0] for name, path in files.items()}
    silent_end = np.zeros(len(CALLER) - len(AGENT), np.int16)
    expected = np.stack([CALLER, np.concatenate([AGENT, silent_end])], axis=1)
    for name in ("stereo.wav", "stereo.flac"):
        assert np.array_equal(read[name], expected)
    for name in ("caller.wav", "caller.flac"):
        assert np.array_equal(read[name], CALLER)
    assert np.array_equal(read["agent.flac"], expected[:, 1])
    assert drawn.as_dict() == waveform([expected], rate_hz=RATE_HZ, channels=2).as_dict()


def test_where_one_file_cannot_be_made_none_appears(tmp_path):
    paths = [tmp_path / "stereo.wav", tmp_path / "nowhere" / "stereo.flac"]
    with pytest.raises(StorageUnavailable, match="nowhere"):
        write_tracks(blocks(CALLER, 5_000), blocks(AGENT, 5_000), rate_hz=RATE_HZ, stereo_files=paths)
    assert list(tmp_path.iterdir()) == []


def test_without_any_file_there_is_still_the_waveform():
    assert write_tracks([CALLER], [AGENT], rate_hz=RATE_HZ).frames == len(CALLER)
