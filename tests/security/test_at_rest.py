"""R37: with encryption on nothing that was said, and nobody's name, can be read at rest; asking goes on."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

import earwitness
from earwitness import recording as recording_face
from earwitness.errors import Denied, InvalidInput, SettingsError
from earwitness.journal.seal import unlock
from earwitness.library import Library, open_library
from earwitness.privacy.vault import open_vault
from earwitness.settings import Settings
from earwitness.store import schema
from privacy_vaults import encrypted, master

SAID = "the CANARYWORD of my sister"
PLANTED = [b"CANARY", b"canaryword", b"sister"]


def events() -> list[dict[str, object]]:
    def item(number: int, **more: object) -> dict[str, object]:
        return {"type": "conversation.item.added", "item": {"id": f"i{number}", **more}}

    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": SAID}]}
    call = {
        "type": "function_call",
        "call_id": "c1",
        "name": "look_up",
        "arguments": '{"who": "CANARYARGUMENT"}',
        "status": "completed",
    }
    result = {"type": "function_call_output", "call_id": "c1", "output": '{"found": "CANARYRESULT"}'}
    return [item(1, **said), item(2, **call), item(3, **result)]


def stored(*folders: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def hits(*folders: Path) -> list[str]:
    return [
        f"{word.decode()} in {path}"
        for path, data in stored(*folders).items()
        for word in PLANTED
        if word in data
    ]


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A call is recorded, taken in while it runs, and finished, all encrypted."""
    monkeypatch.setenv(recording_face.VARIABLE, master(tmp_path))
    with earwitness.record(
        provider="openai",
        subject="CANARYSUBJECT",
        metadata={"from": "CANARYMETADATA"},
        data_dir=tmp_path / "data",
    ) as leg:
        for event in events():
            leg.received(event)
        leg.snapshot("CANARYSNAPSHOT", note="CANARYDATA")
        leg.end(outcome="quote_completed")
        assert leg.flush()
        running = open_library(encrypted(tmp_path))
        assert SAID in running.conversation("latest").transcript()
        assert hits(tmp_path / "data") == [], "while it runs"
        running.catalog.close()
    library = open_library(encrypted(tmp_path))
    yield library
    library.catalog.close()


def test_r37_nothing_is_readable_at_rest_and_everything_by_asking(library: Library, tmp_path: Path) -> None:
    recorded = library.conversation("latest")
    assert [message.text for message in recorded.messages()] == [SAID]
    [call] = recorded.tool_calls()
    assert ("CANARYARGUMENT" in call.arguments, "CANARYRESULT" in (call.result or "")) == (True, True)
    assert recorded.row.metadata == {"from": "CANARYMETADATA"}
    assert [c.id for c in library.conversations(subject="CANARYSUBJECT")] == [recorded.id]
    assert [c.id for c in library.conversations(outcome="quote_completed")] == [recorded.id]
    assert [c.id for c in library.conversations(q="canaryword")] == [recorded.id]
    [hit] = library.search('"canaryword of my"')
    assert "CANARYWORD" in hit.text
    assert not list(library.search("canaryw"))
    with pytest.raises(InvalidInput, match="beginning of a word"):
        list(library.search("canaryw*"))
    assert library.prove() == []
    size, read = recorded.stored("transcript.json")
    assert SAID in b"".join(read(0, size)).decode()
    assert b"".join(read(10, 20)) == b"".join(read(0, size))[10:20]
    assert {entry.known("subject") for entry in library.audit.every()} >= {"CANARYSUBJECT"}
    library.reindex()
    assert hits(tmp_path / "data") == []
    library.catalog.close()
    assert hits(tmp_path / "data") == []


def test_without_the_key_there_is_nothing_and_with_it_destroyed_there_never_will_be(
    library: Library, tmp_path: Path
) -> None:
    recorded = library.conversation("latest")
    vault = open_vault(encrypted(tmp_path))
    assert vault is not None
    [leg] = recorded.folders
    journal = stored(leg)
    assert vault.destroy(leg.name)
    assert [record for _, record in recorded.records() if b"CANARY" in record.payload] == []
    assert stored(leg) == journal, "its bytes are there, and open no more"


def test_a_locked_folder_is_checked_all_the_same(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.catalog.close()
    unlock(tmp_path / "data" / "journal", None)
    locked = Library(Settings(data_dir=str(tmp_path / "data")))
    assert locked.prove() == []
    [leg] = locked.folders("default", locked.conversation("latest").id)
    [segment] = leg.glob("*.ewj")
    data = bytearray(segment.read_bytes())
    data[-1] ^= 1
    segment.write_bytes(data)
    assert locked.prove() != []
    locked.catalog.close()


def test_who_asks_a_locked_folder_for_words_is_told_of_the_key(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.catalog.close()
    unlock(tmp_path / "data" / "journal", None)
    monkeypatch.delenv(recording_face.VARIABLE)
    locked = open_library(tmp_path / "data")
    with pytest.raises(SettingsError) as search:
        list(locked.search("canaryword"))
    with pytest.raises(Denied) as export:
        b"".join(locked.conversation("latest").exported("markdown"))
    for caught in (search, export):
        assert recording_face.VARIABLE in caught.value.hint
    locked.catalog.close()


def test_a_program_that_records_in_the_open_into_an_encrypted_folder_says_so_once(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv(recording_face.VARIABLE)
    for folder in (tmp_path / "data", tmp_path / "data", tmp_path / "new"):
        recording_face.prepare(folder)
    [message] = caplog.messages
    assert (str(tmp_path / "data") in message, recording_face.VARIABLE in message) == (True, True)


def test_equal_words_do_not_look_alike_and_equal_names_do(library: Library) -> None:
    with library.catalog.database.reading() as connection:
        plain = sa.select(sa.column("text")).select_from(sa.text("messages"))
        first = connection.scalar(plain)
        assert first is not None
        assert first.startswith("ew1:")
    library.catalog.put(library.conversation("latest").conversation)
    with library.catalog.database.reading() as connection:
        subject = connection.scalar(sa.text("SELECT subject FROM conversations"))
        again = connection.scalar(
            sa.select(sa.func.count()).where(schema.conversations.c.subject == "CANARYSUBJECT")
        )
    assert subject is not None
    assert (subject.startswith("ew2:"), again) == (True, 1)


RECORDING = """
import sys, earwitness
with earwitness.record(provider="openai", subject="CANARYSUBJECT", data_dir=sys.argv[1]) as leg:
    print("began", flush=True)
    number = 0
    while True:
        number += 1
        leg.received('{"type":"x","text":"the CANARYWORD of my sister %d"}' % number)
        if number % 50 == 0:
            leg.flush()
"""


@pytest.mark.parametrize("kill", range(100 if os.environ.get("EARWITNESS_CHAOS") == "full" else 4))
def test_r37_killed_at_any_moment_nothing_lies_in_the_open(tmp_path: Path, kill: int) -> None:
    environment = {**os.environ, recording_face.VARIABLE: master(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", RECORDING, str(tmp_path / "data")], env=environment, stdout=subprocess.PIPE
    )
    with process:
        assert process.stdout
        assert process.stdout.readline() == b"began\n"
        time.sleep(random.Random(kill).uniform(0.01, 0.3))  # the moment is what varies here
        process.kill()
    assert any(stored(tmp_path / "data").values())
    assert hits(tmp_path / "data") == []
    library = open_library(encrypted(tmp_path))
    assert library.conversation("latest").row.subject == "CANARYSUBJECT"
    library.catalog.close()
    assert hits(tmp_path / "data") == []
