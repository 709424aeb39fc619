"""Legs joined and split by hand: nothing is lost, everything is told again, and it holds over a rebuild."""

import pytest

from earwitness.errors import Conflict, InvalidInput, NotFound
from earwitness.journal.reader import leg_folders
from earwitness.library import Library
from earwitness.model.conversation import Status
from earwitness.privacy.audit import AuditQuery
from earwitness.store.annotations import NewAnnotation
from earwitness.store.lock import FolderLock
from recorded import as_it_was, copy_of, recording


def call(legs, ms, words, end=True, **opened):
    leg = legs.open(ms=ms, **opened)
    leg.user(ms + 100, f"item_{ms}", words)
    if end:
        leg.end(ms + 1000)
    leg.flush()
    return leg


def told(library):
    """Of each conversation its id, its words and what joined its legs; oldest first."""
    return [
        (one.id, [m.text for m in one.messages()], [leg.joined_by for leg in one.legs()])
        for one in library.conversations(sort="oldest")
    ]


def check_rebuild(library):
    """A rebuild gives what stands in the catalog, and no journal was touched."""
    assert library.due() == ()
    before, size = library.catalog.dump(), total(library)
    library.reindex()
    assert library.catalog.dump().splitlines() == before.splitlines()
    assert total(library) == size


def total(library):
    folders = leg_folders(library.journal_root)
    return sum(file.stat().st_size for folder in folders for file in folder.iterdir())


def test_two_calls_that_share_no_link_are_joined_and_are_two_again_when_that_is_undone(legs, library):
    one, other = call(legs, 0, "Hello."), call(legs, 500, "Is it late?")
    library.catch_up()
    before = told(library)
    joined = library.join(one.conversation, [other.conversation], reason="same call")
    assert joined == (one.conversation, True)
    assert told(library) == [(one.conversation, ["Hello.", "Is it late?"], [None, "hand:system"])]
    [recorded] = library.conversations()
    assert recorded.row.status == Status.COMPLETE
    assert [leg["joined_by"] for leg in recorded.document()["legs"]] == [None, "hand:system"]
    assert "joined by hand:system" in recorded.summary()
    with pytest.raises(NotFound):
        library.conversation(other.conversation)
    check_rebuild(library)
    assert library.split(one.conversation, [other.leg[:-4]]) == (other.conversation, True)
    assert told(library) == [(name, words, ["hand:system"]) for name, words, _ in before]
    check_rebuild(library)
    verbs = [
        (e.action, e.facts["legs"]) for e in library.trail(AuditQuery()) if e.action in ("join", "split")
    ]
    assert sorted(verbs) == [("join", [other.leg]), ("split", [other.leg])]


def test_what_a_link_joined_is_split_off_and_stays_so(legs, library):
    one, other = (call(legs, ms, words, links=("call:1",)) for ms, words in ((0, "Hello."), (500, "Late.")))
    library.catch_up()
    assert told(library) == [(one.conversation, ["Hello.", "Late."], [None, "link:call:1"])]
    assert library.split(one.conversation, [other.leg]) == (other.conversation, True)
    apart = [
        (leg.conversation, [words], ["hand:system"]) for leg, words in ((one, "Hello."), (other, "Late."))
    ]
    assert told(library) == apart
    check_rebuild(library)
    library.join(one.conversation, [other.conversation])
    assert told(library) == [(one.conversation, ["Hello.", "Late."], ["hand:system", "hand:system"])]
    library.split(one.conversation, [other.leg])
    assert told(library) == apart


def test_the_leg_that_began_a_conversation_is_split_off_under_a_new_name(legs, library):
    one, other = (call(legs, ms, words, links=("call:1",)) for ms, words in ((0, "Hello."), (500, "Late.")))
    library.catch_up()
    split, is_done = library.split(one.conversation, [one.leg])
    assert is_done
    assert split not in (one.conversation, other.conversation)
    apart = {(split, ("Hello.",)), (one.conversation, ("Late.",))}
    assert {(name, tuple(words)) for name, words, _ in told(library)} == apart
    check_rebuild(library)


def test_what_comes_late_goes_where_its_call_was_put_by_hand(legs, library):
    one = call(legs, 0, "Hello.", links=("call:1",))
    other = call(legs, 500, "Late.", links=("call:2",))
    library.catch_up()
    library.join(one.conversation, [other.conversation])
    late = call(legs, 5000, "Later.", links=("call:2",))
    library.catch_up()
    [(name, words, joined)] = told(library)
    assert (name, words) == (one.conversation, ["Hello.", "Late.", "Later."])
    assert joined == [None, "hand:system", "link:call:2"]
    check_rebuild(library)
    library.split(one.conversation, [other.leg, late.leg])
    assert [words for _, words, _ in told(library)] == [["Hello."], ["Late.", "Later."]]
    check_rebuild(library)


def test_what_was_put_by_hand_draws_no_others_together(legs, library):
    one, other = (call(legs, ms, words, links=("call:1",)) for ms, words in ((0, "Hello."), (500, "Late.")))
    library.catch_up()
    library.split(one.conversation, [other.leg])
    call(legs, 5000, "Later.", links=("call:1",))
    library.catch_up()
    assert [words for _, words, _ in told(library)] == [["Hello.", "Later."], ["Late."]]
    check_rebuild(library)


