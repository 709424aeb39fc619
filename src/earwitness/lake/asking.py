"""Asking the lake inside this program: DuckDB over its files, on one thread.

A folder's files are read where they lie. Those that are sealed, or in S3, are read from copies: sealed ones
in memory only, where files in the open may lie.
"""

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import ibis
import msgspec

from earwitness.errors import InvalidInput, NotFound, StorageUnavailable
from earwitness.lake.copies import Copies
from earwitness.lake.files import Lake
from earwitness.lake.metrics import DIMENSIONS, METRICS, PERCENTILES, Asked, Metric, expression

_ATTEMPTS = 5  # files that are put together while they are read are looked for again
MOST_POINTS = 10_000


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A metric by its groups. Each point has the names of its group, `count`, `value` and the metric's other
    figures; and as `filters` what lists of conversations are to be asked for the calls behind it."""

    metric: str
    unit: str
    counts: str  # what `count` is a number of
    by: tuple[str, ...]
    points: list[dict[str, Any]]
    is_cut: bool = False  # there are more than `MOST_POINTS`


def metric_named(name: str) -> Metric:
    """Raises `NotFound` with the names there are."""
    if name not in METRICS:
        raise NotFound(f"no metric is called {name}", hint=f"Metrics: {', '.join(METRICS)}.")
    return METRICS[name]


class Metrics:
    """The metrics of a lake."""

    def __init__(self, lake: Lake, copies: Copies) -> None:
        self._lake = lake
        self._copies = copies

    def ask(self, workspace: str, name: str, asked: Asked) -> Answer:
        """A metric of one workspace. Raises `NotFound`, or `InvalidInput` for what is no group or no time."""
        metric = metric_named(name)
        _check(asked)
        found = self._rows(workspace, metric, asked)
        return Answer(
            metric=metric.name,
            unit=metric.unit,
            counts=metric.counts,
            by=asked.by,
            points=[_point(row, asked) for row in found[:MOST_POINTS]],
            is_cut=len(found) > MOST_POINTS,
        )

    def _rows(self, workspace: str, metric: Metric, asked: Asked) -> list[dict[str, Any]]:
        for attempt in range(_ATTEMPTS):
            files = self._copies.of(self._lake.files(metric.table, workspace))
            if not files:
                return []
            try:
                return _run(files, metric, asked)
            except duckdb.IOException as error:
                if attempt == _ATTEMPTS - 1:
                    raise StorageUnavailable(f"the lake cannot be read: {error}") from error
        raise AssertionError("unreachable")


def _run(files: list[Path], metric: Metric, asked: Asked) -> list[dict[str, Any]]:
    connection = ibis.duckdb.connect(threads=1, autoinstall_known_extensions=False, temp_directory="")
    try:
        table = connection.read_parquet([str(file) for file in files])
        found: list[dict[str, Any]] = (
            expression(metric, table, asked).limit(MOST_POINTS + 1).to_pyarrow().to_pylist()
        )
        return found
    finally:
        connection.disconnect()


def _check(asked: Asked) -> None:
    for name in asked.by:
        if name not in DIMENSIONS:
            raise InvalidInput(f"cannot group by {name!r}", hint=f"One or more of: {', '.join(DIMENSIONS)}.")
    for at in (asked.since, asked.until):
        if at is not None and at.tzinfo is None:
            raise InvalidInput(f"{at} has no time zone", hint="Write it like 2026-11-20T14:30:00Z.")


def _point(row: dict[str, Any], asked: Asked) -> dict[str, Any]:
    """A row as it is answered: percentiles by name, no NaN, the hour written out."""
    figures = {name: _plain(value) for name, value in row.items() if name not in DIMENSIONS}
    if "percentiles" in figures:
        ranks = figures.pop("percentiles") or [None] * len(PERCENTILES)
        figures = {"value": ranks[0], **dict(zip(PERCENTILES, ranks, strict=True)), **figures}
    names = {name: row[name] for name in asked.by if name not in ("day", "hour")}
    filters: dict[str, Any] = {**_asked_filters(asked), **names}
    if "day" in row:
        begin = datetime.combine(row["day"], datetime.min.time(), UTC) + timedelta(hours=row.get("hour", 0))
        end = begin + (timedelta(hours=1) if "hour" in row else timedelta(days=1))
        filters["since"] = max(begin, asked.since or begin)
        filters["until"] = min(end, asked.until or end)
    if "day" in asked.by:
        names["day"] = row["day"]
    if "hour" in asked.by:
        names["hour"] = f"{row['day']}T{row['hour']:02}:00:00Z"
    return {**{name: names[name] for name in asked.by}, **figures, "filters": filters}


def _asked_filters(asked: Asked) -> dict[str, Any]:
    given = {name: getattr(asked, name) for name in ("since", "until", "provider", "route", "label", "agent")}
    return {name: value for name, value in given.items() if value is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
