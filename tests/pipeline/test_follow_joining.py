"""Following journals: legs that find each other, early, late, and after the call is over."""

import pytest

from by_hand import LINK, check_rebuild, texts
from earwitness.model.conversation import Status


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


@pytest.mark.parametrize("named_by", ["link", "id"])
def test_a_leg_that_joins_an_ended_conversation_opens_it_again_and_its_files_are_made_anew(
    legs, library, named_by
):
    follower = library.follower()
    first = legs.open(links=LINK)
    first.user(0, "item_1", "one")
    first.end(1000)
    follower.tick()
    library.finish("default", first.conversation)
    _, read = library.conversation("latest").stored("summary.txt")
    old = b"".join(read(0, 1 << 20))
    named = {"links": LINK} if named_by == "link" else {"conversation": first.conversation}
    second = legs.open(ms=2000, **named)
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
