"""The straight line: the same journal, the same conversation, however often and from wherever it is asked."""

import pytest

from earwitness.decoders import decode
from earwitness.journal.reader import read_leg
from earwitness.model.conversation import Status
from earwitness.model.events import AudioArrived, Party
from earwitness.model.fold import Fold
from earwitness.pipeline.line import events, sound_of, tell
from earwitness.redaction.policies import Untouched
from journal_legs import Legs
from recorded import PLAYS, recording


@pytest.mark.parametrize("call", PLAYS, ids=" ".join)
def test_a_journal_is_told_again_as_the_fold_of_its_events_and_the_same_each_time(call):
    recorded = recording().call(*call)
    every = [event for folder in recorded.folders for event in decode(read_leg(folder))]
    fold = Fold(recorded.id)
    for event in sorted(every, key=lambda event: event.seen.at_ns):
        fold.apply(event)
    told = tell(recorded.id, recorded.folders, Untouched()).conversation
    assert told == fold.conversation()
    assert told == tell(recorded.id, recorded.folders, Untouched()).conversation
    assert len(told.legs) == len(recorded.folders)


def test_legs_are_told_in_the_order_of_time_whichever_is_named_first():
    folders = recording().call("twilio", "order").folders
    there, back = ([event.seen for event in events(each)] for each in (folders, folders[::-1]))
    assert len({stamp.leg for stamp in there}) == 2
    assert [stamp.at_ns for stamp in there] == sorted(stamp.at_ns for stamp in there)
    assert sorted(there) == sorted(back)


def test_a_running_leg_is_told_as_far_as_it_came_and_is_not_closed(tmp_path):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(1000, "item_1", "Are you open today?")
        leg.flush()
        running = tell(leg.conversation, [leg.folder], Untouched()).conversation
        assert running.status is Status.ACTIVE
        assert running.legs[0].closed_ns is None
        assert [message.text for message in running.messages] == ["Are you open today?"]
        leg.end(2000)
        ended = tell(leg.conversation, [leg.folder], Untouched()).conversation
        assert (ended.status, ended.ended_ns) == (Status.COMPLETE, 2_000_000_000)


def test_a_leg_that_nobody_writes_any_more_and_that_did_not_end_crashed(tmp_path):
    with Legs(tmp_path) as legs:
        leg = legs.open()
        leg.user(1000, "item_1", "Are you open today?")
    dead = tell(leg.conversation, [leg.folder], Untouched()).conversation
    assert (dead.status, dead.reasons) == (Status.PARTIAL, ("crash",))


def test_audio_bytes_come_as_the_events_count_them():
    recorded = recording().call("twilio", "order")
    source = sound_of(recorded.folders)
    for folder in recorded.folders:
        for party in (Party.CALLER, Party.AGENT):
            counts = [
                event.byte_count
                for event in events([folder])
                if isinstance(event, AudioArrived) and event.party is party
            ]
            assert [len(chunk) for chunk in source(folder.name, party)] == counts
            assert sum(counts) > 8_000
