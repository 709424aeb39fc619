from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from earwitness.store.catalog import Catalog
from earwitness.store.schema import workspaces
from earwitness.store.types import clip, microseconds, moment, storable, storable_row


@pytest.mark.parametrize("wall_ns", [0, 1, 999, 1000, 1_763_648_000_123_456_789, 10**18])
def test_a_moment_is_the_nanoseconds_cut_to_microseconds_exactly(wall_ns: int) -> None:
    assert microseconds(moment(wall_ns)) == wall_ns // 1000


def test_a_moment_no_calendar_has_is_the_nearest_it_has() -> None:
    assert moment(10**30) == datetime(9999, 12, 31, tzinfo=UTC)
    assert moment(-(10**30)) == datetime(1970, 1, 1, tzinfo=UTC)


def test_what_json_can_say_is_stored_as_it_is() -> None:
    tree = {"a": [1, 2.5, None, True, "ö \U0001f600"], "b": {"c": "\n\t"}}
    assert storable(tree) == tree


def test_what_no_database_takes_is_replaced() -> None:
    assert storable({1: ("\x00", float("nan"))}) == {"1": ["\ufffd", "nan"]}
    row = {"text": "\udc80", "count": -(10**40), "score": float("inf"), "is_it": True}
    assert storable_row(row) == {"text": "\ufffd", "count": 1 - 2**63, "score": None, "is_it": True}


def test_long_texts_stay_apart_when_they_are_clipped() -> None:
    assert clip("short") == "short"
    assert clip("a" * 240) == "a" * 240
    assert len({clip("a" * 300 + end) for end in ("", "b", "\ud800")}) == 3
    assert len(clip("a" * 10_000)) < 400


def test_a_time_of_any_zone_is_kept_and_compared_in_utc(catalog: Catalog) -> None:
    east = datetime(2026, 11, 20, 1, 30, 0, 5, timezone(timedelta(hours=9)))
    with catalog.database.writing() as connection:
        connection.execute(sa.insert(workspaces), {"id": "w", "created_at": east})
        (found,) = connection.scalars(sa.select(workspaces.c.created_at))
        earlier = sa.select(workspaces.c.id).where(workspaces.c.created_at < east + timedelta(microseconds=1))
        assert connection.scalars(earlier).all() == ["w"]
    assert (found, found.utcoffset()) == (east, timedelta(0))


def test_a_time_without_zone_is_not_taken(catalog: Catalog) -> None:
    row = {"id": "w", "created_at": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
    with catalog.database.writing() as connection, pytest.raises(sa.exc.StatementError):
        connection.execute(sa.insert(workspaces), row)
