"""What `attach` gives back, and how little the program it runs in feels of it."""

import logging
import os
import subprocess
import sys
import time

import pytest

import earwitness
from earwitness.integrations.attached import Attached
from earwitness.journal.reader import is_live, leg_folders, read_leg
from earwitness.journal.record import Ended, Kind, Origin
from taps import ended, seen

SAID = '{"type":"conversation.item.added","item":{"id":"i1","type":"message","role":"user","content":%s}}'
HELLO = SAID % '[{"type":"input_text","text":"hello"}]'
CALL = (
    '{"type":"response.output_item.done","response_id":"r1","output_index":0,"item":{"id":"f1",'
    '"type":"function_call","call_id":"c1","name":"look","arguments":"{}","status":"completed"}}'
)


def begun(folder):
    given = {"conversation": None, "subject": None, "labels": (), "metadata": None, "clock": None}
    return Attached.begin(provider="openai", data_dir=folder, path="/v1/realtime?model=m", **given)


def records_in(folder):
    [leg] = leg_folders(folder / "journal")
    return list(read_leg(leg))


def test_analytics_of_a_running_leg_are_spelt_as_other_loggers_spell_them(tmp_path):
    with begun(tmp_path) as leg:
        leg.received(HELLO)
        leg.received(CALL)
        found = leg.analytics()
    assert found == {
        "totalMessages": 2,
        "messageTypes": {"message": 1, "function_call": 1},
        "conversationFlow": {"userInitiated": 1, "agentInitiated": 0, "toolCalls": 1},
        "duration": {"seconds": 0, "formatted": "00:00:00"},
    }


def test_a_with_block_outlives_the_connection_so_that_its_end_can_be_told(tmp_path):
    with begun(tmp_path) as leg:
        leg.received(HELLO)
        leg.gone(Ended(why="closed", by="server", detail="1000"))
        leg.snapshot("quote_completed")
        leg.end(outcome="quote_completed", satisfaction="high", dataCollected=True)
    assert ended(records_in(tmp_path)).by == "server"
    [recorded] = earwitness.open_library(tmp_path).conversations()
    assert (recorded.row.outcome, recorded.conversation.satisfaction) == ("quote_completed", "high")
    assert "quote_completed" in [snapshot.label for snapshot in recorded.conversation.snapshots]


@pytest.mark.parametrize("is_held", [True, False])
def test_an_object_that_dials_anew_begins_another_leg_of_the_same_conversation(tmp_path, is_held):
    leg = begun(tmp_path)
    if is_held:
        leg.__enter__()
    leg.received(HELLO)
    leg.gone(Ended(why="lost", by="server"))
    leg.again()
    leg.received(HELLO.replace("hello", "again").replace("i1", "i2"))
    leg.close()
    [recorded] = earwitness.open_library(tmp_path).conversations()
    assert [row.text for row in recorded.messages()] == ["hello", "again"]
    assert [each.why_closed for each in recorded.conversation.legs] == ["lost", "done"]


def test_what_was_closed_stays_closed_though_the_object_dials_anew(tmp_path):
    leg = begun(tmp_path)
    leg.gone(Ended(why="closed", by="server"))
    leg.close()
    leg.again()
    leg.received(HELLO)
    assert [record.kind for record in records_in(tmp_path)] == [Kind.OPENED, Kind.ENDED]


def test_what_is_said_after_the_end_is_logged_and_not_raised(tmp_path, caplog):
    leg = begun(tmp_path)
    leg.gone(Ended(why="closed", by="client"))
    with caplog.at_level(logging.WARNING, "earwitness"):
        leg.end(outcome="too late")
    assert "after the leg had ended" in caplog.text


def test_the_end_of_a_connection_waits_for_no_disk(tmp_path, monkeypatch):
    leg = begun(tmp_path)
    leg.received(HELLO)
    waited = []
    close = leg._writer.close
    monkeypatch.setattr(leg._writer, "close", lambda timeout_s: (waited.append(timeout_s), close(timeout_s)))
    leg.gone(Ended(why="closed", by="client"))
    assert waited == [0]
    leg.close()
    assert not is_live(next(iter(leg_folders(tmp_path / "journal"))))
    assert records_in(tmp_path)[-1].kind is Kind.ENDED


FORKED = """
import earwitness, os, sys
folder = sys.argv[1]
leg = earwitness.record(provider="openai", data_dir=folder)
leg.received("before")
if os.fork() == 0:
    leg.received("of the child")
    leg.close()
    own = earwitness.record(provider="openai", data_dir=folder)
    own.received("own of the child")
    own.close()
    sys.exit(0)  # with all that is to be done at exit
assert os.wait()[1] == 0
leg.received("after")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_fork_in_the_middle_leaves_the_parents_leg_whole_and_the_child_begins_its_own(tmp_path):
    started = time.monotonic()
    subprocess.run([sys.executable, "-c", FORKED, str(tmp_path)], check=True, timeout=30)
    assert time.monotonic() - started < 15
    by_leg = [list(read_leg(leg)) for leg in leg_folders(tmp_path / "journal")]
    said = sorted([payload for _, payload in seen(records, Origin.SERVER)] for records in by_leg)
    assert said == [[b"before", b"after"], [b"own of the child"]]
    assert [ended(records).why for records in by_leg] == ["done", "done"]


KILLED = """
import earwitness, os, sys
leg = earwitness.record(provider="openai", data_dir=sys.argv[1], path="/v1/realtime")
leg.received(sys.argv[2])
leg.flush()
os._exit(3)
"""


def test_a_program_that_vanishes_leaves_a_readable_leg_that_says_so(tmp_path):
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), HELLO], check=False, timeout=30)
    [recorded] = earwitness.open_library(tmp_path).conversations()
    assert [row.text for row in recorded.messages()] == ["hello"]
    assert recorded.conversation.legs[0].why_closed == "crash"
