"""The clocks and the ids made from them."""

from datetime import UTC, datetime

from earwitness.clock import NS_PER_S, ManualClock, SystemClock, rfc3339, uuid7


def test_the_machines_clock_gives_both_times_of_one_moment() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert second.monotonic_ns >= first.monotonic_ns
    year = datetime.fromtimestamp(first.wall_ns / NS_PER_S, UTC).year
    assert 2024 <= year < 2200


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(wall_ns=5, monotonic_ns=7)
    assert clock.now() == clock.now() == (7, 5)
    assert clock.advance(10) == (17, 15)
    assert clock.now() == (17, 15)


def test_an_id_is_a_version_7_uuid_that_carries_its_millisecond() -> None:
    made = uuid7(wall_ns=0x0123456789AB * 1_000_000 + 999_999)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == 0x0123456789AB


def test_later_ids_sort_after_earlier_ones() -> None:
    ids = [str(uuid7(wall_ns=ms * 1_000_000)) for ms in range(1_700_000_000_000, 1_700_000_000_200)]
    assert ids == sorted(ids)


def test_ids_of_one_millisecond_differ() -> None:
    assert len({uuid7(wall_ns=1) for _ in range(10_000)}) == 10_000


def test_a_date_is_utc_with_six_digits_even_where_they_are_zero() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00.000000Z"
    assert rfc3339(1_763_649_022 * NS_PER_S + 123_456_789) == "2025-11-20T14:30:22.123456Z"
