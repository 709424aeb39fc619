"""`earwitness import`, typed."""

from pathlib import Path
from typing import Any

from imported import write
from typed import Typist


def call(folder: Path, **changes: Any) -> Path:
    line = {"timestamp": "2025-10-20T14:30:26", "speaker": "user", "text": "Hola"}
    document = {"call_id": "rtc_1", "start_time": "2025-10-20T14:30:25", "conversation": [line]}
    return write(folder / "a_conversation.json", document | changes)


def test_a_folder_of_calls_is_taken_in_and_read(tmp_path: Path) -> None:
    typist = Typist(tmp_path / "data")
    call(tmp_path / "calls" / "one")
    call(tmp_path / "calls" / "two", call_id="rtc_2")
    told = typist.type("import", tmp_path / "calls").stdout.splitlines()
    assert [line.split()[1:3] for line in told] == [["imported", "recordings"]] * 2
    assert "Hola" in typist.type("transcript", "latest").stdout
    again = typist.json("import", tmp_path / "calls", "--layout", "recordings")
    assert [one["is_new"] for one in again] == [False, False]
    assert again[0]["conversation"] == told[0].split()[0]


def test_a_bad_call_is_told_and_the_others_are_taken_in(tmp_path: Path) -> None:
    typist = Typist(tmp_path / "data")
    call(tmp_path / "calls" / "bad", start_time="never")
    call(tmp_path / "calls" / "good")
    result = typist.type("import", tmp_path / "calls", exits=1)
    assert "a_conversation.json: start_time: not a time: 'never'" in result.stderr
    assert "hint: " in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_a_path_without_calls_is_refused(tmp_path: Path) -> None:
    assert "no call" in Typist(tmp_path / "data").refused("import", tmp_path)
