"""What recording costs the tap: the same splice with and without it, in one run.

    python bench/tap.py [--calls 100] [--seconds 8]

Telephony frames (381 bytes of JSON with 160 bytes of sound, 50 per second each way and call). Tap, upstream
and callers are processes of their own; the tap is pinned to one core. `bare` is the tap on a route that keeps
nothing, `recording` the same tap on a route that keeps all, journal synced. Prints ratios and writes
`bench/results/tap.json`.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

import psutil
import uvloop

HERE = Path(__file__).resolve().parent
SOUND = base64.b64encode(bytes(range(96, 256))).decode()
PAYLOAD = json.dumps(
    {
        "event": "media",
        "sequenceNumber": "10234",
        "media": {"track": "inbound", "chunk": "10233", "timestamp": "204660", "payload": SOUND},
        "streamSid": "MZ18ad3ab5a668481ce02b83e7395059f0",
    },
    separators=(",", ":"),
).encode()
PAYLOAD += b" " * (381 - len(PAYLOAD))
MASK = b"\x12\x34\x56\x78"
CLIENT_FRAME = struct.pack(">BBH", 0x81, 0xFE, len(PAYLOAD)) + MASK
CLIENT_FRAME += bytes(b ^ MASK[i & 3] for i, b in enumerate(PAYLOAD))
SERVER_FRAME = struct.pack(">BBH", 0x81, 0x7E, len(PAYLOAD)) + PAYLOAD
ACCEPT = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
FRAMES_PER_S = 50


class Upstream(asyncio.Protocol):
    """Answers each of the callers' frames with one of its own."""

    def connection_made(self, transport):
        self.transport = transport
        self.is_open = False
        self.data = bytearray()
        self.taken = 0

    def data_received(self, data):
        if not self.is_open:
            self.data += data
            if b"\r\n\r\n" in self.data:
                self.is_open = True
                self.transport.write(ACCEPT)
            return
        self.taken += len(data)
        count, self.taken = divmod(self.taken, len(CLIENT_FRAME))
        if count:
            self.transport.write(SERVER_FRAME * count)