def test_running_calls_are_joined_and_split_while_they_run(legs, library, monkeypatch):
    monkeypatch.setattr("earwitness.desk.grouping.PATIENCE_S", 0)
    follower = library.follower()
    one, other = call(legs, 0, "Hello.", end=False), call(legs, 500, "Late?", end=False)
    with FolderLock(library.data_path):  # a server follows the journals
        follower.tick()
        assert not library.join(one.conversation, [other.conversation]).is_done
        other.user(2000, "item_2", "Are you there?")
        other.flush()
        follower.tick()
        assert [words for _, words, _ in told(library)] == [["Hello.", "Late?", "Are you there?"]]
        library.split(one.conversation, [other.leg])
        follower.tick()
        assert [words for _, words, _ in told(library)] == [["Hello."], ["Late?", "Are you there?"]]
        for leg in (one, other):
            leg.end(4000)
        assert {ended.id for ended in follower.tick().ended} == {one.conversation, other.conversation}
    library.catch_up()
    check_rebuild(library)


def test_two_legs_of_a_real_call_are_the_same_call_after_a_split_and_a_join(tmp_path):
    phone_call = recording().call("twilio", "barge_in").id
    library = Library(as_it_was(copy_of(recording(), tmp_path)))
    before = library.conversation(phone_call).document()
    assert [leg["provider"] for leg in before["legs"]] == ["twilio", "openai"]
    cut = [m for m in before["messages"] if m["status"] == "interrupted"]
    assert cut
    assert all(m["heard_text"] != m["text"] for m in cut)  # meant by one leg, heard on the other
    voice_ai = before["legs"][1]["id"]
    apart, _ = library.split(phone_call, [voice_ai])
    assert [leg.id for leg in library.conversation(apart).legs()] == [voice_ai]
    library.join(phone_call, [apart])
    after = library.conversation(phone_call).document()
    assert [leg.pop("joined_by") for leg in after["legs"]] == ["hand:system", "hand:system"]
    assert [str(leg.pop("joined_by"))[:5] for leg in before["legs"]] == ["None", "link:"]
    assert after == before
    library.catalog.close()


# -- what may not be -------------------------------------------------------------------------------------


@pytest.fixture
def both(legs, library):
    """Two calls that are over, by leg."""
    both = call(legs, 0, "Hello.", subject="RID1"), call(legs, 500, "Late.")
    library.catch_up()
    return both


def test_what_is_held_or_waits_for_its_erasure_stays_as_it_is(library, both):
    one, other = both
    library.hold(other.conversation, reason="case 1")
    with pytest.raises(Conflict, match="held"):
        library.join(one.conversation, [other.conversation])
    assert library.erase(other.conversation).state == "deferred"
    library.holds.remove("default", other.conversation)
    with pytest.raises(Conflict, match="erased"):
        library.join(other.conversation, [one.conversation])
    assert len(told(library)) == 2


def test_calls_of_two_people_are_not_joined(legs, library, both):
    third = call(legs, 9000, "I am another.", subject="RID2")
    library.catch_up()
    with pytest.raises(Conflict, match="two people"):
        library.join(both[0].conversation, [third.conversation])


def test_what_makes_no_sense_is_refused_and_changes_nothing(library, both):
    one, other = both
    before = told(library)
    with pytest.raises(InvalidInput, match="with which"):
        library.join(one.conversation, [one.conversation])
    with pytest.raises(NotFound):
        library.join(one.conversation, ["0199ffff"])
    with pytest.raises(NotFound, match="no leg"):
        library.split(one.conversation, [other.leg])
    with pytest.raises(Conflict, match="nothing would stay"):
        library.split(one.conversation, [one.leg])
    with pytest.raises(InvalidInput, match="which legs"):
        library.split(one.conversation, [])
    library.join(one.conversation, [other.conversation])
    with pytest.raises(InvalidInput, match="more than one leg"):
        library.split(one.conversation, [one.leg[:8]])
    library.split(one.conversation, [other.leg])
    assert [words for _, words, _ in told(library)] == [words for _, words, _ in before]


def test_what_people_said_of_a_call_and_a_hold_on_it_go_along_when_it_becomes_part_of_another(legs, library):
    one, other = call(legs, 0, "Hello.", links=("call:1",)), call(legs, 500, "Late.", links=("call:2",))
    library.catch_up()
    library.conversation(other.conversation).annotate(NewAnnotation(kind="note", text="odd"))
    library.hold(other.conversation, reason="case 1")
    call(legs, 9000, "Both.", links=("call:1", "call:2"))
    library.catch_up()
    [joined] = library.conversations()
    assert joined.id == one.conversation
    assert [row.text for row in joined.annotations()] == ["odd"]
    assert [hold.conversation_id for hold in library.holds.list("default")] == [one.conversation]


def test_an_erased_conversation_takes_along_who_put_what_there(library, both):
    one, other = both
    library.join(one.conversation, [other.conversation])
    assert library.erase(one.conversation).state == "done"
    assert told(library) == []
    assert list(leg_folders(library.journal_root)) == []
    assert "hand" not in library.catalog.dump()
    library.reindex()
    assert told(library) == []
