"""One leg: what a sync vouches for, and who has to wait for what."""

from pathlib import Path
from threading import Barrier, Thread

import pytest

from earwitness.clock import SystemClock
from earwitness.errors import Conflict
from earwitness.journal.reader import read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.journal.recovery import verify
from earwitness.journal.writer import Journal, LegWriter, Limits

CLOCK = SystemClock()


def put(leg: LegWriter, payload: bytes = b"x") -> int:
    return leg.append(CLOCK.now(), Origin.CLIENT, Kind.TEXT, payload)


def test_a_sync_does_not_vouch_for_what_was_lost(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    leg = journal.open_leg("leg-1")
    first = put(leg)
    leg.lost("overrun", 1, 10)
    second = put(leg)
    assert not leg.sync(5, since=first)
    assert leg.sync(5, since=second)
    journal.close()


def test_a_loss_is_told_by_the_next_sync_and_then_no_more(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    leg = journal.open_leg("leg-1")
    put(leg)
    leg.lost("overrun", 1, 10)
    assert not leg.sync(5)
    put(leg)
    assert leg.sync(5)
    journal.close()


def test_many_threads_share_a_leg_and_each_gets_a_true_answer(tmp_path: Path) -> None:
    journal = Journal(tmp_path, limits=Limits(segment_bytes=20_000))
    leg = journal.open_leg("leg-1")
    barrier = Barrier(8)
    answers: list[tuple[int, bool]] = []

    def work(name: int) -> None:
        barrier.wait()
        for turn in range(50):
            number = put(leg, b"%d-%d" % (name, turn))
            answers.append((number, leg.sync(10, since=number)))

    threads = [Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number for number, _ in answers) == list(range(400))
    assert all(is_synced for _, is_synced in answers)
    by_number = {record.number: record.payload for record in read_leg(leg.folder)}
    assert len(by_number) == 400
    assert set(by_number.values()) == {b"%d-%d" % (name, turn) for name in range(8) for turn in range(50)}
    journal.close()
    assert verify(leg.folder).ok


def test_many_legs_are_synced_together(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    legs = [journal.open_leg(f"leg-{index}") for index in range(40)]
    for turn in range(5):
        for leg in legs:
            put(leg, b"%d" % turn)
        assert all(leg.sync(10) for leg in legs)
    for leg in legs:
        leg.close()
    journal.close()
    for leg in legs:
        assert [record.payload for record in read_leg(leg.folder)] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_leg_closed_without_waiting_is_on_disk_when_the_journal_is_closed(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    leg = journal.open_leg("leg-1")
    put(leg)
    leg.close(timeout_s=0)
    with pytest.raises(Conflict):
        leg.lost("overrun", 1, 1)
    journal.close()
    assert leg.is_closed
    assert len(list(read_leg(leg.folder))) == 1
    with pytest.raises(Conflict):
        journal.open_leg("leg-2")


def test_a_leg_that_holds_much_is_synced_before_its_time(tmp_path: Path) -> None:
    journal = Journal(tmp_path, limits=Limits(sync_ms=600_000))
    leg = journal.open_leg("leg-1")
    assert leg.sync(5)
    condition = leg._shared.condition
    put(leg, bytes(100))
    with condition:
        assert not condition.wait_for(lambda: not leg.backlog.held_bytes, 0.3)
    for _ in range(5):
        put(leg, bytes(60_000))
    with condition:
        assert condition.wait_for(lambda: not leg.backlog.held_bytes, 5)
    journal.close()
