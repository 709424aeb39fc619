"""A running call in the browser: it shows by itself, its words roll, it ends; and a first call on request.
It is paused and resumed, and somebody says how it came out."""

import json
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from browsed import PATIENCE_MS, Tab
from earwitness.library import Library
from earwitness.settings import DEFAULT_ROUTES, Settings
from served import free_port, routes_file, serving, until


def routes(folder: Path) -> None:
    """The simulated providers where nobody else's are."""
    lines = [
        f'{name} = {{ provider = "{route.provider}", upstream = "ws://127.0.0.1:{free_port()}" }}'
        for name, route in DEFAULT_ROUTES.items()
        if name.startswith("sim-")
    ]
    (folder / "earwitness.toml").write_text("[routes]\n" + "\n".join(lines) + "\n")


def test_a_newcomer_plays_a_first_call_and_sees_it_live_to_its_end(browser: Any, tmp_path: Path) -> None:
    routes(tmp_path)
    key = Library(Settings(data_dir=str(tmp_path / "data"))).keys.create("k", ("admin",)).text
    with serving(tmp_path, key=key) as served:
        tab = Tab(browser, served.api(), key=key, color_scheme="light")
        tab.page.goto("/")
        tab.page.get_by_role("button", name="Play a simulated call").wait_for()
        tab.page.get_by_text("/openai/v1/realtime").wait_for()
        setups = [tomllib.loads(text)["routes"] for text in tab.page.locator("code.lines").all_inner_texts()]
        assert [name for setup in setups for name in setup] == ["twilio", "audiocodes"]  # lead nowhere yet
        assert tab.page.get_by_role("button", name="Copy").count() == 5 + len(setups)
        assert tab.violations() == []
        tab.picture("first-run")
        tab.page.get_by_role("button", name="Play a simulated call").click()
        tab.page.locator(".rows .status.active").wait_for(timeout=40_000)
        tab.page.get_by_role("link", name="Live").click()
        tab.page.locator(".rolling li").nth(1).wait_for(timeout=20_000)
        tab.picture("live")
        tab.page.locator(".call header a").click()
        tab.page.locator(".head .status.active").wait_for()
        tab.page.locator(".said").first.wait_for()
        tab.page.locator(".head .status.complete").wait_for(timeout=60_000)
        assert tab.complaints == []
        tab.close()


OPENING = json.dumps({"type": "session.created", "session": {"type": "realtime", "id": "sess_1"}})
NO_SOUND = {"detail": "running calls have no sound here", "hint": "Is record.live_stereo on?"}


def echo(connection: ServerConnection) -> None:
    connection.send(OPENING)
    for message in connection:
        connection.send(message)


@contextmanager
def upstream() -> Iterator[str]:
    with serve(echo, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


def test_recording_is_paused_and_resumed_and_the_outcome_kept_at_a_press(
    browser: Any, tmp_path: Path
) -> None:
    key = Library(Settings(data_dir=str(tmp_path / "data"))).keys.create("k", ("admin",)).text
    with upstream() as url:
        routes_file(tmp_path, echo=url)
        with serving(tmp_path, key=key) as served, connect(served.tap("echo") + "/v1/realtime") as caller:

            def says(word: str) -> None:
                caller.send(json.dumps({"type": "test.said", "word": word}))
                assert word in caller.recv(timeout=PATIENCE_MS / 1000)

            def asked(path: str) -> Any:
                return json.loads(served.get(f"/api/v1/conversations{path}")[1])

            assert caller.recv(timeout=PATIENCE_MS / 1000) == OPENING
            (call,) = until(lambda: asked("")["conversations"])
            tab = Tab(browser, served.api(), key=key, color_scheme="light")
            tab.page.goto(f"/conversations/{call['id']}")
            says("before")
            tab.page.route("**/live/sound", lambda route: route.fulfill(status=409, json=NO_SOUND))
            tab.page.get_by_role("button", name="Listen in").press("Enter")
            tab.page.get_by_text("no sound here. Is record.live_stereo on?").wait_for()
            tab.page.get_by_role("button", name="Pause recording").press("Enter")
            resume = tab.page.get_by_role("button", name="Go on recording")
            resume.wait_for()
            says("secret")
            tab.page.reload()
            resume.wait_for()  # whoever comes later sees that it is paused
            resume.press("Enter")
            tab.page.get_by_role("button", name="Pause recording").wait_for()
            says("after")
            tab.page.get_by_role("button", name="Say how it came out").press("Enter")
            dialog = tab.page.get_by_role("dialog", name="How did it come out?")
            dialog.get_by_label("Outcome").press_sequentially("sold")
            dialog.get_by_label("Satisfaction").select_option("high")
            assert tab.violations() == []
            tab.picture("live-end")
            tab.page.keyboard.press("Tab")
            dialog.get_by_role("button", name="Keep").press("Enter")
            dialog.wait_for(state="detached")
            tab.page.locator(".head-facts").get_by_text("sold").wait_for()
            caller.close()
            tab.page.locator(".head .status.complete, .head .status.partial").wait_for(timeout=60_000)
            tab.page.locator(".note.gap").wait_for()
            whole = asked(f"/{call['id']}")
            assert (whole["outcome"], whole["satisfaction"]) == ("sold", "high")
            assert [gap["reason"] for gap in whole["gaps"]] == ["paused"]
            wire = served.get(f"/api/v1/conversations/{call['id']}/records?view=raw&reason=test")[1]
            assert b"before" in wire
            assert b"after" in wire
            assert b"secret" not in wire
            assert tab.complaints == []
            tab.close()
