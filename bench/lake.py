"""A metric over five million turns on one core: what our door costs over SQL written by hand, in one run.

The peers read the same Parquet files: DuckDB, one thread, asked in SQL as a person would write it; and
pandas, which reads the columns it needs and groups them. Ours is the whole way: files found, expression made,
compiled, asked, and the points with their filters. Of each question the best of some answers counts: the
machine may be busy with other things.

    python bench/lake.py [--turns 5000000] [--json bench/results/lake.json]
"""

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from earwitness.clock import uuid7
from earwitness.lake import arrow
from earwitness.lake.asking import Metrics
from earwitness.lake.copies import Copies
from earwitness.lake.files import Lake
from earwitness.lake.metrics import Asked
from earwitness.store.folder import FolderObjects

GOAL_MS = 1000
PER_CALL, DAYS, ROUNDS = 10, 30, 5
BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
PROVIDERS = ("openai", "elevenlabs", "hume", "twilio", "audiocodes")
ONE_DAY = Asked(by=("hour",), since=BEGAN + timedelta(days=3), until=BEGAN + timedelta(days=4))
QUESTIONS = {
    "all": Asked(),
    "by day": Asked(by=("day",)),
    "by day and provider": Asked(by=("day", "provider")),
    "by label": Asked(by=("label",)),
    "by agent": Asked(by=("agent",)),
    "one day by hour": ONE_DAY,
}
_FIGURES = "count(*), avg(response_ms), quantile_cont(response_ms, [0.5, 0.95, 0.99])"
_ANSWERS = "FROM read_parquet({files}) WHERE response_ms IS NOT NULL"
_DAY = f"AND started_at >= '{ONE_DAY.since}' AND started_at < '{ONE_DAY.until}'"
SQL = {
    "all": f"SELECT {_FIGURES} {_ANSWERS}",
    "by day": f"SELECT day, {_FIGURES} {_ANSWERS} GROUP BY day ORDER BY day",
    "by day and provider": f"SELECT day, provider, {_FIGURES} FROM (SELECT day, unnest(providers) AS "
    f"provider, response_ms {_ANSWERS}) GROUP BY day, provider ORDER BY day, provider",
    "by label": f"SELECT label, {_FIGURES} FROM (SELECT unnest(labels) AS label, response_ms {_ANSWERS}) "
    "GROUP BY label ORDER BY label",
    "by agent": f"SELECT agent, {_FIGURES} {_ANSWERS} GROUP BY agent ORDER BY agent",
    "one day by hour": f"SELECT day, hour, {_FIGURES} {_ANSWERS} {_DAY} GROUP BY day, hour "
    "ORDER BY day, hour",
}
PANDAS = {  # columns to read, and to group by; lists are taken apart
    "all": ([], []),
    "by day": (["day"], ["day"]),
    "by day and provider": (["day", "providers"], ["day", "providers"]),
    "by label": (["labels"], ["labels"]),
    "by agent": (["agent"], ["agent"]),
    "one day by hour": (["started_at", "day", "hour"], ["day", "hour"]),
}


def fill(objects: FolderObjects, turns: int) -> int:
    """Turns of so many days, a file a day as the lake puts them together. How many bytes they are."""
    chance, size = np.random.default_rng(1), 0
    calls = turns // PER_CALL // DAYS
    for number in range(DAYS):
        began = BEGAN + timedelta(days=number)
        table = one_day(chance, began, calls)
        first, last = arrow.ends_of(table)
        name = f"part-{first}-{last}-{number:016x}.parquet"
        size += objects.put(
            f"lake/turns/w-default/{began.date()}/{name}", [arrow.to_parquet(table)]
        ).byte_count
    return size


