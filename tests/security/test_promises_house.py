"""R48, R49, R50: it tells when it does not record, phones nobody, and what comes along is known."""

import json
import re
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect as connect_now
from websockets.sync.server import ServerConnection, serve

import every_command
from chaos_tools import needs_root, needs_tool
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Kind
from served import EARWITNESS, routes_file, serving, until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB that can be filled."""
    needs_root()
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def fill(place: Path) -> Path:
    """There is no room left afterwards; the file that takes it all."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return filler


def test_r48_a_full_disk_turns_health_red_and_what_is_missing_is_told_to_the_message(
    small_disk: Path, tmp_path: Path
) -> None:
    def upstream(connection: ServerConnection) -> None:
        for message in connection:
            connection.send(message)

    said = 0
    with serve(upstream, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        routes_file(small_disk, echo=f"ws://127.0.0.1:{server.socket.getsockname()[1]}")
        with (
            serving(small_disk, env={"EARWITNESS_RECORD__LIVE_STEREO": "false"}) as served,
            connect_now(served.tap("echo") + "/v1/realtime") as caller,
        ):

            def say(words: str) -> None:
                nonlocal said
                said += 1
                caller.send(words)
                assert caller.recv(timeout=10) == words, "the call goes on whatever the disk does"

            def call() -> Any:
                return json.loads(served.get("/api/v1/conversations/latest")[1])

            say("before")
            until(lambda: served.get("/readyz")[0] == 200)
            filler, full_at = fill(small_disk), time.monotonic()

            def is_red() -> bool:
                say("x" * 4096)
                return served.get("/readyz")[0] == 503

            until(is_red)
            print(f"red {time.monotonic() - full_at:.1f} s after the disk was full")
            until(lambda: is_red() and b"earwitness_recorder_is_healthy 0.0" in served.get("/metrics")[1])
            filler.unlink()
            until(lambda: say("after") or served.get("/readyz")[0] == 200)
            caller.close()
            until(lambda: call()["status"] != "active")
            missing = sum(gap["record_count"] for gap in call()["gaps"])
        server.shutdown()
    (leg,) = leg_folders(small_disk / "data" / "journal")
    texts = [record for record in read_leg(leg) if record.kind is Kind.TEXT]
    assert len(texts) + missing == 2 * said, "what is not there is told, to the message"


def test_r49_without_a_way_out_all_works_and_nothing_tries_to_leave(tmp_path: Path) -> None:
    """In a network namespace with nothing but its own loopback: the kernel counts what found no route."""
    assert every_command.untyped() == set()
    needs_root()
    needs_tool("ip", "unshare")
    if subprocess.run(["unshare", "-n", "true"], check=False).returncode:
        pytest.skip("needs network namespaces")
    script = f"""
        set -eu
        ip link set lo up
        cd {tmp_path}
        ew() {{ {" ".join(EARWITNESS)} "$@"; }}
        tries() {{ awk '/^Ip:/ {{ n = $13 }} END {{ print n }}' /proc/net/snmp; }}
        tries6() {{ awk '/Ip6OutNoRoutes/ {{ print $2 }}' /proc/net/snmp6 2>/dev/null || echo 0; }}
        {" ".join(EARWITNESS)} serve --api-port 5101 --tap-port 5102 > serve.log 2>&1 & server=$!
        for _ in $(seq 1200); do grep -q Ctrl-C serve.log && break; sleep 0.1; done
        EARWITNESS_TAP__PORT=5102 ew simulate --provider openai --scenario dies --speed 8
        kill -TERM $server; wait $server
        {sys.executable} {ROOT / "tests" / "every_command.py"}
        echo "left: $(tries) $(tries6)"
        {sys.executable} -c 'import socket
try: socket.create_connection(("192.0.2.1", 9), 1)
except OSError: pass'
        echo "control: $(tries)"
    """
    done = subprocess.run(
        ["unshare", "-n", "bash", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    left, control = re.findall(r"^(?:left|control): (.*)$", done.stdout, re.MULTILINE)
    assert set(left.split()) == {"0"}, "something tried to leave"
    assert int(control) > 0, "or this rig sees nothing"


def test_r50_what_comes_along_is_pinned_by_hash_little_and_permissive() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = [*project["dependencies"], *project["optional-dependencies"]["server"]]
    assert len(direct) <= 25
    for name in ("runtime", "dev", "build"):
        file = next((ROOT / "requirements").glob(f"{name}.*"))
        if file.suffix != ".txt":
            continue
        pins = re.split(r"^(?=[A-Za-z0-9])", file.read_text("utf-8"), flags=re.MULTILINE)[1:]
        assert pins
        assert [pin.split()[0] for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []
    judged = subprocess.run(
        [sys.executable, ROOT / "scripts" / "licences.py"], check=False, capture_output=True, text=True
    )
    assert judged.returncode == 0, judged.stdout


def test_r50_the_bill_of_materials_names_each_pin_and_its_licence() -> None:
    made = [
        subprocess.run([sys.executable, ROOT / "scripts" / "sbom.py"], check=True, capture_output=True).stdout
        for _ in range(2)
    ]
    assert made[0] == made[1]
    told = json.loads(made[0])
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    text = (ROOT / "requirements" / "runtime.txt").read_text("utf-8")
    pinned = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.MULTILINE)
    assert [(each["name"], each["version"]) for each in told["components"]] == pinned
    assert [each["purl"].partition("@")[2] for each in told["components"]] == [one for _, one in pinned]
    assert sum("licenses" in each for each in told["components"]) > len(pinned) / 2
