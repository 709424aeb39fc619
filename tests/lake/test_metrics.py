"""Each metric is what its words say, reckoned once more without any engine, over rows of many calls."""

import math
from datetime import UTC, datetime, timedelta

import ibis
import pytest

from earwitness.lake import arrow
from earwitness.lake.metrics import DIMENSIONS, METRICS, Asked, expression
from earwitness.lake.tables import TABLES
from lake_rows import BEGAN, EVERY, rows_of_call

CALLS = 120


@pytest.fixture(scope="module")
def rows():
    calls = [rows_of_call(number) for number in range(CALLS)]
    return {table: [row for call in calls for row in call[table]] for table in TABLES}


@pytest.fixture(scope="module")
def engine(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lake")
    connection = ibis.duckdb.connect(threads=1)
    for table in TABLES:
        file = folder / f"{table}.parquet"
        file.write_bytes(arrow.to_parquet(arrow.to_arrow(table, rows[table])))
        connection.read_parquet(file, table_name=table)
    return connection


def mean(values):
    values = list(values)
    return math.fsum(values) / len(values)


def percentile(values, share):
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


BY_HAND = {  # which rows count, and the value of those
    "volume": (lambda r: True, len),
    "completion_rate": (lambda r: True, lambda of: mean(r.is_completed for r in of)),
    "duration": (lambda r: True, lambda of: mean(r.duration_ms for r in of) / 1000),
    "response_time": (
        lambda r: r.response_ms is not None,
        lambda of: [percentile([r.response_ms for r in of], share) for share in (0.5, 0.95, 0.99)],
    ),
    "interruptions": (
        lambda r: True,
        lambda of: mean(r.interruptions_by_caller + r.interruptions_by_agent for r in of),
    ),
    "dead_air": (lambda r: r.dead_air_ms is not None, lambda of: mean(r.dead_air_ms for r in of) / 1000),
    "tool_errors": (lambda r: True, lambda of: mean(r.is_error for r in of)),
    "tool_latency": (
        lambda r: r.latency_ms is not None,
        lambda of: [percentile([r.latency_ms for r in of], share) for share in (0.5, 0.95, 0.99)],
    ),
    "extraction_success": (
        lambda r: r.extracted > 0,
        lambda of: sum(r.extracted for r in of) / sum(r.fields for r in of),
    ),
    "upload_success": (lambda r: True, lambda of: len(of) / (len(of) + sum(r.failed_saves for r in of))),
    "sentiment": (
        lambda r: r.role == "user" and r.sentiment is not None,
        lambda of: mean((r.sentiment == "positive") - (r.sentiment == "negative") for r in of),
    ),
    "messages": (lambda r: True, len),
    "message_length": (lambda r: True, lambda of: mean(r.letters for r in of)),
    "cost": (lambda r: r.cost is not None, lambda of: math.fsum(r.cost for r in of)),
    "health": (lambda r: True, lambda of: mean(r.health_score for r in of)),
}


def groups_of(row, by):
    """The groups a row stands in."""
    sets = [()]
    for name in by:
        if name == "provider" and hasattr(row, "provider"):
            values = (row.provider,)
        elif name in ("provider", "route", "label"):
            values = getattr(row, f"{name}s")
        else:
            values = (getattr(row, name),)
        sets = [(*each, value) for each in sets for value in values]
    return sets


def by_hand(name, rows, by):
    counts, value = BY_HAND[name]
    grouped = {}
    for row in rows[METRICS[name].table]:
        if counts(row):
            for group in groups_of(row, by):
                grouped.setdefault(group, []).append(row)
    return {group: (len(of), value(of)) for group, of in grouped.items()}


def answered(engine, name, asked):
    metric = METRICS[name]
    found = expression(metric, engine.table(metric.table), asked).to_pyarrow().to_pylist()
    by = ["day", *asked.by] if "hour" in asked.by and "day" not in asked.by else list(asked.by)
    return {
        tuple(row[key] for key in by): (
            row["count"],
            row["percentiles"] if metric.percentiles_of else row["value"],
        )
        for row in found
    }


def test_there_are_fifteen_of_them_and_each_is_reckoned_here():
    assert len(METRICS) == 15
    assert BY_HAND.keys() == METRICS.keys()


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize(
    "by", [(), *((each,) for each in DIMENSIONS), ("day", "provider"), ("label", "route")]
)
def test_every_metric_is_what_it_says_by_every_dimension(engine, rows, name, by):
    wanted_by = ("day", "hour") if by == ("hour",) else by
    wanted = by_hand(name, rows, wanted_by)
    found = answered(engine, name, Asked(by=by))
    assert found.keys() == wanted.keys()
    for group, (count, value) in wanted.items():
        assert found[group][0] == count, group
        assert found[group][1] == pytest.approx(value), group


@pytest.mark.parametrize("name", METRICS)
def test_a_filter_leaves_those_rows_alone_that_it_names(engine, rows, name):
    since, until = BEGAN + 30 * EVERY, BEGAN + 90 * EVERY
    chosen = {
        table: [
            row
            for row in rows[table]
            if since <= row.started_at < until
            and "openai" in row.providers
            and "vip" in row.labels
            and row.agent == "agent-0"
            and row.routes == ("line-1",)
        ]
        for table in TABLES
    }
    asked = Asked(since=since, until=until, provider="openai", label="vip", agent="agent-0", route="line-1")
    wanted = by_hand(name, chosen, ())
    found = answered(engine, name, asked)
    if not wanted:  # one row of nothing
        assert found[()][0] == 0
    else:
        assert found[()] == (wanted[()][0], pytest.approx(wanted[()][1]))


def test_a_time_of_another_zone_is_the_same_moment(engine):
    since = (BEGAN + 30 * EVERY).astimezone()
    east = since.astimezone(tz=datetime.now(UTC).astimezone().tzinfo) + timedelta()
    assert answered(engine, "volume", Asked(since=since)) == answered(engine, "volume", Asked(since=east))
    assert answered(engine, "volume", Asked(since=since))[()][0] == CALLS - 30
