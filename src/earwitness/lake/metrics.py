"""The fifteen metrics, each written once as Ibis expressions over a table of the lake.

Any engine that Ibis speaks to answers them alike: DuckDB inside this program, Spark on a cluster. Percentiles
are interpolated (`percentile_cont`). Shares are 0 to 1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import ibis
from ibis import _

DIMENSIONS = ("day", "hour", "provider", "route", "label", "agent")
_LISTS = {"provider": "providers", "route": "routes", "label": "labels"}
_PERCENTILES = (0.5, 0.95, 0.99)
PERCENTILES = ("p50", "p95", "p99")

Figures = dict[str, Any]  # deferred expressions over the table's columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One of the fifteen. `figures` by name, `value` the one to draw; `of`: which rows count."""

    name: str
    unit: str
    table: str
    counts: str  # what `count` is a number of
    meaning: str
    figures: Callable[[], Figures]
    told: Mapping[str, str] = field(default_factory=dict)  # what the figures beside `value` are
    percentiles_of: str = ""  # a column; `value` is its median then
    of: Callable[[], list[Any]] = list


def _share(what: Any) -> Any:
    return what.cast("float64").mean()


_LATENCY = {"p50": "median, as `value`", "p95": "95th percentile", "p99": "99th percentile", "mean": "mean"}


