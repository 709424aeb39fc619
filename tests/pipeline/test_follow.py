"""Following journals: rows while the call runs, recorders that die."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from by_hand import LINK, check_rebuild, texts
from earwitness.errors import StorageUnavailable
from earwitness.journal.reader import leg_folders
from earwitness.model.conversation import Status
from earwitness.model.events import MessageClosed
from earwitness.pipeline.line import events
from earwitness.store import legs as known_legs
from earwitness.store.artifacts import LAST_MADE
from journal_legs import Legs
from recorded import PLAYS, recording

# -- in time -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_a_message_is_a_row_within_a_second_of_its_end_while_the_call_runs(call):
    recorded = recording().call(*call)
    closed = {}
    for event in events(recorded.folders):
        if isinstance(event, MessageClosed):
            closed.setdefault(f"{event.seen.leg}/{event.item}", event.seen.at_ns)
    rows = recorded.messages()
    assert {row.key for row in rows} <= recording().rows_seen_ns.keys()
    late_ms = {
        row.key: (recording().rows_seen_ns[row.key] - closed[row.key]) / 1e6
        for row in rows
        if row.key in closed
    }
    assert all(ms < 1000 for ms in late_ms.values()), late_ms


def test_rows_of_a_running_call_say_that_it_runs_until_it_ends(legs, library):
    follower = library.follower()
    leg = legs.open()
    leg.user(0, "item_1", "Hello?")
    leg.flush()
    assert follower.tick().ended == ()
    [recorded] = library.conversations()
    assert (recorded.row.status, recorded.row.message_count) == (Status.ACTIVE, 1)
    leg.end(900)
    [ended] = follower.tick().ended
    assert (ended.id, ended.status) == (leg.conversation, Status.COMPLETE)
    assert follower.live_count == 0
    assert follower.tick().changed == ()
    check_rebuild(library)


def test_whoever_waits_for_long_journals_sees_how_many_are_read(legs, library):
    for _ in range(3):
        leg = legs.open()
        leg.user(0, "item_1", "Hello?")
        leg.end(900)
    seen = []

    def progress(items, what):
        for each in items:
            seen.append(what)
            yield each
        seen.append("done")

    library.progress = progress
    library.follower().tick()
    assert seen == [*["reading journals"] * 3, "done"]


# -- what goes wrong ---------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", ["founder", "joined", "none"])
def test_a_follower_that_starts_in_the_middle_of_a_call_goes_on_with_all_of_it(legs, library, closed):
    first, second = legs.open(links=LINK), legs.open(ms=10, links=LINK)
    first.user(100, "item_1", "one")
    second.user(500, "item_2", "two")
    for leg, name in ((first, "founder"), (second, "joined")):
        leg.flush()
        if closed == name:
            leg.end(700)
    library.follower().tick()
    follower = library.follower()  # the one before is gone
    follower.tick()
    assert texts(library) == [["one", "two"]]
    assert library.conversation("latest").row.status == Status.ACTIVE
    for leg, name in ((first, "founder"), (second, "joined")):
        if closed != name:
            leg.user(1000, f"item_{name}", f"more of {name}")
            leg.end(2000)
    [ended] = follower.tick().ended
    assert len(ended.legs) == 2
    assert texts(library)[0][:2] == ["one", "two"]
    check_rebuild(library)


@pytest.mark.parametrize("question", ["linked", "of_conversation"])
def test_a_catalog_that_fails_in_the_middle_of_a_join_loses_nothing(legs, library, monkeypatch, question):
    follower = library.follower()
    first = legs.open(links=LINK)
    first.user(0, "item_1", "one")
    first.flush()
    follower.tick()
    second = legs.open(ms=200, links=LINK)
    second.user(300, "item_2", "two")
    first.end(1000)
    second.end(1000)

    def fail(*_: object) -> None:
        raise StorageUnavailable("the database is gone")

    with monkeypatch.context() as patch:
        patch.setattr(known_legs, question, fail)
        for _ in range(2):
            with pytest.raises(StorageUnavailable):
                follower.tick()
    [ended] = follower.tick().ended
    assert (ended.id, texts(library)) == (first.conversation, [["one", "two"]])
    check_rebuild(library)


def test_a_catalog_that_does_not_take_rows_gets_them_when_it_does_again(legs, library, monkeypatch):
    follower = library.follower()
    leg = legs.open()
    leg.user(0, "item_1", "one")
    leg.end(1000)

    def fail(*_: object) -> None:
        raise StorageUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(library.catalog, "put", fail)
        with pytest.raises(StorageUnavailable):
            follower.tick()
    assert texts(library) == []
    assert [ended.id for ended in follower.tick().ended] == [leg.conversation]
    assert texts(library) == [["one"]]


DIES = """
import sys, time, earwitness
leg = earwitness.record(provider="openai", conversation="c1", data_dir=sys.argv[1])
item = {"id": "item_1", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}
leg.sent({"type": "conversation.item.create", "item": item})
assert leg.flush()
print(leg.leg, flush=True)
time.sleep(60)
"""


def test_a_recorder_that_is_killed_leaves_a_partial_conversation_that_says_so(tmp_path, library):
    follower = library.follower()
    child = subprocess.Popen([sys.executable, "-c", DIES, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with child:
        assert child.stdout is not None
        leg = child.stdout.readline().strip()
        assert follower.tick().ended == ()
        assert library.conversation("latest").row.status == Status.ACTIVE
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    [folder] = leg_folders(library.journal_root)
    [segment] = folder.glob("*.ewj")
    with segment.open("ab") as file:
        file.write(os.urandom(100))  # what a write that was cut short leaves
    [ended] = follower.tick().ended
    assert (ended.status, [each.id for each in ended.legs]) == (Status.PARTIAL, [leg])
    assert "crash" in ended.reasons
    assert {(gap.reason, gap.byte_count) for gap in ended.gaps} == {("torn", 100), ("crash", None)}
    assert texts(library) == [["Hi"]]
    codes = {reason["code"] for reason in library.conversation("latest").health()["reasons"]}
    assert codes >= {"gap_crash", "gap_torn"}
    check_rebuild(library)
    assert any(artifact.name == LAST_MADE for artifact in library.conversation("latest").artifacts())


def test_a_leg_of_which_no_record_was_kept_is_not_looked_at_for_ever(tmp_path, library):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.end(0)
    for segment in Path(leg.folder).glob("*.ewj"):
        segment.write_bytes(b"")
    follower = library.follower()
    follower.tick()
    assert follower._legs == {}
    assert texts(library) == []
