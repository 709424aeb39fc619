"""Programs that record by themselves hand over to a real server: later, after kills and forks, and once."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from asked import NOBODYS_ID, Asker
from earwitness.capture.handover import Handover, Server, send
from earwitness.errors import InvalidInput
from earwitness.journal.reader import leg_folders
from earwitness.server.legs import IN_MEMORY_BYTES
from privacy_vaults import encrypted
from served import Served, free_port, run, until

PROGRAM = """
import os, sys, time, earwitness
folder, words = sys.argv[1:3]
def say(leg, words):
    leg.sent({"type": "conversation.item.create", "item": {"id": words, "type": "message", "role": "user",
        "content": [{"type": "input_text", "text": words}]}})
    leg.received({"type": "conversation.item.added", "item": {"id": words, "type": "message", "role": "user",
        "content": [{"type": "input_text", "text": words}]}})
leg = earwitness.record(provider="openai", data_dir=folder, conversation=words)
say(leg, words)
leg.flush()
print(leg.leg, flush=True)
"""
STAYS = PROGRAM + "sys.stdin.read()\n"
FORKS = """
if os.fork() == 0:
    own = earwitness.record(provider="openai", data_dir=folder, conversation="child")
    say(own, "child")
    own.close()
    raise SystemExit
os.wait()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("server"))
    try:
        served.api()
        yield served
    finally:
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(30)


def environment(url: str, key: str) -> dict[str, str]:
    return {**os.environ, "EARWITNESS_HANDOVER__URL": url, "EARWITNESS_HANDOVER__KEY": key}


