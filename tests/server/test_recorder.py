"""Recorder and desk as real processes: started, killed, stopped, started twice."""

import asyncio
import json
import re
import signal
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import ServerConnection, serve

from earwitness.journal.reader import is_live, leg_folders
from earwitness.library import Library
from earwitness.model.conversation import Status
from earwitness.server.app_files import NOT_BUILT, is_built
from earwitness.server.recorder import Admission, print_on
from earwitness.settings import Settings
from served import Served, answers, free_port, is_gone, routes_file, run, serving, until

OPENING = json.dumps(
    {"type": "session.created", "event_id": "e", "session": {"type": "realtime", "id": "sess_1"}}
)


def echo(connection: ServerConnection) -> None:
    connection.send(OPENING)
    for message in connection:
        connection.send(message)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with serve(echo, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def place(tmp_path: Path, upstream: str) -> Path:
    """A working directory whose settings have the route `echo`."""
    routes_file(tmp_path, echo=upstream)
    return tmp_path


def call(served: Served) -> ClientConnection:
    connection = connect(served.tap("echo") + "/v1/realtime", close_timeout=2)
    assert connection.recv(timeout=10) == OPENING
    return connection


def says(connection: ClientConnection, text: str) -> None:
    """One message there and back."""
    connection.send(text)
    assert connection.recv(timeout=10) == text


def conversations(served: Served) -> list[dict[str, object]]:
    status, body = served.get("/api/v1/conversations")
    assert status == 200
    found: list[dict[str, object]] = json.loads(body)["conversations"]
    return found


def rows(place: Path) -> list[tuple[str, list[str]]]:
    library = Library(Settings(data_dir=str(place / "data")))
    library.catch_up()
    return [(recorded.row.status, recorded.row.reasons) for recorded in library.conversations()]


# -- together ---------------------------------------------------------------------------------------------


def test_calls_go_through_and_are_rows_while_they_run(place: Path) -> None:
    with serving(place) as served:
        ready = (200, b'{"status":"ready","reasons":[]}')
        until(lambda: served.get("/readyz") == ready, 5)
        with call(served) as caller:
            says(caller, "hello")
            (row,) = until(lambda: conversations(served), 5)
            assert row["status"] == "active"
            assert b"earwitness_live_legs 1.0" in until(
                lambda: (body := served.get("/metrics")[1]) and b"live_legs 1" in body and body, 5
            )
        until(lambda: conversations(served)[0]["status"] == "complete", 5)
        assert served.stop() == 0


def test_a_killed_desk_comes_back_at_its_address_and_no_call_notices(place: Path) -> None:
    with serving(place) as served, call(served) as caller:
        desk = served.desk()
        assert desk is not None
        helpers = desk.children(recursive=True)
        host, _, port = served.api().removeprefix("http://").partition(":")
        desk.kill()
        says(caller, "said while nobody was at the desk")
        until(lambda: (found := served.desk()) and found.pid != desk.pid, 10)
        until(lambda: answers(host, int(port)), 15)
        assert len(until(lambda: conversations(served), 5)) == 1
        says(caller, "and afterwards")
        until(lambda: served.get("/readyz")[0] == 200, 5)
        until(lambda: all(map(is_gone, helpers)), 10, "orphans stay")
        assert served.process.poll() is None


def test_the_address_of_the_pages_is_printed_and_opens_without_a_key(place: Path) -> None:
    with serving(place) as served:
        told = served.printed(rf"(pages +http://\S+|{re.escape(NOT_BUILT)})")
        address = f"{served.api()}/"
        assert told.split() == ["pages", address] if is_built() else told == NOT_BUILT
        with urllib.request.urlopen(address, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/html")


def test_after_a_killed_recorder_the_desk_goes_and_a_new_one_starts_at_once(place: Path) -> None:
    with serving(place) as first:
        caller = call(first)
        says(caller, "hello")
        desk = first.desk()
        assert desk is not None
        time.sleep(0.3)  # the loss bound of the journal for a lost process is 50 ms
        first.process.kill()
        first.process.wait()
        with pytest.raises(ConnectionClosed):
            caller.recv(timeout=5)
        with serving(place, key=first.key()) as second:  # while the orphan may still be there
            until(lambda: is_gone(desk), told="the orphan stays")
            (row,) = until(lambda: conversations(second), 10)
            assert (row["status"], row["reasons"]) == ("partial", ["crash"])
            with call(second) as again:
                says(again, "hello")


# -- stopped ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_ends_live_calls_in_order_and_keeps_all_of_them(place: Path, number: int) -> None:
    with serving(place) as served:
        callers = [call(served) for _ in range(8)]
        for n, caller in enumerate(callers):
            says(caller, f"caller {n}")
        began = time.monotonic()
        assert served.stop(number, timeout_s=15) == 0
        assert time.monotonic() - began < 10
        for caller in callers:
            with pytest.raises(ConnectionClosed):
                caller.recv(timeout=5)
            assert caller.close_code == 1012
        assert "Traceback" not in served.said()
    assert not [folder for folder in leg_folders(place / "data" / "journal") if is_live(folder)]
    library = Library(Settings(data_dir=str(place / "data")))
    statuses = [recorded.row.status for recorded in library.conversations()]  # before anything catches up
    assert len(statuses) == 8
    assert Status.ACTIVE not in statuses
    texts = {record.payload for recorded in library.conversations() for _, record in recorded.records()}
    assert {f"caller {n}".encode() for n in range(8)} <= texts


def test_told_twice_to_stop_it_stops_as_well(place: Path) -> None:
    with serving(place) as served, call(served) as caller:
        says(caller, "hello")
        served.process.send_signal(signal.SIGTERM)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(15) == 0
        assert "Traceback" not in served.said()
    assert [status for status, _ in rows(place)] != ["active"]


def test_a_stop_leaves_no_process_behind(place: Path) -> None:
    with serving(place) as served:
        served.api()
        family = psutil.Process(served.process.pid).children(recursive=True)
        assert family
        assert served.stop() == 0
        until(lambda: all(map(is_gone, family)), 5, "somebody stays")


# -- refused ------------------------------------------------------------------------------------------------


def test_a_second_server_on_the_folder_is_told_who_holds_it(place: Path) -> None:
    with serving(place) as first:
        first.api()
        second = run("--data-dir", place / "data", "serve", "--api-port", 0, "--tap-port", 0, folder=place)
        assert second.returncode == 3
        assert "is in use by process" in second.stderr
        assert "hint: " in second.stderr
        assert "Traceback" not in second.stderr
        until(lambda: first.get("/readyz")[0] == 200, 5)


@pytest.mark.parametrize("which", ["--api-port", "--tap-port"])
def test_a_taken_port_is_named(place: Path, which: str) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        other = "--tap-port" if which == "--api-port" else "--api-port"
        refused = run("--data-dir", "data", "serve", which, port, other, free_port(), folder=place)
    assert refused.returncode == 3
    assert "Fatal" not in refused.stderr
    assert "ERROR" not in refused.stderr  # the web server's own words, beside ours
    assert str(port) in refused.stderr
    assert "hint: " in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("which", ["api", "tap"])
def test_a_host_that_is_not_this_machines_is_no_taken_port(place: Path, which: str) -> None:
    (place / "earwitness.toml").write_text(f'tap.require_key = true\n{which}.host = "192.0.2.1"\n')
    refused = run("serve", "--api-port", 0, "--tap-port", 0, folder=place)
    assert refused.returncode == 2
    assert f"the {which} cannot listen on 192.0.2.1:" in refused.stderr
    assert f"{which}.host" in refused.stderr


@pytest.mark.parametrize("role", ["all", "capture", "api"])
def test_a_folder_that_cannot_be_written_is_a_clear_error(place: Path, role: str) -> None:
    (place / "file").write_text("no folder")
    for folder in ("/proc/earwitness", "file/data"):
        refused = run("--data-dir", folder, "serve", "--role", role, "--tap-port", 0, folder=place)
        assert refused.returncode in (1, 2)
        assert folder.split("/data")[0] in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_tap_that_others_could_reach_without_a_key_is_refused(place: Path) -> None:
    refused = run("serve", "--tap-port", 0, folder=place, env={"EARWITNESS_TAP__HOST": "0.0.0.0"})
    assert refused.returncode == 2
    assert "tap.require_key" in refused.stderr


# -- roles --------------------------------------------------------------------------------------------------


def test_capture_records_alone_and_others_show_it_later(place: Path) -> None:
    with serving(place, "--role", "capture") as recorder:
        with call(recorder) as caller:
            says(caller, "hello")
            with serving(place, "--role", "api", key=recorder.key()) as desk:
                (row,) = until(lambda: conversations(desk), 10)
                assert row["status"] == "active"
                assert desk.stop() == 0
                assert "Traceback" not in desk.said()
        assert "API " not in recorder.said().replace("API key", "")
        assert recorder.stop() == 0
    listed = run("--data-dir", "data", "list", "--json", folder=place)
    assert [row["status"] for row in json.loads(listed.stdout)] == ["complete"]


# -- who may record -----------------------------------------------------------------------------------------


def test_only_a_valid_key_that_may_record_is_admitted(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path))
    keys = Library(settings).keys
    admit = Admission(settings)
    assert admit(None) is None
    assert admit("ew_abcdefgh_" + "A" * 43) is None
    assert admit(keys.create("reader", ("read",)).text) is None
    capture = keys.create("tap", ("capture",), "acme")
    assert admit(capture.text) == "acme"
    keys.revoke("acme", capture.key.id)
    assert admit(capture.text) is None


async def test_what_the_desk_prints_is_printed_by_the_server(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    """Metrics for CloudWatch are read there."""
    lines = asyncio.StreamReader()
    lines.feed_data(b'{"_aws": 1}\n{"_aws": 2}\n')
    lines.feed_eof()
    await print_on(lines)
    assert capfdbinary.readouterr().out == b'{"_aws": 1}\n{"_aws": 2}\n'
