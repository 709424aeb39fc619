"""Memory is bounded; what does not fit is counted, and one gap stands in its place."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.clock import Instant
from earwitness.journal.backlog import Backlog, Budget, Draft, Limits
from earwitness.journal.block import BLOCK_BYTES, MAX_PAYLOAD_BYTES, RECORD_BYTES, pack_record_header
from earwitness.journal.record import Gap, Kind, Origin


def add(backlog: Backlog, size: int, reason: str = "overrun") -> int:
    at = Instant(backlog.next_number, backlog.next_number)
    return backlog.add(at, Origin.CLIENT, Kind.BINARY, bytes(size), reason)


def bytes_of(drafts: list[Draft]) -> bytes:
    return b"".join(chunk for draft in drafts for chunk in draft.chunks)


def gap_of(draft: Draft) -> Gap | None:
    if draft.chunks[0][-1] != Kind.GAP:
        return None
    return msgspec.json.decode(draft.chunks[1], type=Gap)


def test_records_gather_in_one_block_until_it_is_full() -> None:
    backlog = Backlog(Budget(Limits()))
    for _ in range(100):
        add(backlog, 1000)
    drafts = backlog.take()
    assert [draft.first for draft in drafts] == [0, 64]
    assert all(draft.size_bytes <= BLOCK_BYTES for draft in drafts)
    assert sum(draft.record_count for draft in drafts) == 100
    assert backlog.take() == []


def test_a_record_bigger_than_a_block_stands_alone() -> None:
    backlog = Backlog(Budget(Limits()))
    for size in (10, 2 * BLOCK_BYTES, 10):
        add(backlog, size)
    assert [(draft.first, draft.record_count, draft.until) for draft in backlog.take()] == [
        (0, 1, 1),
        (1, 1, 2),
        (2, 1, 3),
    ]


def test_what_is_taken_counts_until_it_is_released() -> None:
    budget = Budget(Limits(leg_bytes=10_000))
    backlog = Backlog(budget)
    while not backlog.is_dropping:
        add(backlog, 1000)
    (draft,) = backlog.take()
    assert backlog.is_dropping
    assert backlog.held_bytes == budget.held_bytes == draft.size_bytes
    backlog.release(draft.size_bytes)
    assert budget.held_bytes == 0
    (gap_draft,) = backlog.take()
    gap = gap_of(gap_draft)
    assert gap is not None
    assert (gap.first, gap.count, gap.lost_bytes, gap_draft.until) == (10, 1, 1000, 11)
    assert not backlog.is_dropping


def test_one_leg_that_is_stuck_leaves_room_for_the_others() -> None:
    budget = Budget(Limits(leg_bytes=10_000, total_bytes=100_000))
    stuck, other = Backlog(budget), Backlog(budget)
    for _ in range(1000):
        add(stuck, 1000)
    assert stuck.lost_records == 990
    for _ in range(10):
        add(other, 1000)
    assert other.lost_records == 0


def test_one_big_message_does_not_fill_its_leg() -> None:
    backlog = Backlog(Budget(Limits()))
    add(backlog, 16 << 20)
    assert [add(backlog, 100) for _ in range(50)] == list(range(1, 51))
    assert backlog.lost_records == 0
    for draft in backlog.take():
        backlog.release(draft.size_bytes)
    assert backlog.held_bytes == 0
    while not backlog.is_dropping:
        add(backlog, 1000)
    assert backlog.held_bytes < (4 << 20) + 2000


def test_a_message_no_reader_would_believe_is_a_gap() -> None:
    backlog = Backlog(Budget(Limits()))
    add(backlog, MAX_PAYLOAD_BYTES + 1)
    add(backlog, 1)
    gap_draft, draft = backlog.take()
    gap = gap_of(gap_draft)
    assert gap is not None
    assert (gap.first, gap.count, draft.first) == (0, 1, 1)


STEPS = st.lists(st.tuples(st.sampled_from(["add", "lose", "take", "release"]), st.integers(0, 3000)))


@settings(max_examples=300)
@given(STEPS)
def test_every_number_is_a_record_or_in_one_gap_and_memory_is_bounded(
    steps: list[tuple[str, int]],
) -> None:
    budget = Budget(Limits(leg_bytes=8000, total_bytes=20_000))
    backlog = Backlog(budget)
    done: list[Draft] = []
    waiting: list[Draft] = []
    for step, size in steps:
        if step == "add":
            add(backlog, size)
        elif step == "lose":
            backlog.drop(Instant(0, 0), 1 + size % 5, size, "overrun")
        elif step == "take":
            waiting += backlog.take()
        elif waiting:
            done.append(waiting.pop(0))
            backlog.release(done[-1].size_bytes)
        assert backlog.held_bytes <= 8000 + 3000 + 2 * RECORD_BYTES + 1000
    backlog.settle(at_any_cost=True)
    done += waiting + backlog.take()
    number = lost = 0
    for draft in done:
        assert draft.first == number
        gap = gap_of(draft)
        if gap is None:
            assert draft.until == number + draft.record_count
        else:
            assert (gap.first, draft.record_count, draft.until) == (number, 1, number + (gap.count or 0))
            lost += gap.count or 0
        number = draft.until
    assert (number, lost) == (backlog.next_number, backlog.lost_records)


@settings(max_examples=200)
@given(
    st.lists(st.lists(st.sampled_from([1, 500, 3_000, BLOCK_BYTES]), min_size=1, max_size=9), max_size=12),
    st.sampled_from([8_000, 200_000]),
    st.lists(st.booleans(), min_size=12, max_size=12),
)
def test_records_that_come_together_are_kept_and_counted_as_if_they_came_one_by_one(
    batches: list[list[int]], leg_bytes: int, is_taken: list[bool]
) -> None:
    one_by_one, together = (Backlog(Budget(Limits(leg_bytes=leg_bytes))) for _ in range(2))
    for batch, takes in zip(batches, is_taken, strict=False):
        parts: list[bytes] = []
        for size in batch:
            number = add(one_by_one, size)
            parts += (pack_record_header(size, number, number, Origin.CLIENT, Kind.BINARY), bytes(size))
        together.extend(parts, sum(map(len, parts)), "overrun")
        assert together.next_number == one_by_one.next_number
        assert together.held_bytes == one_by_one.held_bytes
        if takes:
            wanted, got = one_by_one.take(), together.take()
            assert bytes_of(wanted) == bytes_of(got)
            assert all(draft.size_bytes <= BLOCK_BYTES or draft.record_count == 1 for draft in got)
            for draft in wanted:
                one_by_one.release(draft.size_bytes)
            for draft in got:
                together.release(draft.size_bytes)
    assert bytes_of(one_by_one.take()) == bytes_of(together.take())
    assert together.lost_records == one_by_one.lost_records