def _wait(name: str, column: str, *, table: str, counts: str, meaning: str) -> Metric:
    """How long something takes, in ms: the median of a column, its other percentiles and its mean."""
    return Metric(
        name=name,
        unit="ms",
        table=table,
        counts=counts,
        meaning=meaning,
        figures=lambda: {"mean": _[column].mean()},
        told=_LATENCY,
        percentiles_of=column,
    )


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="volume",
            unit="conversations",
            table="conversations",
            counts="conversations",
            meaning="How many conversations ended.",
            figures=lambda: {
                "value": _.count(),
                "failed": (_.status == "failed").cast("int64").sum(),
                "partial": (_.status == "partial").cast("int64").sum(),
            },
            told={
                "failed": "calls that never came up",
                "partial": "records of which something is known to be missing",
            },
        ),
        Metric(
            name="completion_rate",
            unit="share",
            table="conversations",
            counts="conversations",
            meaning="The share of conversations that came to something: not failed, and with an outcome "
            "other than `abandoned`, `no_conversation` or `..._failed`.",
            figures=lambda: {"value": _share(_.is_completed)},
        ),
        Metric(
            name="duration",
            unit="s",
            table="conversations",
            counts="conversations",
            meaning="How long conversations last: the mean.",
            figures=lambda: {"value": _.duration_ms.mean() / 1000, "total": _.duration_ms.sum() / 1000},
            told={"total": "all of them together"},
        ),
        _wait(
            "response_time",
            "response_ms",
            table="turns",
            counts="answers",
            meaning="From the end of what the caller said to the beginning of the answer, measured on the "
            "sound, by the events where there is none: the median.",
        ),
        Metric(
            name="interruptions",
            unit="per conversation",
            table="conversations",
            counts="conversations",
            meaning="How often a party began while the other spoke, on the average of conversations.",
            figures=lambda: {
                "value": (_.interruptions_by_caller + _.interruptions_by_agent).mean(),
                "by_caller": _.interruptions_by_caller.mean(),
                "by_agent": _.interruptions_by_agent.mean(),
            },
            told={"by_caller": "by the caller alone", "by_agent": "by the agent alone"},
        ),
        Metric(
            name="dead_air",
            unit="s",
            table="conversations",
            counts="conversations with sound",
            meaning="How long nobody spoke, stretches of more than 3 s, on the average of conversations.",
            figures=lambda: {
                "value": _.dead_air_ms.mean() / 1000,
                "share": _.dead_air_ms.sum() / _.duration_ms.sum(),
            },
            told={"share": "of the whole length of these conversations"},
            of=lambda: [_.dead_air_ms.notnull()],
        ),
        Metric(
            name="tool_errors",
            unit="share",
            table="tool_calls",
            counts="tool calls",
            meaning="The share of tool calls that failed, or that no result came to.",
            figures=lambda: {"value": _share(_.is_error), "errors": _.is_error.cast("int64").sum()},
            told={"errors": "how many"},
        ),
        _wait(
            "tool_latency",
            "latency_ms",
            table="tool_calls",
            counts="tool calls with a result",
            meaning="From the call to its result: the median.",
        ),
        Metric(
            name="extraction_success",
            unit="share",
            table="conversations",
            counts="conversations in which a field was found",
            meaning="Of the fields of the schema the share that was found, where any was.",
            figures=lambda: {
                "value": _.extracted.sum() / _.fields.sum(),
                "whole": _share(_.extracted == _.fields),
            },
            told={"whole": "share of these conversations in which every field was found"},
            of=lambda: [_.extracted > 0],
        ),
        Metric(
            name="upload_success",
            unit="share",
            table="conversations",
            counts="conversations",
            meaning="Of all tries to store the files of a conversation the share that succeeded. "
            "Conversations that are not stored yet count once they are.",
            figures=lambda: {
                "value": _.count() / (_.count() + _.failed_saves.sum()),
                "failures": _.failed_saves.sum(),
            },
            told={"failures": "how many tries failed"},
        ),
        Metric(
            name="sentiment",
            unit="-1 to 1",
            table="messages",
            counts="messages of users with a known sentiment",
            meaning="How callers felt: the share of positive messages less that of negative ones.",
            figures=lambda: {
                "value": _share(_.sentiment == "positive") - _share(_.sentiment == "negative"),
                "positive": _share(_.sentiment == "positive"),
                "negative": _share(_.sentiment == "negative"),
            },
            told={"positive": "share of positive messages", "negative": "share of negative ones"},
            of=lambda: [_.role == "user", _.sentiment.notnull()],
        ),
        Metric(
            name="messages",
            unit="messages",
            table="messages",
            counts="messages",
            meaning="How many messages there are; `by=provider` counts each under the provider it came from.",
            figures=lambda: {
                "value": _.count(),
                "user": (_.role == "user").cast("int64").sum(),
                "assistant": (_.role == "assistant").cast("int64").sum(),
            },
            told={"user": "of users", "assistant": "of agents"},
        ),
        Metric(
            name="message_length",
            unit="letters",
            table="messages",
            counts="messages",
            meaning="How long messages are: the mean; `by=provider` as for `messages`.",
            figures=lambda: {
                "value": _.letters.mean(),
                "words": _.words.mean(),
                "longest": _.letters.max(),
            },
            told={"words": "the mean in words", "longest": "letters of the longest"},
        ),
        Metric(
            name="cost",
            unit="currency of the prices",
            table="conversations",
            counts="conversations with a price",
            meaning="What conversations cost by the prices of the settings: all together.",
            figures=lambda: {"value": _.cost.sum(), "mean": _.cost.mean()},
            told={"mean": "of one conversation"},
            of=lambda: [_.cost.notnull()],
        ),
        Metric(
            name="health",
            unit="0 to 100",
            table="conversations",
            counts="conversations",
            meaning="How far records can be trusted: the mean of their health.",
            figures=lambda: {
                "value": _.health_score.mean(),
                "lowest": _.health_score.min(),
                "doubtful": _share(_.health_score < 70),
            },
            told={"lowest": "the worst of them", "doubtful": "share below 70"},
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which rows a question is about, and by what they are grouped. Filters that are None are not asked."""

    by: tuple[str, ...] = ()  # of `DIMENSIONS`
    since: datetime | None = None  # of conversations that began at or after
    until: datetime | None = None  # ... and before
    provider: str | None = None
    route: str | None = None
    label: str | None = None
    agent: str | None = None


def expression(metric: Metric, table: Any, asked: Asked) -> Any:
    """One row for each group, in the order of the groups: their names, `count`, and the metric's figures.

    A conversation of several providers, routes or labels stands in the group of each. `hour` brings `day`.
    """
    conditions = _conditions(table, metric, asked)
    rows = table.filter(*conditions) if conditions else table
    keys = list(dict.fromkeys(["day", *asked.by] if "hour" in asked.by else asked.by))
    for name in keys:
        if name == "provider" and metric.table == "messages":
            continue  # a column of its own
        if name in _LISTS:
            rows = rows.mutate(**{name: rows[_LISTS[name]].unnest()})
    figures = {"count": _.count(), **metric.figures()}
    if metric.percentiles_of:
        figures["percentiles"] = _[metric.percentiles_of].quantile(list(_PERCENTILES))
    found = rows.group_by(keys).aggregate(**figures) if keys else rows.aggregate(**figures)
    return found.order_by(keys) if keys else found


def _conditions(table: Any, metric: Metric, asked: Asked) -> list[Any]:
    conditions: list[Any] = metric.of()
    if metric.percentiles_of:
        conditions.append(_[metric.percentiles_of].notnull())
    if asked.since is not None:
        conditions.append(_.started_at >= ibis.literal(asked.since, type=table.started_at.type()))
    if asked.until is not None:
        conditions.append(_.started_at < ibis.literal(asked.until, type=table.started_at.type()))
    for name, column in _LISTS.items():
        if (wanted := getattr(asked, name)) is not None:
            conditions.append(_[column].contains(wanted))
    if asked.agent is not None:
        conditions.append(_.agent == asked.agent)
    return conditions
