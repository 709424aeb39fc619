"""What all layouts have in common: names that stay in the folder, text that is well formed."""

import json
from dataclasses import replace

import pytest

from earwitness.errors import InvalidInput, NotFound
from earwitness.projections.layout_default import DEFAULT
from earwitness.projections.layout_opusagent import OPUSAGENT
from earwitness.projections.layout_recordings import RECORDINGS
from earwitness.projections.layouts import Source, Text, safe
from earwitness.projections.named import LAYOUTS, named
from told import CALL


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("CA123", "CA123"),
        ("../../etc/cron.d/x", "_.._etc_cron.d_x"),
        ("a/b\\c\0d", "a_b_c_d"),
        ("..", "_"),
        ("", "_"),
        ("é😀", "__"),
        ("x" * 500, "x" * 120),
    ],
)
def test_a_providers_id_can_only_name_a_file(id, name):
    assert safe(id) == name


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_no_id_leads_out_of_the_export_folder(layout, tmp_path):
    leg = replace(CALL.legs[0], provider_ids={"call_sid": "../../../x/{id}"})
    evil = replace(CALL, legs=(leg,))
    paths = [(tmp_path / layout.path(evil, file)).resolve() for file in layout.files]
    assert all(path.is_relative_to(tmp_path) for path in paths)
    assert len(set(paths)) == len(layout.files)


def test_ours_lie_by_day_and_conversation():
    places = [DEFAULT.path(CALL, file) for file in DEFAULT.files]
    assert set(places) == {f"conversations/2024-12-01/{CALL.id}/{file.name}" for file in DEFAULT.files}
    assert RECORDINGS.path(CALL, RECORDINGS.files[0]) == "20241201_143022_sess_456_conversation.json"
    assert OPUSAGENT.path(CALL, OPUSAGENT.files[0]) == "sess_456_20241201_143022/caller_audio.wav"


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_text_files_of_every_layout_are_well_formed(layout):
    source = Source(conversation=CALL, events=list)
    for file in layout.files:
        if isinstance(file, Text):
            text = "".join(file.make(source))
            if file.name.endswith(".json"):
                json.loads(text)
            for line in text.splitlines() if file.name.endswith(".jsonl") else ():
                json.loads(line)


def test_a_wav_is_added_where_the_layout_has_one_and_refused_where_not():
    assert [file.name for file in set(named("recordings", wav=True).files) - set(RECORDINGS.files)] == [
        "{recording}_audio.wav"
    ]
    assert named("recordings") is RECORDINGS
    with pytest.raises(InvalidInput, match="opusagent has no WAV"):
        named("opusagent", wav=True)
    with pytest.raises(NotFound) as refused:
        named("zip")
    assert "recordings" in refused.value.hint
