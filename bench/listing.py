"""The list of a million conversations: the first page and pages far down, over HTTP and in a browser.

Held against the database's own bare query in the same run: the same rows in the same order through `sqlite3`,
made into the same JSON. Each question is asked for its first page and then page after page, as somebody does
who scrolls; the last row is what a browser needs until rows can be read, and for a thousand rows more.

    python bench/listing.py [--conversations 1000000] [--json bench/results/listing.json]
"""

import argparse
import json
import os
import platform
import random
import sqlite3
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from _serving import Server

from earwitness.clock import NS_PER_S
from earwitness.library import Library
from earwitness.settings import Settings
from earwitness.store import schema
from earwitness.store.artifacts import FILES_VERSION, LAST_MADE
from earwitness.store.catalog import Catalog
from earwitness.store.types import moment

GOAL = 1.5  # p95 of a page of ours over p95 of the bare query
PAGE, PAGES = 200, 60  # as the web app asks; so far somebody scrolls
BEGAN_NS = 1_763_648_000_000_000_000
QUESTIONS: dict[str, dict[str, str]] = {
    "newest": {},
    "oldest": {"sort": "oldest"},
    "slowest answers": {"sort": "slowest"},
    "worst health": {"sort": "worst"},
    "of a provider": {"provider": "hume"},
    "of a label": {"label": "vip"},
    "not complete": {"status": "partial"},
    "of a person": {"subject": "RID000123"},
    "a rare outcome": {"outcome": "complaint"},
    "health below 60": {"max_health": "59"},
}


TABLES = ("conversations", "legs", "conversation_labels", "artifacts")


def rows(count: int) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """So many conversations, some thousand at a time; calls begin every 20 seconds."""
    drawn = random.Random(1)
    for first in range(0, count, 5000):
        sheets: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for number in range(first, min(first + 5000, count)):
            one_call(sheets, number, drawn)
        yield sheets


def one_call(sheets: dict[str, list[dict[str, Any]]], number: int, drawn: random.Random) -> None:
    began = BEGAN_NS + number * 20 * NS_PER_S
    call = f"{number:032x}"
    labels = [name for name, share in (("vip", 0.01), ("seen", 0.1)) if drawn.random() < share]
    status = "partial" if drawn.random() < 0.005 else "complete"
    provider = drawn.choice(["openai", "elevenlabs", "hume", "twilio"])
    plain = [column for column in schema.conversations.c if column.server_default is None]
    row: dict[str, Any] = {column.name: None for column in plain}
    row |= {column.name: 0 for column in plain if isinstance(column.type, sa.Integer)}
    row |= {"id": call, "workspace_id": "default", "call_id": call, "recording_id": call, "status": status}
    row |= {"providers": [provider], "routes": [provider], "labels": labels}
    row |= {"subject": f"RID{number % 100_000:06d}"}
    row |= {"metadata": {"caller": "web"}, "reasons": [], "usage": {}, "revision": 1, "began_at_ns": began}
    row |= {
        "agent": "",
        "health_reasons": [],
        "files_version": FILES_VERSION,
    }  # the work after the call is done
    row |= {"started_at": moment(began), "ended_at": moment(began + 60 * NS_PER_S)}
    row |= {"duration_ms": drawn.randint(5_000, 600_000), "message_count": drawn.randint(2, 60)}
    row |= {"interruption_count": drawn.randint(0, 5), "response_p95_ms": drawn.randint(300, 4000)}
    row |= {"health_score": 100 - int(drawn.expovariate(0.1)) % 100}
    row |= {"outcome": "complaint" if drawn.random() < 0.0005 else "order_placed"}
    sheets["conversations"].append(row)
    whose = {"workspace_id": "default", "conversation_id": call}
    sheets["conversation_labels"] += [{**whose, "label": label} for label in labels]
    leg: dict[str, Any] = {column.name: None for column in schema.legs.c}
    leg |= {**whose, "id": f"{number:031x}l", "position": 0, "provider": provider, "way": "tap", "route": ""}
    leg |= {"closed_by": "client", "path": "", "user_agent": "", "peer": "", "links": [], "provider_ids": {}}
    leg |= {"opened_at": moment(began), "opened_ns": 0, "record_count": 1}
    sheets["legs"].append(leg)
    made = {"path": f"conversations/{call}/{LAST_MADE}", "media_type": "application/json", "sha256": ""}
    made |= {"byte_count": 1, "version": FILES_VERSION, "made_at": moment(began)}
    sheets["artifacts"].append({**whose, "name": LAST_MADE, **made})


def fill(catalog: Catalog, count: int) -> float:
    """Seconds it took to write all rows."""
    began = time.perf_counter()
    with catalog.database.writing() as connection:
        found = connection.scalar(
            sa.select(schema.workspaces.c.id).where(schema.workspaces.c.id == "default")
        )
        if found is None:
            connection.execute(
                sa.insert(schema.workspaces), {"id": "default", "created_at": moment(BEGAN_NS)}
            )
        for sheets in rows(count):
            for name, lines in sheets.items():
                if lines:
                    connection.execute(sa.insert(schema.metadata.tables[name]), lines)
    return time.perf_counter() - began


