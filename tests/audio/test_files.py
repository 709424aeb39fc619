"""Files that others can read, whole or not there, and WAV over the wire in any slice."""

import io
import os
import signal
import stat
import subprocess
import sys
import wave
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.audio.files import (
    OPUS_RATES_HZ,
    TrackFile,
    stereo,
    wav_bytes,
    wav_header,
    wav_range,
    wav_size,
    write_track,
)
from earwitness.audio.render import Piece, first_byte_needed, render
from earwitness.errors import InvalidInput, StorageUnavailable

RATE_HZ = 16_000
NOISE = np.random.default_rng(5).integers(-32768, 32768, (50_000, 2)).astype(np.int16)


def blocks(samples: np.ndarray, size: int = 7_777):
    return (samples[i : i + size] for i in range(0, len(samples), size))


@pytest.mark.parametrize("samples", [NOISE, np.ascontiguousarray(NOISE[:, 0]), NOISE[:1, 0]])
@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_lossless_files_give_back_every_sample(tmp_path, suffix, samples):
    path = tmp_path / f"track{suffix}"
    frames = write_track(path, blocks(samples), rate_hz=RATE_HZ, channels=samples.ndim)
    read, rate_hz = soundfile.read(path, dtype="int16")
    assert rate_hz == RATE_HZ
    assert frames == len(samples)
    assert np.array_equal(read, samples)


def test_the_standard_library_reads_the_wav(tmp_path):
    write_track(tmp_path / "call.wav", blocks(NOISE), rate_hz=RATE_HZ, channels=2)
    with wave.open(str(tmp_path / "call.wav")) as file:
        assert file.getparams()[:4] == (2, 2, RATE_HZ, len(NOISE))
        assert file.readframes(len(NOISE)) == NOISE.astype("<i2").tobytes()


@pytest.mark.parametrize("rate_hz", OPUS_RATES_HZ)
def test_opus_keeps_length_and_likeness(tmp_path, rate_hz):
    seconds = np.arange(rate_hz * 2) / rate_hz
    tone = (8_000 * np.sin(2 * np.pi * 440 * seconds)).astype(np.int16)
    write_track(tmp_path / "call.ogg", blocks(tone), rate_hz=rate_hz, channels=1)
    read, read_hz = soundfile.read(tmp_path / "call.ogg", dtype="int16")
    assert (len(read) / read_hz) == pytest.approx(2.0, abs=0.001)
    assert (
        np.corrcoef(read[: len(tone)] if read_hz == rate_hz else read[:: read_hz // rate_hz], tone)[0, 1]
        > 0.99
    )


def test_opus_at_a_rate_it_does_not_have_and_unknown_formats_are_refused_and_leave_nothing(tmp_path):
    for name, rate_hz in (("a.ogg", 44_100), ("a.mp4", RATE_HZ), ("a", RATE_HZ)):
        with pytest.raises(InvalidInput) as refusal:
            write_track(tmp_path / name, [], rate_hz=rate_hz, channels=1)
        assert refusal.value.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_a_file_is_its_owners_only_and_nothing_else_is_left(tmp_path, suffix):
    path = tmp_path / f"call{suffix}"
    write_track(path, blocks(NOISE), rate_hz=RATE_HZ, channels=2)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_of_the_new(tmp_path, suffix):
    path = tmp_path / f"call{suffix}"
    write_track(path, blocks(NOISE), rate_hz=RATE_HZ, channels=2)
    before = path.read_bytes()
    descriptors = len(os.listdir("/proc/self/fd"))

    def broken():
        yield NOISE[:100]
        raise OSError("the journal went away")

    with pytest.raises(OSError, match="went away"):
        write_track(path, broken(), rate_hz=RATE_HZ, channels=2)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_the_name_appears_only_with_the_whole_file(tmp_path):
    path = tmp_path / "call.flac"
    with TrackFile(path, rate_hz=RATE_HZ, channels=2) as file:
        file.write(NOISE)
        assert not path.exists()
    assert soundfile.info(path).frames == len(NOISE)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_the_file_is_synced_before_its_name_appears_and_the_folder_after(tmp_path, suffix, monkeypatch):
    path, synced = tmp_path / f"call{suffix}", []
    fsync = os.fsync

    def watched(fd: int) -> None:
        synced.append((Path(os.readlink(f"/proc/self/fd/{fd}")), os.fstat(fd).st_size, path.exists()))
        fsync(fd)

    monkeypatch.setattr(os, "fsync", watched)
    write_track(path, blocks(NOISE), rate_hz=RATE_HZ, channels=2)
    (temporary, size, was_there), (folder, _, is_there) = synced
    assert (temporary.parent, size, was_there) == (tmp_path, path.stat().st_size, False)
    assert (folder, is_there) == (tmp_path, True)


KILLED = """
import os, signal, sys
from pathlib import Path
import numpy as np
from earwitness.audio.files import TrackFile
with TrackFile(Path(sys.argv[1]), rate_hz=16000, channels=1) as file:
    file.write(np.ones(100_000, np.int16))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_process_killed_in_the_middle_leaves_no_half_file_under_the_name(tmp_path):
    path = tmp_path / "call.flac"
    killed = subprocess.run([sys.executable, "-c", KILLED, path], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not path.exists()


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from earwitness.audio.files import write_track
from earwitness.errors import StorageUnavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
noise = np.random.default_rng(1).integers(-9999, 9999, 400_000).astype(np.int16)
try:
    write_track(Path(sys.argv[1]), [noise], rate_hz=16000, channels=1)
except StorageUnavailable as error:
    sys.exit(7 if sys.argv[1] in str(error) else 8)
"""


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, suffix):
    path = tmp_path / f"call{suffix}"
    assert subprocess.run([sys.executable, "-c", FULL_DISK, path], check=False).returncode == 7
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StorageUnavailable, match="nowhere"):
        write_track(tmp_path / "nowhere" / "call.wav", [], rate_hz=RATE_HZ, channels=1)


