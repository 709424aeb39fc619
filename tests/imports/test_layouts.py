"""Which layout lies below a path."""

from pathlib import Path

import pytest

from earwitness.errors import InvalidInput
from earwitness.imports.layouts import READERS, find
from imported import sound, tone, write


def test_each_layout_is_told_by_its_files(tmp_path: Path) -> None:
    write(tmp_path / "1" / "call_metadata.json", {})
    write(tmp_path / "1" / "transcript.json", {"entries": []})
    sound(tmp_path / "1" / "caller_audio.wav", tone(0.1))
    write(tmp_path / "2" / "a_conversation.json", {"call_id": "x"})
    write(tmp_path / "3" / "b_conversation.json", {"conversationId": "x"})
    write(tmp_path / "4" / "c.json", {"vcon": "0.0.1"})
    (tmp_path / "5.jsonl").write_text('{"_session": {}}')
    write(tmp_path / "6.json", {"eventsPage": []})
    write(tmp_path / "7" / "transcript.json", {"entries": []})
    sound(tmp_path / "7" / "whole.wav", tone(0.1))
    write(tmp_path / "8.json", {"what": "else"})
    found = [(reader.name, path.relative_to(tmp_path).parts[0][0]) for reader, path in find(tmp_path)]
    names = ("opusagent", "recordings", "s3", "vcon", "sequence", "hume", "wav-json")
    assert found == [(name, str(number)) for number, name in enumerate(names, 1)]
    assert set(READERS) == set(names)


def test_where_no_call_is_the_path_is_named_and_the_layouts_told(tmp_path: Path) -> None:
    for layout, said in ((None, "no call in a layout"), ("vcon", "no call in the layout vcon")):
        with pytest.raises(InvalidInput, match=said) as caught:
            list(find(tmp_path, layout))
        assert "opusagent" in caught.value.hint
    with pytest.raises(InvalidInput, match="is not there"):
        list(find(tmp_path / "none"))
    with pytest.raises(InvalidInput, match="no layout mp3"):
        list(find(tmp_path, "mp3"))
