"""The wire, page by page: in order of time, without sound unless asked, and each record whole on request."""

from typing import Any

import pytest

from earwitness.desk.recorded import Recorded
from earwitness.errors import NotFound
from earwitness.pipeline.wire import PREVIEW, WireQuery
from recorded import recording


@pytest.fixture(scope="module")
def call() -> Recorded:
    return recording().call("twilio", "order")


def every(call: Recorded, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    offset: int | None = 0
    while offset is not None:
        records, offset = call.wire(WireQuery(offset=offset, limit=100, **query))
        found += records
    return found


def test_both_legs_come_in_the_order_of_time_and_every_record_once(call: Recorded) -> None:
    found = every(call, with_sound=True)
    assert len(found) == sum(1 for _ in call.records())
    assert len({(each["leg"], each["number"]) for each in found}) == len(found)
    assert [each["at_ms"] for each in found] == sorted(each["at_ms"] for each in found)
    assert len({each["leg"] for each in found}) == 2


def test_what_carries_sound_is_left_out_unless_asked_for(call: Recorded) -> None:
    without = every(call)
    assert 0 < len(without) < len(every(call, with_sound=True)) / 2
    assert not any('"event":"media"' in each["preview"] for each in without)
    assert max(len(each["preview"]) for each in without) <= PREVIEW


def test_records_are_found_by_what_stands_in_them_and_by_who_sent_them(call: Recorded) -> None:
    found = every(call, find="PLACE_ORDER", origin="server")
    assert found
    assert {each["origin"] for each in found} == {"server"}
    for each in found:
        assert "place_order" in call.wire_record(each["leg"], each["number"])["text"]
    late = every(call, from_ms=5_000)
    assert 0 < len(late) < len(every(call))
    assert late[0]["at_ms"] >= 5_000


def test_a_record_that_is_not_there_is_not_found(call: Recorded) -> None:
    with pytest.raises(NotFound):
        call.wire_record("nowhere", 0)
    with pytest.raises(NotFound):
        call.wire_record(call.folders[0].name, 10**6)
