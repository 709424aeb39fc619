"""The frozen conversation: one clock, one order, cheap to look at."""

from earwitness.model.events import (
    AudioArrived,
    LegOpened,
    MessageOpened,
    Party,
    Role,
    SpeechStarted,
    Stamp,
    TextArrived,
)
from earwitness.model.fold import Fold
from scripted import EPOCH_NS, MS, PCM24, Script, bytes_of, times


def test_the_clock_begins_with_the_first_leg_in_whatever_order_legs_come() -> None:
    call = Script()
    call.phone(at_ms=500).caller(1000, 1200, media_ms=0)
    call.leg(at_ms=200)
    fold = Fold("c")
    for event in call.events:
        fold.apply(event)
        fold.conversation()
    seen = fold.conversation()

    assert seen.began_at_ns == EPOCH_NS + 200 * MS
    assert [(leg.id, leg.opened_ns // MS) for leg in seen.legs] == [("ai", 0), ("phone", 300)]
    assert times(seen, Party.CALLER) == [(800, 1000)]


def test_messages_of_two_legs_are_ordered_by_when_they_were_said() -> None:
    call = Script()
    first, second = call.leg("first"), call.leg("second")
    for at_ms, leg, item in (
        (1000, first, "f1"),
        (1500, second, "s1"),
        (2000, first, "f2"),
        (2500, second, "s2"),
    ):
        leg.message(at_ms, item, Role.USER, item)

    assert [message.item for message in call.conversation().messages] == ["f1", "s1", "f2", "s2"]


def test_inside_a_leg_the_chain_of_items_comes_before_time() -> None:
    call = Script()
    ai, other = call.leg(), call.leg("other")
    ai(1000, MessageOpened, item="b", role=Role.USER, is_first=True)
    ai(3000, MessageOpened, item="a", role=Role.USER, is_first=True)
    other.message(2000, "o", Role.USER, "o")

    assert [message.item for message in call.conversation().messages] == ["o", "a", "b"]


def test_what_did_not_change_is_not_made_again() -> None:
    call = Script()
    ai = call.leg()
    ai.message(1000, "u1", Role.USER, "hello")
    ai.agent(1100, 500, "a1")
    ai.message(1200, "a1", Role.ASSISTANT, "hi")
    fold = call.fold()
    before = fold.conversation()
    assert fold.conversation() is before
    fold.apply(
        TextArrived(seen=Stamp("ai", 99, EPOCH_NS + 2000 * MS), item="a1", text="hi there", is_whole=True)
    )
    after = fold.conversation()

    assert after.messages[0] is before.messages[0]
    assert after.tracks[Party.AGENT].spans[0] is before.tracks[Party.AGENT].spans[0]
    assert [message.text for message in after.messages] == ["hello", "hi there"]
    assert [message.text for message in before.messages] == ["hello", "hi"]


def test_a_conversation_without_events_is_empty() -> None:
    seen = Fold("c").conversation()

    assert (seen.id, seen.legs, seen.messages, seen.duration_ns) == ("c", (), (), 0)


def test_a_leg_whose_opening_was_lost_is_still_shown() -> None:
    fold = Fold("c")
    fold.apply(SpeechStarted(seen=Stamp("ai", 7, 5000), party=Party.CALLER))
    seen = fold.conversation()
    assert ([leg.id for leg in seen.legs], seen.began_at_ns) == (["ai"], 5000)

    fold.apply(
        LegOpened(
            seen=Stamp("b", 0, 9000), provider="openai", way="tap", route="r", conversation="c", workspace="w"
        )
    )
    assert fold.conversation().began_at_ns == 9000
    assert fold.conversation().workspace == "w"


def test_a_running_call_is_as_long_as_what_was_seen_of_it() -> None:
    call = Script()
    ai = call.leg()
    ai(4_200, SpeechStarted, party=Party.CALLER, media_ms=0)
    running = call.conversation()
    assert running.ended_ns is None
    assert running.duration_ns == 4_200 * MS
    ai.close(5_000)
    assert call.conversation().duration_ns == 5_000 * MS


def test_a_call_ends_with_its_last_leg_or_where_sound_ends_that_came_faster_than_it_is_spoken() -> None:
    call = Script()
    ai = call.leg()
    for at_ms in range(0, 1_000, 50):  # ten seconds in one, as from a file
        ai(at_ms, AudioArrived, party=Party.CALLER, byte_count=bytes_of(500, PCM24))
    ai(990, SpeechStarted, party=Party.CALLER, item="u1", media_ms=8_000)
    ai.message(995, "u1", Role.USER, "What I said last.")
    ai.close(1_000)
    seen = call.conversation()
    [begin, end] = [times(seen, Party.CALLER)[0][0], times(seen, Party.CALLER)[-1][1]]
    assert end - begin == 10_000
    assert seen.ended_ns == end * MS
    assert 0 <= seen.messages[0].started_ns < seen.ended_ns
