"""A server killed while messages are saved: what was acknowledged is there, once, under its number."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx

from earwitness.library import open_library
from saving import REQUEST

ROUNDS = 40 if os.environ.get("EARWITNESS_CHAOS") == "full" else 3
SENDERS = 8
RETRIED = 0.3


class Server:
    """`earwitness serve` over a folder, as a process group that can be killed whole."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "earwitness",
                "--data-dir",
                str(folder),
                "serve",
                "--role",
                "api",
                "--api-port",
                "0",
            ],
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert self.process.stdout
        found = None
        while found is None:
            line = self.process.stdout.readline()
            assert line, "the server did not start"
            found = re.match(rb"API +(http://\S+)/docs", line)
        self.address = found[1].decode()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=30)


class Sender(threading.Thread):
    """Saves messages until the server is gone; some twice, and what was in doubt when it died first."""

    def __init__(
        self, number: int, address: str, token: str, acked: dict[str, int], doubtful: list[str]
    ) -> None:
        super().__init__(daemon=True)
        self.number, self.address, self.token = number, address, token
        self.acked, self.doubtful = acked, doubtful
        self.random = random.Random(number)

    def run(self) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {self.token}"}, timeout=10) as client:
            while True:
                again = self.acked and self.random.random() < RETRIED
                name = self.random.choice(list(self.acked)) if again else self.next_name()
                try:
                    number = save(client, self.address, name)
                except httpx.TransportError:
                    self.doubtful.append(name)
                    return
                assert self.acked.setdefault(name, number) == number

    def next_name(self) -> str:
        return self.doubtful.pop() if self.doubtful else f"s{self.number}-{time.monotonic_ns()}"


def save(client: httpx.Client, address: str, name: str) -> int:
    body = {**REQUEST, "elevenlabs_message_id": name, "content": f"words of {name}"}
    body["elevenlabs_conversation_id"] = "conv" + name.split("-", maxsplit=1)[0]
    answer = client.post(f"{address}/api/v1/chat/save-message", json=body)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["message_id"])


def test_every_message_that_was_acknowledged_is_there_once_under_its_number(tmp_path: Path) -> None:
    library = open_library(tmp_path)
    library.subjects.add("default", ["RID001"])
    library.catalog.close()
    acked: list[dict[str, int]] = [{} for _ in range(SENDERS)]
    doubtful: list[list[str]] = [[] for _ in range(SENDERS)]
    pause = random.Random(7)
    for _ in range(ROUNDS):
        server = Server(tmp_path)
        login = httpx.post(f"{server.address}/api/v1/auth/login", json={"research_id": "RID001"})
        token = login.json()["access_token"]
        before = sum(map(len, acked))
        senders = [Sender(n, server.address, token, acked[n], doubtful[n]) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        deadline = time.monotonic() + 20
        while sum(map(len, acked)) < before + 50 + pause.randrange(100) and time.monotonic() < deadline:
            time.sleep(0.01)
        server.kill()
        for sender in senders:
            sender.join(20)
            assert not sender.is_alive()
    promised = {name: number for one in acked for name, number in one.items()}
    assert len(promised) >= ROUNDS * 50
    server = Server(tmp_path)
    server.stop()
    library = open_library(tmp_path)
    check(library, promised)
    library.reindex()
    check(library, promised)
    library.catalog.close()


def check(library: object, promised: dict[str, int]) -> None:
    conversations = list(library.conversations())  # type: ignore[attr-defined]
    rows = [row for conversation in conversations for row in conversation.messages()]
    kept = {row.provider_message_id: row.id for row in rows}
    assert len(kept) == len(rows), "a message was kept twice"
    assert {name: kept.get(name) for name in promised} == promised
    assert all(row.text == f"words of {row.provider_message_id}" for row in rows)
    assert len(conversations) == SENDERS, "one conversation went on over all restarts"
    assert {conversation.row.status for conversation in conversations} == {"complete"}
