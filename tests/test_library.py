"""The desk, asked as a program asks it: a folder, and no server."""

import ast
import shutil
import time
from pathlib import Path

import pytest
import soundfile

import earwitness
from earwitness.errors import Conflict, InUse, NotFound, StorageUnavailable
from earwitness.journal.reader import leg_folders
from earwitness.library import Library, open_library
from earwitness.model.conversation import Status
from earwitness.settings import Settings
from earwitness.store.lock import FolderLock
from journal_legs import Legs
from recorded import PLAYS, copy_of, recording

CONTRACT = """
import earwitness

with earwitness.record(provider="openai", conversation="...", subject="RID001", metadata={"trial": 7}) as leg:
    leg.received(event)            # str | bytes | dict from the provider
    leg.sent(event)                # to the provider
    leg.snapshot("quote_completed")
    leg.end(outcome="quote_completed", satisfaction="high")

library = earwitness.open_library("earwitness-data")     # or a Settings
for conversation in library.conversations(provider="openai", min_messages=1):
    pass
conversation.messages(role="user"); conversation.audio("stereo").write("call.wav")
"""
TYPED = {
    "type": "conversation.item.created",
    "item": {
        "id": "item_1",
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": "Hi"}],
    },
}


@pytest.fixture
def played(tmp_path):
    """The recorded calls, in a folder that may be changed."""
    library = open_library(copy_of(recording(), tmp_path))
    yield library
    library.catalog.close()


def ids(found):
    return [recorded.id for recorded in found]


# -- without any server ------------------------------------------------------------------------------


def test_the_example_of_the_contract_runs_as_it_is_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"event": TYPED}
    exec(compile(ast.parse(CONTRACT), "contract", "exec"), names)
    conversation = names["conversation"]
    assert [row.text for row in conversation.messages(role="user")] == ["Hi"]
    row = conversation.row
    assert (row.subject, row.metadata, row.outcome, row.satisfaction) == (
        "RID001",
        {"trial": 7},
        "quote_completed",
        "high",
    )
    assert "quote_completed" in [snapshot.label for snapshot in conversation.conversation.snapshots]
    assert soundfile.info("call.wav").channels == 2
    assert row.status == Status.COMPLETE
    names["library"].catalog.close()


def test_a_call_that_is_still_recorded_can_be_read_and_is_whole_later(tmp_path):
    with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
        leg.received(TYPED)
        assert leg.flush()
        library = open_library(tmp_path)
        running = library.conversation(leg.conversation)
        assert (running.row.status, running.transcript().count("Hi")) == (Status.ACTIVE, 1)
        with pytest.raises(Conflict):
            library.erase(leg.conversation)
    assert library.catch_up() == 1
    assert library.conversation(leg.conversation).row.status == Status.COMPLETE
    library.catalog.close()


def test_a_running_call_is_shown_as_it_was_followed_and_not_told_again(tmp_path, monkeypatch):
    with earwitness.record(provider="openai", subject="RID001", data_dir=tmp_path) as leg:
        leg.sent(TYPED)
        assert leg.flush()
        library = Library(Settings(data_dir=str(tmp_path)))
        library.follower().tick()
        told_anew = library.unredacted("a test").conversation("latest").document()
        monkeypatch.setattr("earwitness.pipeline.whole.tell_whole", None)
        running = library.conversation("latest")
        assert running.row.status == Status.ACTIVE
        assert running.document()["messages"] == told_anew["messages"]
        assert running.health()["score"] == 100
    library.catalog.close()


def test_a_folder_in_which_nothing_was_recorded_is_empty(tmp_path):
    library = open_library(tmp_path / "new")
    assert list(library.conversations()) == []
    with pytest.raises(NotFound):
        library.conversation("latest")
    library.catalog.close()


def test_opening_beside_a_server_reads_and_leaves_the_following_to_it(tmp_path):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.end(100)
    with FolderLock(tmp_path):
        library = open_library(tmp_path)
        assert list(library.conversations()) == []
        with pytest.raises(InUse):
            library.reindex()
    assert library.catch_up() == 1
    library.catalog.close()


# -- deleting ----------------------------------------------------------------------------------------


def test_a_deleted_call_is_gone_from_rows_files_and_journals_and_stays_so(played):
    gone = played.conversation(recording().call("twilio", "order").id)
    objects = {artifact.path for artifact in gone.artifacts()}
    played.erase(gone.id)
    with pytest.raises(NotFound):
        played.conversation(gone.id)
    assert not any(folder.exists() for folder in gone.folders)
    assert not objects & {info.path for info in played.objects.list("")}
    assert played.reindex() == len(PLAYS) - 1
    assert gone.id not in ids(played.conversations())
    assert all(gone.id not in str(path) for path in played.data_path.rglob("*"))


def test_a_journal_that_cannot_be_removed_is_said_and_the_call_is_still_there(played, monkeypatch):
    recorded = played.conversation("latest")

    remove = shutil.rmtree

    def fail(path: Path, **how: bool) -> None:
        if "journal" in Path(path).parts:
            raise PermissionError(13, "Permission denied", str(path))
        remove(path, **how)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", fail)
        with pytest.raises(StorageUnavailable, match="Permission denied"):
            played.erase(recorded.id)
    assert played.conversation(recorded.id).messages() == recorded.messages()
    assert played.erase(recorded.id).state == "done"
    assert recorded.id not in ids(played.conversations())


# -- how it goes, and trust --------------------------------------------------------------------------


def test_verify_reads_every_block_and_names_the_damaged_leg(played):
    assert all(found.ok for found in played.verify().values())
    victim = played.conversation(recording().call("openai", "order").id)
    [segment] = victim.folders[0].glob("*.ewj")
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    bad = {leg for leg, found in played.verify().items() if not found.ok}
    assert bad == {victim.folders[0].name}
    assert list(played.verify(victim.id)) == [victim.folders[0].name]
    played.reindex()
    row = played.conversation(victim.id).row
    assert (row.status, row.gap_count) == (Status.PARTIAL, 1)
    assert row.health_score < 100


def test_recover_puts_torn_legs_in_order_and_says_how_much_it_set_aside(tmp_path):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(100, "item_1", "Hi")
    [segment] = leg.folder.glob("*.ewj")
    whole = segment.read_bytes()
    segment.write_bytes(whole + b"torn")
    library = Library(Settings(data_dir=str(tmp_path)))
    found = library.recover()[leg.leg]
    assert (found.is_lossy, found.set_aside_bytes) == (True, 4)
    assert segment.read_bytes() == whole
    library.catch_up()
    [recorded] = library.conversations()
    assert recorded.row.status == Status.PARTIAL
    assert {gap.reason for gap in recorded.conversation.gaps} == {"torn", "crash"}
    library.catalog.close()


def test_a_desk_whose_recorder_is_silent_or_that_does_not_follow_is_not_ready(tmp_path):
    library = Library(Settings(data_dir=str(tmp_path)))
    assert library.not_ready() == []
    library.recorder_seen_s = time.monotonic() - 60
    library.trouble = lambda: "catalog behind: disk full"
    assert library.not_ready() == ["catalog behind: disk full", "the recorder is silent"]
    library.catalog.close()


def test_every_leg_of_the_folder_is_known(played):
    in_rows = {folder.name for each in played.conversations() for folder in each.folders}
    assert in_rows == {folder.name for folder in leg_folders(played.journal_root)}