def program(source: str, folder: Path, words: str, url: str, key: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", source, str(folder), words]
    return subprocess.run(
        command, env=environment(url, key), capture_output=True, text=True, timeout=60, check=True
    )


def call(server: Served, words: str) -> dict[str, Any] | None:
    """The one conversation on the server in which this was said, once it is there."""
    rows = json.loads(server.get("/api/v1/conversations?limit=100")[1])["conversations"]
    calls = [json.loads(server.get(f"/api/v1/conversations/{row['id']}")[1]) for row in rows]
    found = [one for one in calls if words in [message["text"] for message in one["messages"]]]
    assert len(found) <= 1
    return found[0] if found else None


def waiting(folder: Path) -> list[Path]:
    return list(leg_folders(folder / "journal"))


def test_a_leg_that_is_over_is_on_the_server_and_no_longer_here(server: Served, tmp_path: Path) -> None:
    program(PROGRAM, tmp_path, "handed over at once", server.api(), server.key())
    assert waiting(tmp_path) == []
    found = until(lambda: call(server, "handed over at once"))
    assert (found["status"], found["legs"][0]["way"], found["workspace"]) == ("complete", "record", "default")


def test_while_the_server_is_down_all_waits_and_then_arrives_once(server: Served, tmp_path: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    began_s = time.monotonic()
    for number in range(3):
        told = program(PROGRAM, tmp_path, f"waited {number}", nowhere, server.key())
        assert "waits in" in told.stderr
    assert time.monotonic() - began_s < 30
    assert len(waiting(tmp_path)) == 3
    words = ("--data-dir", tmp_path, "handover", "--url")
    down = run(*words, nowhere, folder=tmp_path)
    assert (down.returncode, "Try again later" in down.stderr) == (1, True)
    key = {"EARWITNESS_HANDOVER__KEY": server.key()}
    told = run(*words, server.api(), folder=tmp_path, env=key)
    assert (told.returncode, told.stdout.split(",")[0]) == (0, "3 handed over")
    assert run(*words, server.api(), folder=tmp_path, env=key).stdout.startswith("0 handed over")
    assert waiting(tmp_path) == []
    for number in range(3):
        assert until(lambda number=number: call(server, f"waited {number}"))


def test_what_a_killed_program_left_is_handed_over_by_the_next(server: Served, tmp_path: Path) -> None:
    command = [sys.executable, "-c", STAYS, str(tmp_path), "killed meanwhile"]
    env = environment(server.api(), server.key())
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as killed:
        assert killed.stdout
        killed.stdout.readline()
        killed.kill()
    assert len(waiting(tmp_path)) == 1
    program(PROGRAM, tmp_path, "the next one", server.api(), server.key())
    found = until(lambda: call(server, "killed meanwhile"))
    assert (found["status"], found["reasons"]) == ("partial", ["crash"])
    assert waiting(tmp_path) == []


def test_parent_and_child_of_a_fork_are_both_handed_over(server: Served, tmp_path: Path) -> None:
    program(PROGRAM + FORKS, tmp_path, "the parent", server.api(), server.key())
    assert waiting(tmp_path) == []
    assert until(lambda: call(server, "the parent"))["status"] == "complete"
    assert until(lambda: call(server, "child"))["status"] == "complete"


def test_what_the_server_refuses_stays_and_is_told(server: Served, tmp_path: Path) -> None:
    told = program(PROGRAM, tmp_path, "refused", server.api(), "ew_wrongkey_" + "A" * 43)
    assert "stays in" in told.stderr
    assert len(waiting(tmp_path)) == 1
    result = run("--data-dir", tmp_path, "handover", "--url", server.api(), "--key", "x", folder=tmp_path)
    assert (result.returncode, "1 refused" in result.stdout) == (3, True)


def test_nothing_is_sent_from_a_folder_that_a_server_follows(server: Served) -> None:
    before = waiting(server.data)
    result = Handover(server.data, Server(server.api(), server.key())).once()
    assert result.handed_over == 0
    assert waiting(server.data) == before


def test_the_same_leg_again_changes_nothing_and_another_workspaces_is_a_conflict(
    server: Served, tmp_path: Path
) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    program(PROGRAM, tmp_path, "sent twice", nowhere, "")
    (folder,) = waiting(tmp_path)
    there = Server(server.api(), server.key())
    assert [send(there, folder)[0] for _ in range(2)] == [201, 200]
    made = run(
        "--data-dir",
        server.data,
        "keys",
        "create",
        "acme",
        "--scope",
        "capture",
        "--workspace",
        "acme",
        folder=tmp_path,
    )
    other = Server(server.api(), next(word for word in made.stdout.split() if word.startswith("ew_")))
    assert send(other, folder)[0] == 409
    assert until(lambda: call(server, "sent twice"))


@pytest.mark.parametrize("url", ["recorder.example.org", "ftp://x", "http://"])
def test_an_address_that_is_none_is_told(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="is no server"):
        send(Server(url), tmp_path)


@pytest.mark.parametrize("body", [b"", b"short", bytes(400), b"\xff" * 400])
def test_what_is_no_leg_is_refused_and_leaves_nothing(tmp_path: Path, body: bytes) -> None:
    desk = Asker(tmp_path)
    try:
        answer = desk.ask(f"/api/v1/legs/{NOBODYS_ID}", "capture", "PUT", content=body)
        assert answer.status_code == 422
        assert desk.ask("/api/v1/legs/..%2f..%2fx", "capture", "PUT", content=body).status_code in (404, 422)
        assert desk.ask(f"/api/v1/legs/{NOBODYS_ID}", "read", "PUT", content=body).status_code == 403
        assert not list(leg_folders(tmp_path / "journal"))
    finally:
        desk.close()


def open_files() -> Iterator[str]:
    """What this process holds open, where it has a name."""
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            yield os.readlink(descriptor)


def test_a_long_leg_on_its_way_into_an_encrypted_folder_lies_nowhere_on_its_disk(tmp_path: Path) -> None:
    asker = Asker(tmp_path / "data", encrypted(tmp_path))
    seen: list[str] = []
    pieces = [bytes(2 * IN_MEMORY_BYTES), b""]

    async def receive() -> dict[str, Any]:
        if len(pieces) == 1:
            seen.extend(open_files())
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 422) == 422

    key = asker.keys["capture"]
    path = f"/api/v1/legs/{NOBODYS_ID}"
    headers = [(b"authorization", f"Bearer {key}".encode()), (b"host", b"127.0.0.1:5001")]
    scope = {"type": "http", "method": "PUT", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": headers, "scheme": "http", "client": ("127.0.0.1", 50_000), "http_version": "1.1"}
    try:
        asyncio.run(asker.app({**scope, "server": ("127.0.0.1", 5001)}, receive, send))
    finally:
        asker.close()
    scratch = str(asker.library.scratch)
    assert [place for place in seen if place.startswith(scratch)]
    waiting = [place for place in seen if place.startswith(str(tmp_path)) and place.endswith("(deleted)")]
    assert waiting == []
