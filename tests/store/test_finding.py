import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from earwitness.errors import InvalidInput
from earwitness.model.conversation import Status
from earwitness.projections.figures import Figures, Times
from earwitness.store import filters as store_filters
from earwitness.store.catalog import Catalog
from earwitness.store.finding import ConversationQuery, Sort
from earwitness.store.outcomes import put_derived
from earwitness.store.types import moment
from store_calls import BEGAN_NS, SECOND, a_call, a_full_call, an_id

DAY_AND_HOUR = moment(BEGAN_NS)


def found(catalog: Catalog, **filters: object) -> list[int]:
    """The numbers of the calls that are listed, in order."""
    page = catalog.find(msgspec.convert(filters, ConversationQuery))
    return [int(row.id[:8], 16) for row in page.items]


@pytest.fixture(scope="module")
def calls(shared_catalog: Catalog) -> Catalog:
    """1: plain. 2: long. 3: on the telephone, of a subject, with labels. 4: running."""
    shared_catalog.put(a_call(1, count=2))
    shared_catalog.put(a_call(2, count=9))
    shared_catalog.put(a_full_call(3))
    shared_catalog.put(a_call(4, count=1, status=Status.ACTIVE, ended_ns=None))
    return shared_catalog


def test_the_newest_call_comes_first(calls: Catalog) -> None:
    assert found(calls) == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({"provider": "twilio"}, [3]),
        ({"provider": "openai"}, [4, 3, 2, 1]),
        ({"subject": "RID001"}, [3]),
        ({"label": "pilot"}, [3]),
        ({"label": "pilo"}, []),
        ({"status": "complete"}, [2, 1]),
        ({"since": DAY_AND_HOUR + timedelta(minutes=3)}, [4, 3]),
        ({"until": DAY_AND_HOUR + timedelta(minutes=3)}, [2, 1]),
        ({"min_messages": 4}, [3, 2]),
        ({"min_duration_s": 4}, [3, 2]),
        ({"min_duration_s": 4.001}, [2]),
        ({"q": "NUMBER 8"}, [2]),
        ({"q": "number 1", "status": "complete", "min_messages": 3}, [2]),
        ({"outcome": "quote_completed"}, [3]),
        ({"max_duration_s": 2}, [4, 1]),
        ({"min_health": 100}, [4, 2, 1]),
        ({"max_health": 99}, [3]),
        ({"q": '"words number 8"'}, [2]),
        ({"q": "spanish"}, [3]),
        ({"q": "number -words"}, []),
    ],
)
def test_every_filter_keeps_what_it_says_whether_that_is_rare_or_common(
    calls: Catalog, filters: dict[str, object], numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(calls, **filters) == numbers
    monkeypatch.setattr(store_filters, "FEW", -1)
    assert found(calls, **filters) == numbers


@pytest.mark.parametrize(
    ("sort", "numbers"),
    [
        (Sort.OLDEST, [1, 2, 3, 4]),
        (Sort.LONGEST, [2, 3, 1, 4]),
        (Sort.SHORTEST, [4, 1, 3, 2]),
        (Sort.MOST_MESSAGES, [2, 3, 1, 4]),
    ],
)
def test_a_list_has_the_order_that_was_asked_for(calls: Catalog, sort: Sort, numbers: list[int]) -> None:
    assert found(calls, sort=sort.value) == numbers


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_together_are_the_list_also_where_values_are_equal(catalog: Catalog, sort: Sort) -> None:
    for number in range(1, 12):
        catalog.put(replace(a_call(number, count=number % 3), began_at_ns=BEGAN_NS + number // 2 * SECOND))
        took = Times(p50=number, p95=number % 3 * 100)
        figures = Figures(response_ms=took, dead_air_ms=number % 4)
        catalog.put_figures("default", an_id(number), figures, reasons=[])
    whole = found(catalog, sort=sort.value)
    query, paged = ConversationQuery(sort=sort.value, limit=3), list[int]()
    while True:
        page = catalog.find(query)
        paged += [int(row.id[:8], 16) for row in page.items]
        if page.next_cursor is None:
            break
        query = msgspec.structs.replace(query, cursor=page.next_cursor)
    assert paged == whole
    assert sorted(paged) == list(range(1, 12))


def test_calls_are_found_by_how_the_caller_felt(catalog: Catalog) -> None:
    for number, felt in ((1, "negative"), (2, "positive"), (3, None)):
        call = a_call(number, count=2)
        said = tuple(replace(each, sentiment=felt) for each in call.messages)
        catalog.put(replace(call, messages=said))
    assert found(catalog, max_sentiment=49) == [1]
    assert found(catalog, min_sentiment=51) == [2]
    assert found(catalog, min_sentiment=0, max_sentiment=100) == [2, 1]


def test_none_but_those_that_are_named_are_listed(catalog: Catalog) -> None:
    for number in (1, 2, 3):
        catalog.put(a_call(number))
    assert found(catalog, ids=(an_id(1), an_id(3), "no id")) == [3, 1]
    assert found(catalog, ids=()) == []


def test_an_outcome_is_found_whether_the_application_said_it_or_rules_did(catalog: Catalog) -> None:
    for number, told in ((1, "sold"), (2, None), (3, None)):
        call = a_call(number, outcome=told)
        catalog.put(call)
        put_derived(catalog.database, call, "sold" if number == 2 else None)
    assert found(catalog, outcome="sold") == [2, 1]


def test_an_order_by_what_is_measured_lists_only_what_was_measured(catalog: Catalog) -> None:
    for number, p95 in ((1, 900), (2, None), (3, 2_000)):
        catalog.put(a_call(number))
        if p95:
            figures = Figures(response_ms=Times(count=1, p50=p95, p95=p95, longest=p95))
            catalog.put_figures("default", an_id(number), figures, reasons=[])
    assert found(catalog, sort="slowest") == [3, 1]
    assert found(catalog, sort="most_dead_air") in ([3, 1], [1, 3])  # measured, and without any
    assert found(catalog) == [3, 2, 1]


def test_a_page_goes_on_where_the_last_one_ended_though_a_newer_call_has_come(catalog: Catalog) -> None:
    for number in range(1, 5):
        catalog.put(a_call(number))
    first = catalog.find(ConversationQuery(limit=2))
    catalog.put(a_call(9))
    assert first.next_cursor is not None
    assert found(catalog, limit=2, cursor=first.next_cursor) == [2, 1]


SQL = [
    "'; DROP TABLE conversations; --",
    "x' OR '1'='1",
    "started_at;DROP",
    "id DESC--",
    "%' UNION SELECT 1 --",
    '"',
    "\\",
    "\x00",
    "\ud800",
]


@pytest.mark.parametrize("text", SQL)
@pytest.mark.parametrize("name", ["provider", "subject", "label", "outcome", "workspace"])
def test_sql_in_a_filter_is_only_a_text(calls: Catalog, name: str, text: str) -> None:
    assert found(calls, **{name: text}) == []
    assert found(calls) == [4, 3, 2, 1]


@pytest.mark.parametrize("text", SQL)
def test_sql_in_a_search_is_only_words_and_without_words_it_is_refused(calls: Catalog, text: str) -> None:
    if any(letter.isalnum() for letter in text):
        assert found(calls, q=text) == []
    else:
        with pytest.raises(InvalidInput):
            found(calls, q=text)
    assert found(calls) == [4, 3, 2, 1]


@pytest.mark.parametrize("text", SQL)
@pytest.mark.parametrize("name", ["sort", "status", "cursor"])
def test_sql_where_a_word_of_ours_must_stand_is_refused(calls: Catalog, name: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        found(calls, **{name: text})
    assert refused.value.hint


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "ü",
        "AAAA",
        _cursor(),
        _cursor("newest", "yesterday", an_id(1)),
        _cursor("newest", 5, an_id(1)),
        _cursor("newest", "2026-01-01T00:00:00", an_id(1)),  # no zone
        _cursor("oldest", "2026-01-01T00:00:00Z", an_id(1)),  # of another order
        _cursor("newest", "2026-01-01T00:00:00Z", 7),
        _cursor("newest", "2026-01-01T00:00:00Z", an_id(1), "more"),
    ],
)
def test_a_cursor_that_is_none_of_ours_is_refused(calls: Catalog, cursor: str) -> None:
    with pytest.raises(InvalidInput):
        found(calls, cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_out_of_bounds_is_refused(calls: Catalog, limit: int) -> None:
    with pytest.raises(InvalidInput):
        found(calls, limit=limit)


@pytest.mark.parametrize(
    "since", [datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), "2026-01-01T00:00:00Z"]
)
def test_what_is_no_time_with_a_zone_is_refused_with_what_to_write(calls: Catalog, since: Any) -> None:
    with pytest.raises(InvalidInput, match="since") as refused:
        calls.find(ConversationQuery(since=since))
    assert refused.value.hint
