"""Attacks on a server as it is started without a word of configuration, over real sockets."""

import gzip
import http.client
import json
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from earwitness.library import Library
from earwitness.privacy.audit import AuditQuery
from earwitness.settings import Settings
from served import Served, run, serving, until

GIB = 1 << 30
ROOM_BYTES = 16 << 20  # by which a bomb may make a process grow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("first-start")
    with serving(folder, env={"EARWITNESS_TAP__REQUIRE_KEY": "true"}) as served:
        served.api()
        yield served


def ask(
    served: Served, path: str, method: str = "GET", body: object = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    host, port = served.api().removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named, encode_chunked="Transfer-Encoding" in named)  # type: ignore[arg-type]
    answer = connection.getresponse()
    try:
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def key_of(served: Served) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.key()}"}


async def test_s03_no_socket_opens_without_a_credential(served: Served) -> None:
    api = served.api().replace("http", "ws")
    for address in (
        f"{api}/api/v1/conversations/latest/live",
        f"{api}/api/v1/live",
        served.tap("sim-openai"),
        served.tap("sim-openai") + "?ew_key=ew_abcdefgh_" + "A" * 43,
    ):
        with pytest.raises(InvalidStatus) as refused:
            await connect(address)
        assert refused.value.response.status_code in (401, 403), address


def ten_gib_of_zeros() -> bytes:
    """10 GiB as a gzip file, in a few KiB of memory: members may follow one another (RFC 1952, 2.2)."""
    return gzip.compress(bytes(64 << 20), 9) * (10 * GIB // (64 << 20))


@pytest.mark.parametrize("path", ["/api/v1/auth/login", "/api/v1/session", "/api/v1/chat/save-message"])
def test_s19_a_body_that_inflates_to_ten_gib_is_refused_and_takes_no_memory(
    served: Served, path: str
) -> None:
    desk = until(served.desk)
    before, bomb = desk.memory_info().rss, ten_gib_of_zeros()
    status, _, _ = ask(
        served,
        path,
        "POST",
        bomb,
        **key_of(served),
        **{"Content-Encoding": "gzip", "Content-Type": "application/json"},
    )
    assert status in (403, 413, 415, 422)
    pieces = (bomb[at : at + 65_536] for at in range(0, len(bomb), 65_536))
    headers = {**key_of(served), "Transfer-Encoding": "chunked", "Content-Encoding": "gzip"}
    try:
        status, _, _ = ask(served, path, "POST", pieces, **headers, **{"Content-Type": "application/json"})
    except (BrokenPipeError, ConnectionResetError):
        status = 413  # it was hung up on while it went on sending
    assert status in (403, 413, 415, 422)
    assert desk.memory_info().rss - before < ROOM_BYTES
    assert ask(served, "/healthz")[0] == 200


def test_s35_nothing_but_that_it_is_up_is_told_to_strangers(served: Served) -> None:
    for path in ("/docs", "/openapi.json", "/metrics", "/api/v1/conversations", "/api/v1/audit"):
        assert ask(served, path)[0] == 401, path
    for path in ("/redoc", "/debug", "/api/v1/nothing", "/.env", "/%00", "/../../etc/passwd"):
        status, headers, body = ask(served, path)
        assert status in (400, 404), path
        assert "traceback" not in body.decode("utf-8", "replace").lower()
        assert "server" not in headers, "what it is made of is nobody's business"


def test_s37_a_first_start_makes_its_secrets_and_is_open_to_nobody(served: Served) -> None:
    said = served.said()
    assert said.count(served.key()) == 1
    assert "127.0.0.1" in served.api()
    pids = {served.process.pid, until(served.desk).pid}
    listening = {
        c.laddr.ip for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.pid in pids
    }
    assert listening == {"127.0.0.1"}
    secrets = list((served.data / "secrets").iterdir())
    assert secrets
    assert all(file.stat().st_size >= 32 for file in secrets)
    for path in (served.data, *served.data.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    for password in ("admin", "password", "", "earwitness"):
        body = json.dumps({"user": "admin", "password": password})
        assert ask(served, "/api/v1/session", "POST", body, Content_Type="application/json")[0] == 401


def test_s37_an_address_that_others_reach_needs_keys_or_it_does_not_start(tmp_path: Path) -> None:
    refused = run("serve", "--tap-port", 0, folder=tmp_path, env={"EARWITNESS_TAP__HOST": "0.0.0.0"})
    assert (refused.returncode, "tap.require_key" in refused.stderr) == (2, True)


def test_s41_a_forged_forwarded_address_neither_dodges_patience_nor_gets_into_the_trail(
    served: Served,
) -> None:
    statuses = []
    for number in range(14):
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": "203.0.113.99"}
        forged |= {"Forwarded": "for=203.0.113.77", "X-Forwarded-Proto": "https"}
        wrong = {"Authorization": "Bearer ew_abcdefgh_" + "A" * 43}
        statuses.append(ask(served, "/api/v1/conversations", **forged, **wrong)[0])
    assert set(statuses) == {401, 429}, "whatever it says of itself it is one address"
    library = Library(Settings(data_dir=str(served.data)))
    entries = library.audit.entries(AuditQuery(limit=50))
    library.catalog.close()
    addresses = {entry.known("address") for entry in entries if entry.outcome == "denied"}
    assert addresses == {"127.0.0.1"}


def test_s42_a_crash_of_the_recorder_or_the_desk_leaves_no_image_of_the_memory(served: Served) -> None:
    for process in (psutil.Process(served.process.pid), until(served.desk)):
        assert process.rlimit(resource.RLIMIT_CORE) == (0, 0)