def one_day(chance: np.random.Generator, began: datetime, calls: int) -> pa.Table:
    rows = calls * PER_CALL
    of = pa.array(np.repeat(np.arange(calls), PER_CALL))
    seconds = np.sort(chance.integers(0, 86_400, calls))
    start = int(began.timestamp())
    ids = pa.array([str(uuid7((start + int(second)) * 1_000_000_000)) for second in seconds])
    started = pa.array((start + seconds) * 1_000_000).cast(pa.timestamp("us", tz="UTC"))

    def words(*choices: str) -> pa.Array:
        return pa.array(choices).take(pa.array(chance.integers(0, len(choices), calls))).take(of)

    def lists(values: pa.Array) -> pa.Array:
        return pa.ListArray.from_arrays(pa.array(np.arange(rows + 1), pa.int32()), values)

    position = np.tile(np.arange(PER_CALL), calls)
    answers = position % 2 == 1
    columns = {
        "workspace": pa.array(["default"] * rows),
        "conversation_id": ids.take(of),
        "started_at": started.take(of),
        "day": pa.array([began.date()] * rows),
        "hour": pa.array(seconds // 3600).take(of),
        "providers": lists(words(*PROVIDERS)),
        "routes": lists(words("line", "web")),
        "labels": lists(words("vip", "new", "old", "trial")),
        "agent": words(*(f"agent-{n}" for n in range(20))),
        "position": pa.array(position),
        "party": pa.array(["caller", "agent"]).take(pa.array(answers.astype(int))),
        "source": pa.array(["sound"] * rows),
        "started_ms": pa.array(position * 6_000),
        "ended_ms": pa.array(position * 6_000 + chance.integers(500, 5_000, rows)),
        "response_ms": pa.array(chance.lognormal(6.5, 0.6, rows).astype("int64"), mask=~answers),
    }
    return pa.table(columns, schema=arrow.schema_of("turns"))


def by_pandas(files: list[str], question: str) -> int:
    columns, keys = PANDAS[question]
    frame = pd.concat([pd.read_parquet(file, columns=["response_ms", *columns]) for file in files])
    frame = frame[frame["response_ms"].notna()]
    if "started_at" in columns:
        frame = frame[(frame["started_at"] >= ONE_DAY.since) & (frame["started_at"] < ONE_DAY.until)]
    for name in set(keys) & {"providers", "labels"}:
        frame = frame.explode(name)
    asked = [0.5, 0.95, 0.99]
    if not keys:
        frame["response_ms"].agg(["count", "mean"])
        return len(frame["response_ms"].quantile(asked)) // 3
    grouped = frame.groupby(keys)["response_ms"]
    grouped.agg(["count", "mean"])
    return len(grouped.quantile(asked)) // 3


def best(rounds: int, run: Callable[[], int]) -> tuple[float, int]:
    """The shortest of so many runs in ms, and how many rows came."""
    took, rows = [], 0
    for _ in range(rounds):
        begun = time.perf_counter()
        rows = run()
        took.append((time.perf_counter() - begun) * 1000)
    return min(took), rows


def measure(folder: Path, turns: int) -> dict[str, Any]:
    objects = FolderObjects(folder)
    size = fill(objects, turns)
    lake = Lake(objects, folder)
    metrics = Metrics(lake, Copies(objects, folder / "copies"))
    files = [str(objects.place(info.path)) for info in lake.files("turns", "default")]
    driver = duckdb.connect(config={"threads": 1})
    table = {}
    for question, asked in QUESTIONS.items():
        sql = SQL[question].format(files=files)
        ours, rows = best(
            ROUNDS, lambda asked=asked: len(metrics.ask("default", "response_time", asked).points)
        )
        hand, same = best(ROUNDS, lambda sql=sql: len(driver.execute(sql).fetchall()))
        pandas, also = best(2, lambda question=question: by_pandas(files, question))
        assert rows == same == also, (question, rows, same, also)
        table[question] = {
            "rows": rows,
            "ours": round(ours),
            "by_hand": round(hand),
            "pandas": round(pandas),
            "over_by_hand": round(ours / hand, 2),
            "over_pandas": round(ours / pandas, 2),
        }
    return {"mb": size >> 20, "files": len(files), "table": table}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5_000_000)
    parser.add_argument("--json", type=Path, default=Path("bench/results/lake.json"))
    wanted = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # one core, whoever asks
    with tempfile.TemporaryDirectory() as folder:
        result = {"turns": wanted.turns, "goal_ms": GOAL_MS, **measure(Path(folder), wanted.turns)}
    result["machine"] = {"python": platform.python_version(), "duckdb": duckdb.__version__, "cores": 1}
    print(f"response_time over {wanted.turns:,} turns, {result['mb']} MB in {result['files']} files; ms")
    for question, figures in result["table"].items():
        print(f"  {question:<22}" + "  ".join(f"{key} {value:>6}" for key, value in figures.items()))
    print(f"  goal: each at most {GOAL_MS} ms")
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
