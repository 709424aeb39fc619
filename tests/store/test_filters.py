from datetime import UTC, datetime

import pytest

from earwitness.errors import InvalidInput
from earwitness.store.filters import Filters, conditions, values

GIVEN = Filters(
    ids=("one", "two"),
    provider="openai",
    subject="RID001",
    label="pilot",
    status="complete",
    outcome="sold",
    route="openai",
    agent="desk",
    since=datetime(2026, 1, 1, tzinfo=UTC),
    until=datetime(2026, 2, 1, tzinfo=UTC),
    min_messages=0,
    min_duration_s=1.5,
    max_duration_s=90,
    min_health=0,
    health_reason="gap_overrun",
    max_health=100,
    min_sentiment=0,
    max_sentiment=50,
)


def test_every_filter_there_is_becomes_a_condition_and_its_value() -> None:
    names = set(Filters.__struct_fields__) - {"workspace"}
    assert values(GIVEN).keys() == names | {"derived_outcome"}  # said or found, either will do
    assert len(conditions(names)) == len(names)
    assert all(len(conditions({name})) == 1 for name in names)
    assert values(GIVEN)["min_duration_s"] == 1500


def test_filters_that_are_not_given_ask_nothing() -> None:
    assert values(Filters()) == {}
    assert conditions(()) == []


@pytest.mark.parametrize("wrong", [Filters(status="gone"), Filters(since=datetime(2026, 1, 1))])
def test_what_cannot_be_asked_is_refused_with_a_hint(wrong: Filters) -> None:
    with pytest.raises(InvalidInput) as refused:
        values(wrong)
    assert refused.value.hint
