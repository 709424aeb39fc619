"""Files of a conversation in a folder: whole, in place of what was there, or an error that says why."""

import os

import numpy as np
import pytest
import soundfile

from earwitness.errors import StorageUnavailable
from earwitness.pipeline.write import write_layout
from earwitness.projections.layout_default import DEFAULT
from earwitness.projections.layout_opusagent import OPUSAGENT
from earwitness.projections.named import LAYOUTS
from recorded import PLAYS, recording


def write(call, layout, folder):
    recorded = recording().call(*call)
    return write_layout(layout, recorded.told, folder)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_every_call_can_be_written_in_every_layout_and_nothing_else_is_left(call, layout, tmp_path):
    written = write(call, layout, tmp_path)
    there = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert set(written) == there
    assert len(written) == len(layout.files)


def test_writing_again_replaces_and_gives_the_same_bytes(tmp_path):
    paths = write(("twilio", "order"), DEFAULT, tmp_path)
    first = [path.read_bytes() for path in paths]
    paths[0].write_text("changed by hand")
    assert write(("twilio", "order"), DEFAULT, tmp_path) == paths
    assert [path.read_bytes() for path in paths] == first


def test_a_layout_that_names_no_rate_keeps_the_finest_of_the_call(tmp_path):
    paths = {path.name: path for path in write(("openai", "order"), DEFAULT, tmp_path)}
    assert soundfile.info(paths["stereo.flac"]).samplerate == 24_000
    paths = {path.name: path for path in write(("openai", "order"), OPUSAGENT, tmp_path)}
    assert soundfile.info(paths["stereo_recording.wav"]).samplerate == 16_000


def test_all_sound_files_of_one_layout_hold_the_same_call(tmp_path):
    paths = {path.name: path for path in write(("twilio", "barge_in"), OPUSAGENT, tmp_path)}
    sound = {name: soundfile.read(path, dtype="int16")[0] for name, path in paths.items() if ".wav" in name}
    assert np.array_equal(sound["stereo_recording.wav"][:, 0], sound["caller_audio.wav"])
    assert np.array_equal(sound["stereo_recording.wav"][:, 1], sound["bot_audio.wav"])
    assert np.array_equal(sound["stereo_recording.wav"], sound["final_stereo_recording.wav"])
    assert sound["caller_audio.wav"].any()
    assert sound["bot_audio.wav"].any()


def test_a_folder_that_takes_nothing_is_said_and_nothing_half_done_stays(tmp_path):
    (tmp_path / "out").write_text("in the way")
    with pytest.raises(StorageUnavailable, match="out") as refused:
        write(("openai", "order"), DEFAULT, tmp_path / "out")
    assert refused.value.hint


def test_a_disk_that_fails_in_the_middle_leaves_no_half_file(tmp_path, monkeypatch):
    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StorageUnavailable, match="No space left"):
        write(("openai", "order"), DEFAULT, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_words_that_are_no_unicode_are_written_all_the_same(tmp_path, monkeypatch):
    recorded = recording().call("openai", "order")
    layout = LAYOUTS["recordings"]
    odd = layout.files[2].__class__(path="{recording}_odd.txt", make=lambda source: ["half \ud83d a pair"])
    one = layout.__class__(name="odd", files=(odd,))
    [path] = write_layout(one, recorded.told, tmp_path)
    assert path.read_text("utf-8") == "half ? a pair"
