"""Saving messages over HTTP: requests per second, against the service one would write in an afternoon.

Both sides in the same run, one process each, the same client and the same requests. The peer is FastAPI with
SQLAlchemy and SQLite, which commits every request. Ours is `earwitness serve` as it comes: each answer is
given after the message is on disk, and the rows are written meanwhile.

    .venv/bin/python bench/save_message.py [--seconds S] [--connections N]
"""

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

CONVERSATIONS = 20
ROUNDS = 3

PEER = """
import sys
from datetime import datetime
import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import create_engine, event
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

class Base(DeclarativeBase): pass

class Message(Base):
    __tablename__ = "paco_conversations"
    id: Mapped[int] = mapped_column(primary_key=True)
    research_id: Mapped[str]
    role: Mapped[str]
    content: Mapped[str]
    timestamp: Mapped[datetime]
    provider: Mapped[str]
    elevenlabs_conversation_id: Mapped[str | None]
    elevenlabs_message_id: Mapped[str | None]

class SaveRequest(BaseModel):
    research_id: str
    role: str
    content: str
    timestamp: datetime
    provider: str
    elevenlabs_conversation_id: str | None = None
    elevenlabs_message_id: str | None = None

engine = create_engine(f"sqlite:///{sys.argv[1]}", connect_args={"check_same_thread": False})

@event.listens_for(engine, "connect")
def prepare(connection, _):
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")

Base.metadata.create_all(engine)
Sessions = sessionmaker(engine)
app = FastAPI()

def session():
    with Sessions() as session:
        yield session

@app.post("/api/v1/chat/save-message")
def save(request: SaveRequest, session: Session = Depends(session), authorization: str = Header()):
    message = Message(**request.model_dump())
    session.add(message)
    session.commit()
    return {"success": True, "message_id": message.id, "timestamp": message.timestamp.isoformat()}

uvicorn.run(app, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""


class Sender(asyncio.Protocol):
    """One connection that sends the next request when the last is answered."""

    def __init__(self, run: "Run", number: int) -> None:
        self.run, self.number, self.sent = run, number, 0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        self.started = time.perf_counter()
        self.sent += 1
        self.transport.write(self.run.request(self.number, self.sent))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, mark, body = self.buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(body) < length:
            return
        if not head.startswith(b"HTTP/1.1 200"):
            raise SystemExit(f"{head!r} {body!r}")
        self.buffer = b""
        self.run.note(time.perf_counter() - self.started)
        if time.perf_counter() < self.run.until:
            self.send()
        else:
            self.transport.close()
            self.run.leave()


class Run:
    """All connections against one server for some seconds."""

    def __init__(self, port: int, token: str, seconds: float, connections: int, round: int) -> None:
        self.port, self.token, self.connections, self.round = port, token, connections, round
        self.seconds = seconds
        self.latencies: list[float] = []
        self.until = 0.0

    def request(self, sender: int, number: int) -> bytes:
        body = json.dumps(
            {
                "research_id": "RID001",
                "role": "user" if number % 2 else "assistant",
                "content": f"Message {number}: what does a walking test tell about the arteries of the leg?",
                "timestamp": "2025-01-08T16:00:00Z",
                "provider": "elevenlabs",
                "elevenlabs_conversation_id": f"conv_{self.round}_{sender % CONVERSATIONS}",
                "elevenlabs_message_id": f"msg_{sender}_{number}",
            }
        ).encode()
        return (
            b"POST /api/v1/chat/save-message HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Authorization: Bearer %b\r\nContent-Length: %d\r\n\r\n%b"
            % (self.token.encode(), len(body), body)
        )

    def note(self, latency_s: float) -> None:
        self.latencies.append(latency_s)

    def leave(self) -> None:
        self.left -= 1
        if not self.left:
            self.done.set_result(None)

    async def go(self) -> dict[str, float]:
        loop = asyncio.get_running_loop()
        self.left, self.done = self.connections, loop.create_future()
        began = time.perf_counter()
        self.until = began + self.seconds
        for number in range(self.connections):
            await loop.create_connection(lambda n=number: Sender(self, n), "127.0.0.1", self.port)
        await self.done
        took = time.perf_counter() - began
        ordered = sorted(self.latencies)
        return {
            "per_s": len(ordered) / took,
            "p50_ms": ordered[len(ordered) // 2] * 1e3,
            "p99_ms": ordered[len(ordered) * 99 // 100] * 1e3,
        }


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not start")


def start_ours(folder: Path) -> tuple[subprocess.Popen[bytes], int, str]:
    port = free_port()
    earwitness = [sys.executable, "-m", "earwitness", "--data-dir", str(folder / "data")]
    subprocess.run([*earwitness, "subjects", "add", "RID001"], check=True, stdout=subprocess.DEVNULL)
    process = subprocess.Popen(
        [*earwitness, "serve", "--api-port", str(port), "--tap-port", "0"], stdout=subprocess.DEVNULL
    )
    wait_for(port)
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/auth/login", b'{"research_id":"RID001"}', method="POST"
    )
    with urllib.request.urlopen(request) as answer:
        return process, port, json.load(answer)["access_token"]


def start_peer(folder: Path) -> tuple[subprocess.Popen[bytes], int, str]:
    port = free_port()
    (folder / "peer.py").write_text(PEER)
    process = subprocess.Popen([sys.executable, str(folder / "peer.py"), str(folder / "peer.db"), str(port)])
    wait_for(port)
    return process, port, "x"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=64)
    chosen = parser.parse_args()
    try:
        import uvloop

        run = uvloop.run
    except ImportError:
        run = asyncio.run
    figures: dict[str, list[dict[str, float]]] = {"earwitness": [], "commit per request": []}
    with tempfile.TemporaryDirectory(dir=Path(__file__).parent) as folder:
        servers = {"commit per request": start_peer(Path(folder)), "earwitness": start_ours(Path(folder))}
        try:
            for number in range(ROUNDS):
                for name, (_, port, token) in servers.items():
                    go = Run(port, token, chosen.seconds, chosen.connections, number)
                    figures[name].append(run(go.go()))
        finally:
            for process, _, _ in servers.values():
                process.terminate()
            for process, _, _ in servers.values():
                process.wait(60)
    report(figures)


def report(figures: dict[str, list[dict[str, float]]]) -> None:
    middle = {
        name: {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        for name, rounds in figures.items()
    }
    ratio = middle["earwitness"]["per_s"] / middle["commit per request"]["per_s"]
    print(f"{'':20}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}")
    for name, row in middle.items():
        print(f"{name:20}{row['per_s']:12,.0f}{row['p50_ms']:10.2f}{row['p99_ms']:10.2f}")
    print(f"earwitness does {ratio:.1f} times as many (aim: 15)")
    out = os.environ.get("BENCH_OUT")
    if out:
        Path(out, "save_message.json").write_text(json.dumps({"ratio": ratio, **middle}, indent=2))


if __name__ == "__main__":
    main()
