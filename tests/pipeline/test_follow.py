"""Following journals: rows while the call runs, legs that find each other, recorders that die."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from earwitness.errors import StorageUnavailable
from earwitness.journal.reader import leg_folders
from earwitness.library import Library
from earwitness.model.conversation import Status
from earwitness.model.events import MessageClosed
from earwitness.pipeline.finish import LAST_MADE
from earwitness.pipeline.line import events
from earwitness.settings import Settings
from earwitness.store import legs as known_legs
from journal_legs import Legs
from recorded import PLAYS, recording

LINK = ("conversation:c1",)


@pytest.fixture
def library(tmp_path):
    library = Library(Settings(data_dir=str(tmp_path)))
    yield library
    library.catalog.close()


@pytest.fixture
def legs(tmp_path):
    with Legs(tmp_path, began_s=time.time()) as legs:
        yield legs


def texts(library):
    """What each conversation of the catalog says, oldest first."""
    rows = library.conversations(sort="oldest")
    return [[message.text for message in recorded.messages()] for recorded in rows]


def check_rebuild(library):
    """What was followed is what a rebuild gives."""
    for workspace, conversation in library.due():
        library.finish(workspace, conversation)
    before = library.catalog.dump()
    library.reindex()
    assert library.catalog.dump() == before


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


# -- legs that belong together -----------------------------------------------------------------------


@pytest.mark.parametrize("ends_first", [0, 1])
@pytest.mark.parametrize("is_in_one_tick", [True, False])
def test_two_legs_with_a_link_are_one_conversation_in_the_order_of_time(
    legs, library, ends_first, is_in_one_tick
):
    follower = library.follower()
    both = [legs.open(links=LINK), legs.open(ms=10, links=LINK)]
    both[1].assistant(100, "item_1", "Pizza place, hello.")
    both[1].flush()
    if not is_in_one_tick:
        follower.tick()
    both[0].user(1000, "item_a", "Hello.")
    both[ends_first].end(2000)
    follower.tick()
    assert library.conversation("latest").row.status == Status.ACTIVE
    both[1 - ends_first].end(3000)
    [ended] = follower.tick().ended
    assert ended.id == both[0].conversation
    assert [leg.id for leg in ended.legs] == [both[0].leg, both[1].leg]
    assert texts(library) == [["Pizza place, hello.", "Hello."]]
    check_rebuild(library)


def test_a_link_that_comes_late_in_twilios_start_joins_what_was_two(legs, library):
    follower = library.follower()
    voice = legs.open(links=LINK)
    voice.assistant(50, "item_1", "Pizza place, hello.")
    phone = legs.open("twilio", ms=60)
    phone.client(70, {"event": "connected", "protocol": "Call", "version": "1.0.0"})
    phone.flush()
    voice.flush()
    follower.tick()
    assert len(texts(library)) == 2
    parameters = {"ew_conversation": "c1"}
    start = {"streamSid": "MZ1", "accountSid": "AC1", "callSid": "CA1", "customParameters": parameters}
    phone.client(80, {"event": "start", "streamSid": "MZ1", "start": start})
    phone.flush()
    follower.tick()
    assert texts(library) == [["Pizza place, hello."]]
    voice.end(200)
    phone.end(300)
    [ended] = follower.tick().ended
    assert (ended.id, {leg.provider for leg in ended.legs}) == (voice.conversation, {"openai", "twilio"})
    check_rebuild(library)


def test_three_conversations_become_one_when_the_third_knows_both(legs, library):
    follower = library.follower()
    first, second = legs.open(links=("call:1",)), legs.open(ms=5, links=("conversation:1",))
    first.user(10, "item_1", "one")
    second.user(500, "item_2", "two")
    third = legs.open(ms=800, links=("call:1", "conversation:1"))
    third.user(1000, "item_3", "three")
    for leg in (first, second, third):
        leg.end(2000)
    follower.tick()
    assert texts(library) == [["one", "two", "three"]]
    check_rebuild(library)


def test_a_leg_that_joins_an_ended_conversation_opens_it_again_and_its_files_are_made_anew(legs, library):
    follower = library.follower()
    first = legs.open(links=LINK)
    first.user(0, "item_1", "one")
    first.end(1000)
    follower.tick()
    library.finish("default", first.conversation)
    _, read = library.conversation("latest").stored("summary.txt")
    old = b"".join(read(0, 1 << 20))
    second = legs.open(ms=2000, links=LINK)
    second.user(2100, "item_2", "two")
    second.flush()
    follower.tick()
    recorded = library.conversation(first.conversation)
    assert (recorded.row.status, recorded.artifacts()) == (Status.ACTIVE, ())
    assert list(library.objects.list("")) == []
    assert texts(library) == [["one", "two"]]
    second.end(3000)
    follower.tick()
    assert library.due() == (("default", first.conversation),)
    library.finish("default", first.conversation)
    _, read = library.conversation("latest").stored("summary.txt")
    assert b"two" not in old
    assert b"two" in b"".join(read(0, 1 << 20))
    check_rebuild(library)


def test_two_workspaces_never_join_whatever_they_link(legs, library):
    follower = library.follower()
    ours, theirs = legs.open(links=LINK), legs.open(ms=5, links=LINK, workspace="other")
    ours.user(10, "item_1", "ours")
    theirs.user(20, "item_2", "theirs")
    for leg in (ours, theirs):
        leg.end(1000)
    follower.tick()
    assert texts(library) == [["ours"]]
    assert texts(library.of_workspace("other")) == [["theirs"]]
    again = library.of_workspace("other")
    assert [r.id for r in again.conversations()] == [theirs.conversation]
    late = legs.open(ms=2000, links=LINK, workspace="other")
    late.end(2100)
    [ended] = follower.tick().ended
    assert ended.id == theirs.conversation
    check_rebuild(library)


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
