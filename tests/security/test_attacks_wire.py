"""Attacks at the tap and by names: other upstreams, paths, headers, bombs, floods, smuggled requests."""

import asyncio
import base64
import zlib
from email.message import Message
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from websockets.asyncio.client import connect

import earwitness
from asked import Asker
from attacked import LIST
from earwitness.journal.record import Kind
from journal_legs import Legs
from taps import Handler, tapped, upstream

NAMES = ["../../etc/cron.d/x", "a/b", "a\x00b", "x" * 4096, "CON", "\N{GRINNING FACE}", ".", "..", "/etc/x"]
HEAD = (
    b"GET /r/x HTTP/1.1\r\nHost: tap\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(b"0" * 16) + b"\r\n%s\r\n"
)


async def sent(port: int, head: bytes) -> bytes:
    """What the tap answers; that it then hangs up is part of it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def unasked(tmp_path: Path, heads: list[bytes], statuses: set[int]) -> None:
    """Each of these is refused, and nobody is connected to for any of them."""
    dialled = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        dialled.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with tapped(tmp_path, f"ws://127.0.0.1:{port}") as rig:
        for head in heads:
            answer = await sent(rig.tap.port, head.replace(b"UPSTREAM", b"127.0.0.1:%d" % port))
            assert int(answer.split(b" ", 2)[1]) in statuses, (head, answer[:80])
    server.close()
    await server.wait_closed()
    assert dialled == []


async def test_s06_no_caller_chooses_where_the_tap_connects_to(tmp_path: Path) -> None:
    lines = [
        b"http://169.254.169.254/latest",
        b"ws://UPSTREAM/x",
        b"//UPSTREAM/x",
        b"/r/../../x",
        b"/r;upstream=ws://UPSTREAM/x",
        b"/UPSTREAM/x",
        b"file:///etc/passwd",
        b"http://[::1]/x",
        b"/nowhere/x?upstream=ws://UPSTREAM",
    ]
    heads = [(HEAD % b"").replace(b"/r/x", line) for line in lines]
    await unasked(tmp_path, heads, {400, 404})


async def test_s06_what_names_another_upstream_is_passed_on_and_not_obeyed(tmp_path: Path) -> None:
    elsewhere = []

    async def other(connection: object) -> None:
        elsewhere.append(connection)

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        assert b"upstream=" in head, "it is the upstream's to make something of it"
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n" % target.encode())
        await writer.drain()
        writer.close()

    async with upstream(other) as (_, target):
        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with tapped(tmp_path, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as rig:
            asked = (HEAD % b"X-Upstream: %s\r\n" % target.encode()).replace(
                b"/r/x", b"/r/x?upstream=" + target.encode()
            )
            answer = await sent(rig.tap.port, asked)
        server.close()
    assert answer.startswith(b"HTTP/1.1 302 "), "a redirect is the caller's to follow"
    assert elsewhere == []


def test_s16_no_name_that_somebody_gives_becomes_a_path(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for name in NAMES:
        with earwitness.record(
            provider="openai", conversation=name, subject=name, labels=[name[:200]], data_dir=data
        ) as leg:
            leg.received({"type": "session.created", "session": {"id": name}})
            leg.snapshot(name)
    desk = Asker(data)
    desk.library.catch_up()
    rows = desk.library.conversations(limit=100)
    exported = tmp_path / "exported"
    for recorded in rows:
        for layout in ("default", "opusagent", "recordings", "s3"):
            recorded.export(exported / layout, layout=layout)
    for name in NAMES:
        path = quote(name, safe="") if name.strip(".") else name.replace(".", "%2E")
        for where in (f"{LIST}/{path}", f"/recordings/{path}/summary"):
            assert desk.ask(where).status_code in (200, 404, 422), where
        put = desk.ask(f"/api/v1/legs/{path}", "capture", "PUT", content=b"x")
        assert put.status_code in (404, 405, 422), path
    desk.close()
    assert {path.name for path in tmp_path.iterdir()} == {"data", "exported"}
    assert {path.name for path in exported.iterdir()} == {"default", "opusagent", "recordings", "s3"}
    wrong = [path for path in tmp_path.rglob("*") if not path.resolve().is_relative_to(tmp_path)]
    assert wrong == []
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert [path for path in tmp_path.rglob("*") if not set(path.name) <= allowed] == []


@pytest.mark.parametrize(
    "name", ['a"; filename="b.exe', "a\r\nSet-Cookie: x=1", "\u202egpj.exe", "a/../b", "é\x00", ""]
)
def test_s17_what_a_call_is_called_injects_no_header_and_names_no_other_file(
    tmp_path: Path, name: str
) -> None:
    with Legs(tmp_path) as legs:
        leg = legs.open(provider="openai", subject=name or None)
        leg.server(50, {"type": "session.created", "session": {"id": name}})
        leg.user(1_000, "u", "hello")
        leg.end(2_000)
    desk = Asker(tmp_path)
    desk.library.catch_up()
    answer = desk.ask(f"{LIST}/latest/audio/stereo?format=wav")
    assert answer.status_code == 200
    told = Message()
    told["Content-Disposition"] = answer.headers["Content-Disposition"]
    file_name = told.get_filename() or ""
    assert told.get_content_disposition() in ("inline", "attachment")
    assert file_name.endswith("_stereo.wav")
    assert set(file_name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert "set-cookie" not in answer.headers
    person = desk.ask("/api/v1/subjects/" + quote(name or "x"), "admin")
    assert "\n" not in person.headers.get("Content-Disposition", "")
    desk.close()


async def test_s19_a_frame_that_inflates_to_200_mib_is_passed_on_and_never_inflated(tmp_path: Path) -> None:
    squeeze = zlib.compressobj(9, wbits=-15)
    bomb = squeeze.compress(bytes(200 << 20)) + squeeze.flush(zlib.Z_SYNC_FLUSH)
    got = asyncio.get_running_loop().create_future()
    head = b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    head += b"Sec-WebSocket-Accept: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head)
        got.set_result(await reader.readexactly(len(frame)))
        writer.close()

    payload = bomb[:-4]
    frame = b"\xc1\xff" + len(payload).to_bytes(8, "big") + bytes(4) + payload  # masked by zeros
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    before = psutil.Process().memory_info().rss
    async with tapped(tmp_path, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as rig:
        asked = HEAD % b"Sec-WebSocket-Extensions: permessage-deflate\r\n"
        answer = await sent_after(rig.tap.port, asked, frame)
        assert answer.startswith(b"HTTP/1.1 101 ")
        assert await asyncio.wait_for(got, 20) == frame
        records = await rig.records()
    server.close()
    assert psutil.Process().memory_info().rss - before < 16 << 20
    assert sum(len(record.payload) for record in records) < 1 << 20
    assert Kind.GAP in {record.kind for record in records}, "and what is not kept is said"


async def sent_after(port: int, head: bytes, more: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head)
    answer = await reader.readuntil(b"\r\n\r\n")
    writer.write(more)
    await writer.drain()
    await asyncio.wait_for(reader.read(), 20)
    writer.close()
    return answer


async def test_s20_a_flood_of_messages_on_one_call_does_not_hold_up_another(tmp_path: Path) -> None:
    async def echo(connection: object) -> None:
        async for message in connection:  # type: ignore[attr-defined]
            if message == "mine":
                await connection.send(message)  # type: ignore[attr-defined]

    handler: Handler = echo
    async with upstream(handler) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url(), max_queue=None) as flood, connect(rig.url()) as calm:
            await flood.send("x" * (16 << 20))
            for number in range(20_000):
                await flood.send("x")
                if number % 2_000 == 0:
                    await calm.send("mine")
                    assert await asyncio.wait_for(calm.recv(), 10) == "mine"
        legs = await rig.legs()
    texts = sorted(sum(record.kind is Kind.TEXT for record in leg) for leg in legs)
    assert texts == [20, 20_001]


async def test_s40_a_request_that_two_servers_would_read_differently_is_refused(tmp_path: Path) -> None:
    lines = [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Content-Length: 0\r\nContent-Length: 0\r\n",
        b"Content-Length: 4\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"X-A: b\nX-B: c\r\n",
        b"X-A: b\rX-B: c\r\n",
        b"Host: two\r\n",
    ]
    heads = [HEAD % line for line in lines] + [(HEAD % b"").replace(b"\r\n", b"\n")]
    await unasked(tmp_path, heads, {400})
