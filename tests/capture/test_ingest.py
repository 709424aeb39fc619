"""Saved messages: each is one record, recognised when it comes again, numbered for good."""

from pathlib import Path

import msgspec
import pytest

from earwitness.capture.ingest import link
from earwitness.capture.talk import Kept, TalkKey
from earwitness.clock import ACKNOWLEDGED_STEP, NS_PER_S, ManualClock
from earwitness.errors import Conflict
from earwitness.journal.record import Kind, Opened, Origin, Record
from saving import Desk, Shelf, message


def texts(leg: list[Record]) -> list[str]:
    return [msgspec.json.decode(record.payload)["content"] for record in leg if record.kind is Kind.TEXT]


def opened(leg: list[Record]) -> Opened:
    return msgspec.json.decode(leg[0].payload, type=Opened)


def test_a_message_is_one_record_behind_the_one_that_opens_its_leg(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    entry = desk.save(message("m1", "What is PAD?"))
    desk.save(message("m2", "A disease.", role="assistant"))
    desk.close()
    (leg,) = desk.legs()
    assert [record.kind for record in leg] == [Kind.OPENED, Kind.TEXT, Kind.TEXT, Kind.ENDED]
    assert [record.origin for record in leg[1:3]] == [Origin.CLIENT, Origin.SERVER]
    assert (opened(leg).way, opened(leg).provider, opened(leg).subject) == ("ingest", "elevenlabs", "RID001")
    assert msgspec.json.decode(leg[1].payload) == {
        "message_id": entry.number,
        "role": "user",
        "content": "What is PAD?",
        "said_at_ns": 1_736_352_000_000_000_000,
        "timestamp": "2025-01-08T16:00:00Z",
        "provider_conversation_id": "conv1",
        "provider_message_id": "m1",
    }


def test_a_message_that_comes_again_has_its_number_and_writes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    numbers = {desk.save(message("m1")).number for _ in range(3)}
    desk.close()
    assert len(numbers) == 1
    assert texts(desk.legs()[0]) == ["What is PAD?"]


def test_other_words_under_the_same_id_are_refused_and_not_lost_in_silence(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.save(message("m1", "yes"))
    for other in (message("m1", "no"), message("m1", "yes", role="assistant")):
        with pytest.raises(Conflict):
            desk.save(other)
    desk.close()


@pytest.mark.parametrize(
    "other",
    [{"conversation": "conv2"}, {"subject": "RID002"}, {"provider": "openai"}, {"workspace": "acme"}],
)
def test_the_same_id_elsewhere_is_another_message(tmp_path: Path, other: dict[str, str]) -> None:
    desk = Desk(tmp_path)
    assert desk.save(message("m1")).number != desk.save(message("m1", **other)).number
    desk.close()
    one, two = (set(opened(leg).links) for leg in desk.legs())
    assert opened(desk.legs()[0]).workspace != opened(desk.legs()[1]).workspace or not one & two


def test_without_an_id_the_same_words_of_the_same_moment_are_the_same_message(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    first = desk.save(message(None, "yes")).number
    assert desk.save(message(None, "yes")).number == first
    assert desk.save(message(None, "yes", said_at_ns=1_736_352_001_000_000_000)).number != first
    assert desk.save(message(None, "no")).number != first
    desk.close()


def test_numbers_rise_even_while_the_clock_stands_still_or_was_set_back(tmp_path: Path) -> None:
    clock = ManualClock()
    desk = Desk(tmp_path, clock=clock)
    numbers = [desk.save(message(f"m{i}")).number for i in range(5)]
    clock.advance(-3600 * NS_PER_S)
    numbers.append(desk.save(message("m9")).number)
    desk.close()
    numbers.append(
        Desk(tmp_path / "other", Shelf(Kept(numbers[-1], "x", "user", "x", 0))).save(message()).number
    )
    assert numbers == sorted(set(numbers))
    assert all(number % ACKNOWLEDGED_STEP == 0 and number < 2**53 for number in numbers)


def test_after_a_restart_what_was_saved_is_known_whether_the_catalog_knows_it_or_not(tmp_path: Path) -> None:
    first = Desk(tmp_path)
    number = first.save(message("m1")).number
    first.journal.close()  # as a kill leaves it: the leg has no end
    second = Desk(tmp_path)
    assert second.save(message("m1")).number == number
    later = second.save(message("m2")).number
    second.close()
    third = Desk(tmp_path)
    assert [third.save(message(name)).number for name in ("m1", "m2")] == [number, later]
    third.close()
    assert [texts(leg) for leg in third.legs()] == [["What is PAD?"], ["What is PAD?"], []]
    assert len({link for leg in third.legs() for link in opened(leg).links}) == 1


def test_messages_of_former_days_are_known_from_the_archive(tmp_path: Path) -> None:
    shelf = Shelf(
        Kept(10, "m1", "user", "What is PAD?", 5000),
        Kept(20, "20", "user", "without an id", 1_736_352_000_000_000_000),
    )
    desk = Desk(tmp_path, shelf)
    assert desk.save(message("m1")).number == 10
    assert desk.save(message(None, "without an id")).number == 20
    assert desk.save(message("m3")).number > 20
    assert len(shelf.asked) == 1, "the archive is asked once a conversation"
    desk.close()


def test_a_conversation_without_an_id_ends_when_nothing_more_comes(tmp_path: Path) -> None:
    clock = ManualClock()
    desk = Desk(tmp_path, clock=clock, idle_s=60)
    for name, pause_s in (("m1", 59), ("m2", 61), ("m3", 0)):
        desk.save(message(name, conversation=None))
        clock.advance(pause_s * NS_PER_S)
    desk.close()
    legs = sorted(desk.legs(), key=lambda leg: leg[1].wall_ns)
    assert [len(texts(leg)) for leg in legs] == [2, 1]
    assert opened(legs[0]).conversation != opened(legs[1]).conversation
    assert not opened(legs[0]).links


def test_a_leg_of_which_nothing_comes_is_closed_and_its_conversation_goes_on_in_another(
    tmp_path: Path,
) -> None:
    clock = ManualClock()
    desk = Desk(tmp_path, clock=clock, idle_s=60)
    desk.save(message("m1"))
    clock.advance(61 * NS_PER_S)
    desk.ingest.tidy()
    assert desk.ingest.open_legs == 0
    desk.save(message("m2"))
    desk.close()
    one, two = (opened(leg) for leg in desk.legs())
    assert set(one.links) == set(two.links) != set()


def test_what_the_archive_does_not_know_yet_is_not_forgotten(tmp_path: Path) -> None:
    clock = ManualClock()
    desk = Desk(tmp_path, clock=clock, idle_s=60)
    number = desk.save(message("m1")).number
    for _ in range(3):
        clock.advance(61 * NS_PER_S)
        desk.ingest.tidy()
    assert desk.save(message("m1")).number == number
    assert len(desk.shelf.asked) == 1
    desk.shelf.messages.append(Kept(number, "m1", "user", "What is PAD?", 0))
    desk.ingest.tidy()
    assert desk.save(message("m1")).number == number
    assert len(desk.shelf.asked) == 2, "forgotten, as the archive knows it now"
    desk.close()


def test_no_more_legs_are_open_than_allowed(tmp_path: Path) -> None:
    desk = Desk(tmp_path, most_open_legs=3)
    for number in range(10):
        desk.save(message("m1", conversation=f"conv{number}"))
    assert desk.ingest.open_legs == 3
    desk.save(message("m2", conversation="conv0"))
    desk.close()
    assert sum(len(texts(leg)) for leg in desk.legs()) == 11


def test_nobody_can_name_the_conversation_of_somebody_else() -> None:
    tricky = (
        TalkKey("default", "RID001:elevenlabs", "x", "conv1"),
        TalkKey("default", "RID001", "elevenlabs", "x:conv1"),
    )
    assert link(tricky[0]) != link(tricky[1])


def test_credentials_in_a_message_are_struck_and_the_message_is_still_recognised(tmp_path: Path) -> None:
    secret = "sk-proj-" + "a1B2" * 12
    desk = Desk(tmp_path)
    numbers = {desk.save(message("m1", f"my key is {secret}")).number for _ in range(2)}
    desk.close()
    again = Desk(tmp_path)
    numbers.add(again.save(message("m1", f"my key is {secret}")).number)
    again.close()
    assert len(numbers) == 1
    assert not any(secret.encode() in record.payload for leg in again.legs() for record in leg)