class Caller(asyncio.Protocol):
    """Sends frames and measures how long each answer took."""

    def __init__(self, samples, window):
        self.samples = samples
        self.window = window  # 0: paced from outside
        self.is_ready = asyncio.get_running_loop().create_future()
        self.sent = deque()
        self.taken = 0
        self.frames = 0

    def connection_made(self, transport):
        self.transport = transport
        transport.write(
            b"GET /r/x HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )

    def data_received(self, data):
        now = time.perf_counter()
        if not self.is_ready.done():
            self.is_ready.set_result(None)
            return
        self.taken += len(data)
        count, self.taken = divmod(self.taken, len(SERVER_FRAME))
        for _ in range(count):
            self.samples.append(now - self.sent.popleft())
        if self.window and count:
            self.send(count)

    def send(self, count=1):
        self.frames += count
        self.sent.extend([time.perf_counter()] * count)
        self.transport.write(CLIENT_FRAME * count)


async def serve_upstream():
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


async def serve_tap(upstream_port, keeps):
    from earwitness.capture.tap import Tap
    from earwitness.journal.writer import Journal
    from earwitness.settings import Recording, Route, Settings
    from earwitness.settings import Tap as Listen

    os.sched_setaffinity(0, {0})
    recording = Recording(audio=keeps, raw=keeps, transcripts=keeps)
    route = Route(provider="twilio", upstream=f"ws://127.0.0.1:{upstream_port}", record=recording)
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        journal = Journal(Path(folder) / "journal")
        tap = Tap(Settings(tap=Listen(port=0), routes={"r": route}), journal)
        await tap.start()
        print(tap.port, flush=True)
        if os.environ.get("PROFILE") and keeps:
            import cProfile

            profile = cProfile.Profile()
            profile.enable()
            await asyncio.to_thread(sys.stdin.read)
            profile.disable()
            profile.dump_stats(os.environ["PROFILE"])
        else:
            await asyncio.to_thread(sys.stdin.read)
        await tap.stop()
        journal.close()


async def load(port, calls, seconds, window):
    """Prints frames sent and the round trips in microseconds."""
    loop = asyncio.get_running_loop()
    samples = []
    callers = []
    for _ in range(calls):
        _, caller = await loop.create_connection(lambda: Caller(samples, window), "127.0.0.1", port)
        await caller.is_ready
        callers.append(caller)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    if window:
        for caller in callers:
            caller.send(window)
        await asyncio.sleep(seconds)
        for caller in callers:
            caller.window = 0
    else:
        await pace(callers, seconds)
    frames = sum(caller.frames for caller in callers)
    await asyncio.sleep(0.3)
    samples.sort()
    at = {f"p{q:g}_us": samples[int(len(samples) * q / 100)] * 1e6 for q in (50, 90, 99, 99.9)}
    print(json.dumps({"frames": frames * 2, **at}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)


async def pace(callers, seconds):
    start = time.perf_counter()
    step = 1 / FRAMES_PER_S / len(callers)
    for i in range(int(seconds * FRAMES_PER_S * len(callers))):
        ahead = start + i * step - time.perf_counter()
        if ahead > 0.0005:
            await asyncio.sleep(ahead)
        callers[i % len(callers)].send()


@contextlib.contextmanager
def process(*arguments):
    command = [sys.executable, __file__, *map(str, arguments)]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield running
    finally:
        with contextlib.suppress(OSError):
            running.stdin.close()
        running.wait(30)


def measure(kind, calls, seconds, window):
    """One run of one kind: CPU of the tap per million frames, round trips, memory per call."""
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(process("--as", "upstream"))
        port = int(upstream.stdout.readline())
        tap = None
        if kind != "direct":
            tap = stack.enter_context(
                process("--as", "tap", "--port", port, "--keeps", int(kind == "recording"))
            )
            port = int(tap.stdout.readline())
        usage = psutil.Process(tap.pid) if tap else None
        empty = usage.memory_info().rss if usage else 0
        caller = stack.enter_context(
            process(
                "--as", "load", "--port", port, "--calls", calls, "--seconds", seconds, "--window", window
            )
        )
        caller.stdout.readline()
        before = usage.cpu_times() if usage else None
        print("go", file=caller.stdin, flush=True)
        result = json.loads(caller.stdout.readline())
        if usage:
            after = usage.cpu_times()
            spent = after.user + after.system - before.user - before.system
            result["cpu_s_per_million"] = spent / result["frames"] * 1e6
            result["kb_per_call"] = (usage.memory_info().rss - empty) / calls / 1024
        print("done", file=caller.stdin, flush=True)
        return result


def run(calls, seconds, rounds):
    figures = {}
    for name, (count, window) in {"paced": (calls, 0), "unpaced": (20, 16)}.items():
        kinds = {kind: [] for kind in ("direct", "bare", "recording")}
        for _ in range(rounds):
            for kind, results in kinds.items():
                results.append(measure(kind, count, seconds, window))
        figures[name] = {
            kind: {key: statistics.median(r[key] for r in results) for key in results[0]}
            for kind, results in kinds.items()
        }
    return figures


def table(figures):
    lines = [f"{'':24}{'bare':>12}{'recording':>12}{'ratio':>8}"]
    for name, kinds in figures.items():
        bare, recording, direct = kinds["bare"], kinds["recording"], kinds["direct"]
        for key in ("cpu_s_per_million", "p50_us", "p99_us", "kb_per_call"):
            a, b = bare[key], recording[key]
            label = f"{name} {key}"
            if key.endswith("_us"):
                a, b, label = a - direct[key], b - direct[key], f"{name} added {key}"
            lines.append(f"{label:24}{a:12.1f}{b:12.1f}{b / a if a > 0 else float('nan'):8.2f}")
        lines.append(f"{name + ' frames':24}{bare['frames']:12.0f}{recording['frames']:12.0f}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--as", dest="role", default="main")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--keeps", type=int, default=1)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--window", type=int, default=0)
    options = parser.parse_args()
    if options.role == "upstream":
        uvloop.run(serve_upstream())
    elif options.role == "tap":
        uvloop.run(serve_tap(options.port, bool(options.keeps)))
    elif options.role == "load":
        uvloop.run(load(options.port, options.calls, options.seconds, options.window))
    else:
        figures = run(options.calls, options.seconds, options.rounds)
        print(table(figures))
        (HERE / "results").mkdir(exist_ok=True)
        (HERE / "results" / "tap.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