def page(server: Server, question: dict[str, str], cursor: str | None) -> tuple[int, str | None]:
    """How many rows, and where the next page begins."""
    asked = {**question, "limit": str(PAGE), **({"cursor": cursor} if cursor else {})}
    request = urllib.request.Request(f"{server.base}/api/v1/conversations?{urlencode(asked)}")
    request.add_header("Authorization", f"Bearer {server.key}")
    with urllib.request.urlopen(request) as answer:
        found = json.load(answer)
    return len(found["conversations"]), found["next_cursor"]


def milliseconds(ask: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = ask()
    return (time.perf_counter() - began) * 1000, answer


def measured(server: Server, question: dict[str, str]) -> dict[str, float]:
    """Its first page (the median of five), and page after page from there."""
    first = [milliseconds(lambda: page(server, question, None))[0] for _ in range(5)]
    times: list[float] = []
    cursor = page(server, question, None)[1]
    while cursor and len(times) < PAGES:
        took, (_, cursor) = milliseconds(lambda at=cursor: page(server, question, at))  # type: ignore[misc]
        times.append(took)
    return {"first_ms": round(statistics.median(first), 1), **quantiles(times)}


def quantiles(times: list[float]) -> dict[str, float]:
    if len(times) < 2:
        return {"pages": len(times)}
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1]
    return {"pages": len(times), "p50_ms": round(statistics.median(times), 1), "p95_ms": round(p95, 1)}


def bare(file: Path) -> dict[str, float]:
    """The newest, page after page, by hand: what a page costs at the least."""
    names = [column.name for column in schema.conversations.c if column.name != "revision"]
    driver = sqlite3.connect(file)
    sql = (
        f"SELECT {', '.join(names)} FROM conversations WHERE workspace_id = 'default' "
        f"AND (started_at, id) < (?, ?) ORDER BY started_at DESC, id DESC LIMIT {PAGE + 1}"
    )
    place: tuple[Any, Any] = ("9999-12-31", "")
    times = []
    for _ in range(PAGES):

        def ask(at: tuple[Any, Any] = place) -> list[dict[str, Any]]:
            found = [dict(zip(names, row, strict=True)) for row in driver.execute(sql, at)]
            json.loads(json.dumps(found))  # as a server and its caller have to
            return found

        took, found = milliseconds(ask)
        times.append(took)
        place = (found[PAGE - 1]["started_at"], found[PAGE - 1]["id"])
    return quantiles(times)


def in_a_browser(server: Server) -> dict[str, float] | None:
    """Until the first row can be read, and for a thousand rows more by scrolling; None without a browser."""
    chromium = Path("/usr/bin/chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    if not chromium.exists():
        return None
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        context = browser.new_context(base_url=server.base)
        context.request.post("/api/v1/session", data={"key": server.key})
        tab = context.new_page()
        tab.goto("/live")  # the program is loaded
        first, _ = milliseconds(lambda: (tab.goto("/conversations"), tab.wait_for_selector(".rows .tr")))
        grow = "box => { box.scrollTo(0, box.scrollHeight); return box.scrollHeight }"
        began, height = time.perf_counter(), 0
        while height < 1000 * 40:
            height = tab.locator(".rows").evaluate(grow)
            tab.wait_for_timeout(5)
        scrolled = (time.perf_counter() - began) * 1000
        drawn = tab.locator(".rows .tr").count()
        browser.close()
    return {"first_ms": round(first), "thousand_rows_ms": round(scrolled), "rows_drawn": drawn}


def measure(folder: Path, count: int) -> dict[str, Any]:
    settings = Settings(data_dir=str(folder))
    library = Library(settings)
    key = library.keys.create("bench", ("admin",)).text
    seconds = fill(library.catalog, count)
    library.catalog.close()
    [file] = folder.glob("*.db")
    with Server(folder, key) as server:
        cold, _ = milliseconds(lambda: page(server, {}, None))
        for question in QUESTIONS.values():  # what a server does once after its start is done
            page(server, question, None)
        table = {name: measured(server, question) for name, question in QUESTIONS.items()}
        browser = in_a_browser(server)
    by_hand = bare(file)
    ratio = round(table["newest"]["p95_ms"] / by_hand["p95_ms"], 2)
    size = file.stat().st_size >> 20
    return {
        "fill_s": round(seconds),
        "cold_ms": round(cold),
        "mb": size,
        "table": table,
        "bare": by_hand,
        "ratio": ratio,
        "browser": browser,
    }


def show(result: dict[str, Any]) -> None:
    print(f"A list of {result['conversations']:,} conversations ({result['mb']:,} MB); pages of {PAGE}")
    for name, figures in result["table"].items():
        print(f"  {name:<18}" + "  ".join(f"{key} {value:>7}" for key, value in figures.items()))
    print("  the bare query    " + "  ".join(f"{key} {value:>7}" for key, value in result["bare"].items()))
    print(f"  newest, p95 over the bare query: {result['ratio']} (goal {GOAL})")
    print(f"  newest, just after the server's start: {result['cold_ms']} ms")
    print(f"  in a browser: {result['browser'] or 'none here'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path, default=Path("bench/results/listing.json"))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result: dict[str, Any] = {
            "conversations": wanted.conversations,
            "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
            **measure(Path(folder), wanted.conversations),
        }
    show(result)
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
