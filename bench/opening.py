"""Opening a call of four hours in a browser, held against one of a minute in the same run.

Both are made of phrases of voiced noise, a turn every eight seconds and a tool call every two minutes, and
come in by `earwitness import`. What is measured is what somebody waits for: from the click until words can be
read, the waveform is drawn, the summary is there, and, after a click far down the call, its sound plays. Each
opening is in a context of its own, with nothing in the browser's cache but the program.

    python bench/opening.py [--minutes 240] [--json bench/results/opening.json]
"""

import argparse
import json
import os
import platform
import statistics
import tempfile
import time
import wave
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from _serving import Server

from earwitness.library import Library
from earwitness.settings import Settings

GOAL_MS = 2000
RATE_HZ, TURN_S, OPENINGS = 8_000, 8, 5
BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def speak(path: Path, seconds: int, party: int) -> None:
    """Every second turn is this party's: six seconds of phrases, then nothing."""
    drawn = np.random.default_rng(party)
    at = np.arange(RATE_HZ * TURN_S) / RATE_HZ
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        for turn in range(seconds // TURN_S):
            pitch = drawn.uniform(100, 220)
            voice = sum(np.sin(2 * np.pi * pitch * n * at) / n for n in range(1, 6))
            phrase = np.clip(np.sin(at * drawn.uniform(1, 3)), 0, 1) * (at < 6) * (turn % 2 == party)
            file.writeframes((4000 * voice * phrase).astype("<i2").tobytes())


def write_call(folder: Path, minutes: int) -> None:
    """One call in the layout `opusagent`."""
    folder.mkdir(parents=True)
    seconds = minutes * 60
    speak(folder / "caller_audio.wav", seconds, 0)
    speak(folder / "bot_audio.wav", seconds, 1)

    def instant(after_s: float) -> str:
        return (BEGAN + timedelta(seconds=after_s)).isoformat().replace("+00:00", "Z")

    words = "I would like to know more about the order that I placed last week, number"
    entries = [
        {
            "timestamp": instant(turn * TURN_S),
            "channel": ("caller", "bot")[turn % 2],
            "text": f"{words} {turn}.",
            "duration_ms": 6000,
        }
        for turn in range(seconds // TURN_S)
    ]
    tools = [
        {
            "timestamp": instant(at),
            "function_name": "find_order",
            "arguments": {"n": at},
            "result": {"status": "sent"},
            "call_id": f"call_{at}",
        }
        for at in range(60, seconds, 120)
    ]
    head = {"conversation_id": folder.name, "session_id": folder.name}
    head |= {"start_time": instant(0), "end_time": instant(seconds)}
    (folder / "transcript.json").write_text(json.dumps({**head, "entries": entries}))
    (folder / "call_metadata.json").write_text(json.dumps({**head, "function_calls": tools}))


def milliseconds(do: Callable[[], Any]) -> float:
    began = time.perf_counter()
    do()
    return (time.perf_counter() - began) * 1000


def opened(browser: Any, server: Server, conversation: str, seconds: int) -> dict[str, float]:
    """One opening: the page's own clock from the click on, in milliseconds."""
    context = browser.new_context(base_url=server.base, viewport={"width": 1440, "height": 900})
    context.request.post("/api/v1/session", data={"key": server.key})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto("/live")  # the program is loaded; nothing of the call is
    began = time.perf_counter()

    def since() -> float:
        return (time.perf_counter() - began) * 1000

    page.evaluate(
        "to => { history.pushState(null, '', to); dispatchEvent(new Event('earwitness:address')) }",
        f"/conversations/{conversation}",
    )
    page.wait_for_selector(".said")
    figures = {"words": since()}
    page.wait_for_selector(".timeline[aria-busy=false]")
    figures["waveform"] = since()
    page.wait_for_selector(".summary")
    figures["summary"] = since()
    page.get_by_text("Measured on the sound.", exact=True).wait_for()
    figures["figures"] = since()
    box = page.locator(".timeline-wave").bounding_box()
    began = time.perf_counter()
    page.mouse.click(box["x"] + box["width"] * 0.9, box["y"] + 20)
    page.keyboard.press("Space")
    played = "at => Number(document.querySelector('.seek').value) > at"
    page.wait_for_function(played, arg=seconds * 0.9 + 0.3)
    figures["sound"] = since() - 300  # three tenths of a second of it were played
    figures["memory_mb"] = page.evaluate("performance.memory.usedJSHeapSize") / 1e6
    context.close()
    return figures


def measure(folder: Path, minutes: int) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    calls = {"a minute": 1, f"{minutes} minutes": minutes}
    library = Library(Settings(data_dir=str(folder / "data")))
    key = library.keys.create("bench", ("admin",)).text
    ids, taken_in = {}, {}
    for name, length in calls.items():
        write_call(folder / "calls" / f"{length}-minutes", length)

        def take(path: Path = folder / "calls" / f"{length}-minutes", of: str = name) -> None:
            [call] = library.import_path(path)
            ids[of] = call.conversation

        taken_in[name] = round(milliseconds(take) / 1000, 1)
    library.catalog.close()
    table = {}
    with Server(folder / "data", key) as server, sync_playwright() as driver:
        options = {"executable_path": "/usr/bin/chromium"}
        browser = driver.chromium.launch(
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"], **options
        )
        for name, length in calls.items():
            times = [opened(browser, server, ids[name], length * 60) for _ in range(OPENINGS)]
            table[name] = {what: round(statistics.median(each[what] for each in times)) for what in times[0]}
            table[name]["slowest_words"] = round(max(each["words"] for each in times))
        browser.close()
    return {"taken_in_s": taken_in, "table": table}


def show(result: dict[str, Any]) -> None:
    print(f"Opening a call in a browser; milliseconds, the median of {OPENINGS} (goal {GOAL_MS})")
    for name, figures in result["table"].items():
        print(f"  {name:<14}" + "  ".join(f"{key} {value:>6}" for key, value in figures.items()))
    print(f"  taken in, with all files: {result['taken_in_s']} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=240)
    parser.add_argument("--json", type=Path, default=Path("bench/results/opening.json"))
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        machine = {"python": platform.python_version(), "cores": os.cpu_count()}
        result = {"machine": machine, "goal_ms": GOAL_MS, **measure(Path(folder), wanted.minutes)}
    show(result)
    wanted.json.parent.mkdir(parents=True, exist_ok=True)
    wanted.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
