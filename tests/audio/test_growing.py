"""A file that is played while it grows, and read after its writer was killed."""

import os
import random
import resource
import signal
import stat
import subprocess
import sys
import time
import wave

import numpy as np
import pytest
import soundfile

from earwitness.audio.growing import GrowingWav
from earwitness.errors import InvalidInput, StorageUnavailable

RATE_HZ = 16_000
NOISE = np.random.default_rng(5).integers(-32768, 32768, (8_000, 2)).astype(np.int16)
ROUNDS = 40 if os.environ.get("EARWITNESS_CHAOS") == "full" else 6

WRITER = """
import sys
from pathlib import Path
import numpy as np
from earwitness.audio.growing import GrowingWav
file = GrowingWav(Path(sys.argv[1]), rate_hz=16000)
print("up", flush=True)
at = 0
while True:
    block = np.arange(at, at + 2 * 320, dtype=np.int64).astype(np.int16).reshape(-1, 2)
    at += block.size
    file.append(block)
"""


def test_after_every_block_any_reader_sees_all_of_it_and_no_more(tmp_path):
    path = tmp_path / "live.wav"
    with GrowingWav(path, rate_hz=RATE_HZ) as file:
        assert soundfile.info(path).frames == 0
        for end in range(0, len(NOISE), 333):
            start = file.frames
            file.append(NOISE[start:end])
            read, rate_hz = soundfile.read(path, dtype="int16")
            assert rate_hz == RATE_HZ
            assert np.array_equal(read, NOISE[:end])
            with wave.open(str(path)) as reader:
                assert reader.readframes(end + 1) == NOISE[:end].astype("<i2").tobytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_writer_killed_at_any_moment_leaves_a_file_that_reads_to_its_end(tmp_path, seed):
    path = tmp_path / "live.wav"
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout.readline() == b"up\n"
        time.sleep(random.Random(seed).uniform(0.001, 0.1))  # the moment of death is what is tried here
        during = soundfile.info(path).frames
        writer.send_signal(signal.SIGKILL)
    read, _ = soundfile.read(path, dtype="int16")
    with wave.open(str(path)) as reader:
        promised = reader.getnframes()
    assert len(read) == promised >= during
    assert path.stat().st_size >= 44 + promised * 4
    assert promised % 320 == 0
    assert np.array_equal(read.ravel(), np.arange(promised * 2).astype(np.int16))


def test_a_full_disk_leaves_the_file_as_it_was_and_a_later_block_can_follow(tmp_path):
    path = tmp_path / "live.wav"
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    _, hard = limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    with GrowingWav(path, rate_hz=RATE_HZ) as file:
        file.append(NOISE[:1_000])
        resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, hard))
        try:
            with pytest.raises(StorageUnavailable, match=r"live\.wav"):
                file.append(NOISE[1_000:3_000])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, ignored)
        assert np.array_equal(soundfile.read(path, dtype="int16")[0], NOISE[:1_000])
        file.append(NOISE[1_000:3_000])
    assert np.array_equal(soundfile.read(path, dtype="int16")[0], NOISE[:3_000])


def test_a_block_of_other_channels_is_refused_and_one_channel_may_be_flat(tmp_path):
    with (
        GrowingWav(tmp_path / "live.wav", rate_hz=RATE_HZ) as file,
        pytest.raises(InvalidInput, match="2 channels"),
    ):
        file.append(NOISE[:, 0])
    with GrowingWav(tmp_path / "mono.wav", rate_hz=8_000, channels=1) as file:
        file.append(np.ascontiguousarray(NOISE[:, 0]))
    assert np.array_equal(soundfile.read(tmp_path / "mono.wav", dtype="int16")[0], NOISE[:, 0])


def test_it_counts_to_the_end_of_what_a_wav_can_hold(tmp_path):
    with GrowingWav(tmp_path / "live.wav", rate_hz=RATE_HZ) as file:
        file.append(NOISE)
        assert file.frames_left == (2**32 - 1 - 44) // 4 - len(NOISE)


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    with pytest.raises(StorageUnavailable, match="nowhere"):
        GrowingWav(tmp_path / "nowhere" / "live.wav", rate_hz=RATE_HZ)


def test_closing_twice_is_closing_once(tmp_path):
    file = GrowingWav(tmp_path / "live.wav", rate_hz=RATE_HZ)
    file.close()
    file.close()
    assert soundfile.info(tmp_path / "live.wav").frames == 0
