"""One recorded conversation: its words, its wire, its files."""

import json

import pytest

from earwitness.errors import NotFound
from recorded import recording


def test_words_can_be_had_in_every_form_and_in_no_other():
    recorded = recording().call("openai", "order")
    assert "Caller: I would like a large pizza" in recorded.transcript()
    assert recorded.transcript("srt").startswith("1\n00:00:0")
    assert recorded.transcript("vtt").startswith("WEBVTT\n\n")
    assert len(json.loads(recorded.transcript("json"))["entries"]) == 8
    with pytest.raises(NotFound, match="docx"):
        recorded.transcript("docx")


def test_the_wire_itself_can_be_read_with_every_record_in_its_place():
    recorded = recording().call("twilio", "order")
    by_leg: dict[str, list[int]] = {}
    for leg, record in recorded.records():
        by_leg.setdefault(leg, []).append(record.number)
    assert set(by_leg) == {folder.name for folder in recorded.folders}
    assert all(numbers == list(range(len(numbers))) for numbers in by_leg.values())


def test_a_file_that_is_not_made_is_not_found():
    with pytest.raises(NotFound, match=r"stereo\.mp3"):
        recording().call("openai", "order").stored("stereo.mp3")


def test_an_unknown_layout_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(NotFound) as refused:
        recording().call("openai", "order").export(tmp_path, "cassette")
    assert "opusagent" in refused.value.hint
