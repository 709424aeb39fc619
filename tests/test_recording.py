"""In a program of somebody: encrypted if the environment says so, and never in the open by mistake."""

import logging
import sys
from pathlib import Path

import pytest

import earwitness
from earwitness import recording
from earwitness.journal.reader import leg_folders
from privacy_vaults import master

EVENT = {
    "type": "conversation.item.added",
    "item": {
        "type": "message",
        "id": "i1",
        "role": "user",
        "content": [{"type": "input_text", "text": "CANARY"}],
    },
}


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (folder / "journal").rglob("*") if path.is_file())


def test_what_a_program_records_is_encrypted_and_read_with_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(recording.VARIABLE, master(tmp_path))
    with earwitness.record(provider="openai", data_dir=tmp_path / "data") as leg:
        leg.received(EVENT)
        assert leg.flush()
    assert leg_folders(tmp_path / "data" / "journal")
    assert stored(tmp_path / "data")
    assert b"CANARY" not in stored(tmp_path / "data")
    library = earwitness.open_library(tmp_path / "data")
    assert "CANARY" in library.conversation(leg.conversation).transcript()
    library.catalog.close()


def test_a_key_that_does_not_fit_the_folder_records_nothing_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(recording.VARIABLE, "env:NO_SUCH_VARIABLE")
    caplog.set_level(logging.WARNING, "earwitness")
    with earwitness.record(provider="openai", data_dir=tmp_path / "data") as leg:
        leg.received(EVENT)
        assert not leg.flush(0.1)
    assert "unrecorded" in caplog.text
    assert b"CANARY" not in stored(tmp_path / "data")


def test_without_cryptography_it_records_in_the_open_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(recording.VARIABLE, master(tmp_path))
    monkeypatch.setitem(sys.modules, "earwitness.privacy.vault", None)
    caplog.set_level(logging.WARNING, "earwitness")
    with earwitness.record(provider="openai", data_dir=tmp_path / "data") as leg:
        leg.received(EVENT)
        assert leg.flush()
    assert "unencrypted" in caplog.text
    assert b"CANARY" in stored(tmp_path / "data")