@pytest.mark.parametrize("suffix", [".flac", ".ogg"])
def test_a_compressed_track_of_nothing_is_readable_and_one_silent_sample_long(tmp_path, suffix):
    path = tmp_path / f"call{suffix}"
    write_track(path, [], rate_hz=RATE_HZ, channels=2)
    read, _ = soundfile.read(path, dtype="int16")
    assert len(read) >= 1
    assert not read.any()


@settings(max_examples=100)
@given(data=st.data())
def test_any_slice_of_a_wav_is_that_slice_of_the_whole(data):
    channels = data.draw(st.sampled_from([1, 2]))
    frames = data.draw(st.integers(0, 400))
    samples = NOISE[:frames] if channels == 2 else NOISE[:frames, 0]
    written = io.BytesIO()
    soundfile.write(written, samples, RATE_HZ, format="WAV", subtype="PCM_16")
    expected = written.getvalue()
    start = data.draw(st.integers(0, len(expected) + 3))
    stop = data.draw(st.none() | st.integers(start, len(expected) + 3))
    size = data.draw(st.integers(1, 100))
    got = wav_range(
        lambda first: chain([samples[:0]], blocks(samples[first:], size)),
        frames=frames, channels=channels, rate_hz=RATE_HZ, start=start, stop=stop,
    )  # fmt: skip
    assert b"".join(got) == expected[start:stop]


def test_a_slice_does_not_ask_for_what_comes_before_it():
    asked = []

    def blocks_from(first: int):
        asked.append(first)
        return blocks(NOISE[first:])

    got = b"".join(
        wav_range(blocks_from, frames=50_000, channels=2, rate_hz=RATE_HZ, start=44 + 4 * 40_000 + 3)
    )
    assert asked == [40_000]
    assert got == NOISE[40_000:].astype("<i2").tobytes()[3:]


def test_a_slice_of_a_track_is_rendered_from_its_own_place_in_the_stream():
    data = NOISE[:, 0].astype("<i2").tobytes()
    pieces = [Piece(encoding="pcm_s16le", rate_hz=RATE_HZ, from_byte=0, byte_count=len(data), at_ns=10**9)]

    def blocks_from(first: int):
        skipped = first_byte_needed(pieces, rate_hz=RATE_HZ, start_frame=first)
        return render(
            pieces,
            [data[skipped:]],
            rate_hz=RATE_HZ,
            length_ns=5 * 10**9,
            start_frame=first,
            first_byte=skipped,
        )

    sizes = {"frames": 5 * RATE_HZ, "channels": 1, "rate_hz": RATE_HZ}
    whole = b"".join(wav_bytes(blocks_from(0), **sizes))
    for start in (0, 43, 45, 32_044, 60_001, len(whole) - 1):
        assert (
            b"".join(wav_range(blocks_from, **sizes, start=start, stop=start + 3_001))
            == whole[start:][:3_001]
        )


def test_a_wav_over_the_wire_has_the_size_that_was_announced_even_if_samples_are_missing():
    for frames in (100, 50_000, 60_000):
        got = b"".join(wav_bytes(blocks(NOISE), frames=frames, channels=2, rate_hz=RATE_HZ))
        assert len(got) == wav_size(frames, 2)
        read, _ = soundfile.read(io.BytesIO(got), dtype="int16")
        assert np.array_equal(read[:50_000], NOISE[:frames])
        assert not read[50_000:].any()


def test_a_wav_longer_than_it_can_count_is_refused_with_a_way_out():
    assert len(wav_header(0xFFFF_FFFF // 4 - 12, 2, RATE_HZ)) == 44
    with pytest.raises(InvalidInput, match="too long") as refusal:
        wav_header(0xFFFF_FFFF // 4, 2, RATE_HZ)
    assert "FLAC" in refusal.value.hint


@settings(max_examples=60)
@given(left=st.integers(0, 300), right=st.integers(0, 300), size=st.integers(1, 50), other=st.integers(1, 50))
def test_stereo_is_left_and_right_and_silence_after_the_shorter(left, right, size, other):
    both = list(stereo(blocks(NOISE[:left, 0], size), blocks(NOISE[:right, 1], other)))
    joined = np.concatenate([np.empty((0, 2), np.int16), *both])
    expected = np.zeros((max(left, right), 2), np.int16)
    expected[:left, 0] = NOISE[:left, 0]
    expected[:right, 1] = NOISE[:right, 1]
    assert np.array_equal(joined, expected)
