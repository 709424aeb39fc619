"""The tap between real clients and real servers: nothing is changed, everything is kept, no secret is."""

import asyncio
import hashlib
import os
import socket

import msgspec
import pytest
import uvloop
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from earwitness.journal.record import Answered, Kind, Origin
from taps import ACCEPT, HEAD, echo, ended, opened, seen, stored_bytes, tapped, upstream


class Plain:
    """An upstream that only takes bytes and says what it is told."""

    def __init__(self, *says):
        self.says = says
        self.got = b""
        self.head = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.url = f"ws://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def serve(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.head.set_result(await reader.readuntil(b"\r\n\r\n"))
        for words in self.says:
            writer.write(words)
        try:
            while data := await reader.read(1 << 16):
                self.got += data
        except ConnectionError:
            pass
        writer.close()
        self.gone.set()


async def test_messages_pings_fragments_and_the_close_go_through_and_are_kept(tmp_path):
    async with upstream(echo) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(
            rig.url("/r/v1/realtime?model=m&ew_conversation=c/../1&ew_label=a&ew_label=b")
        ) as client:
            await client.send(["frag", "men", "ted"])
            assert await client.recv() == "fragmented"
            await client.send(b"\x00\xff")
            assert await client.recv() == b"\x00\xff"
            await (await client.ping(b"are you there"))
            await client.close(4321, "over and out")
        records = await rig.records()
    texts = [(Kind.TEXT, b"fragmented"), (Kind.BINARY, b"\x00\xff")]
    close = (Kind.CLOSE, b"\x10\xe1over and out")
    assert seen(records, Origin.CLIENT) == [*texts, (Kind.PING, b"are you there"), close]
    assert seen(records, Origin.SERVER) == [*texts, (Kind.PONG, b"are you there"), close]
    first = opened(records)
    assert (first.path, first.links, first.labels) == (
        "/v1/realtime?model=m",
        ("conversation:c/../1",),
        ("a", "b"),
    )
    assert (ended(records).why, ended(records).by) == ("closed", "client")
    assert b"permessage-deflate" in records[1].payload, "compression was negotiated end to end"


async def test_a_close_of_the_upstream_reaches_the_client_with_its_reason(tmp_path):
    async def closes(connection):
        await connection.close(4001, "session expired")

    async with upstream(closes) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url()) as client:
            with pytest.raises(ConnectionClosed) as closed:
                await client.recv()
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4001, "session expired")
        assert ended(await rig.records()).by == "server"


async def test_the_upstream_chooses_the_subprotocol_and_the_key_in_it_is_not_stored(tmp_path):
    offered = ["realtime", "openai-insecure-api-key.sk-Planted-0123456789"]
    async with upstream(echo, subprotocols=["realtime"]) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url(), subprotocols=offered) as client:
            assert client.subprotocol == "realtime"
        records = await rig.records()
    assert ("Sec-WebSocket-Protocol", "realtime") in msgspec.json.decode(
        records[1].payload, type=Answered
    ).headers
    assert b"Planted" not in stored_bytes(tmp_path)


async def test_no_planted_secret_reaches_a_stored_byte_though_all_reach_the_upstream(tmp_path, caplog):
    planted = [f"Planted{i:02}x" * 3 for i in range(8)]
    got = []

    async def listen(connection):
        got.extend([connection.request.path, *connection.request.headers.values()])
        async for message in connection:
            got.append(message)
            await connection.send(message)

    headers = {"Authorization": f"Bearer {planted[0]}", "api-key": planted[1], "Cookie": f"s={planted[2]}"}
    async with upstream(listen) as (_, url), tapped(tmp_path, url) as rig:
        path = f"/r;ew_key={planted[7]}/x?api_key={planted[3]}&token={planted[4]}"
        async with connect(rig.url(path), additional_headers=headers) as client:
            await client.send(f'{{"session":{{"tools":[{{"authorization":"{planted[5]}"}}]}}}}')
            await client.recv()
            await client.send(f'{{"t":1,"headers":{{"X-A":"{planted[6]}"}}}}')
            await client.recv()
        await rig.records()
    everything = "\n".join(got)
    assert all(secret in everything for secret in planted[:7])
    assert planted[7] not in everything, "our own key must not go to the provider"
    stored = stored_bytes(tmp_path) + caplog.text.encode()
    assert not [secret for secret in planted if secret.encode() in stored]


async def test_the_head_goes_on_as_it_came_but_for_host_hop_by_hop_and_ours(tmp_path):
    plain = Plain(ACCEPT)
    async with plain, tapped(tmp_path, plain.url + "/media") as rig:
        extra = b"X-oDD-CaSe: a  b\r\nOrigin: https://o\r\nKeep-Alive: 5\r\nX-Earwitness-Subject: RID001\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.tap.port)
        writer.write(HEAD % (b"/r;ew_meta_shop=3/a%2Fb//c?x=%41&ew_subject=no&&y", extra) + b"\x81\x80abcd")
        assert await reader.readuntil(b"\r\n\r\n") == ACCEPT
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await plain.gone.wait()
        records = await rig.records()
    authority = plain.url.removeprefix("ws://").encode()
    kept = HEAD.replace(b"Host: tap", b"Host: " + authority)
    assert plain.head.result() == kept % (
        b"/media/a%2Fb//c?x=%41&&y",
        b"X-oDD-CaSe: a  b\r\nOrigin: https://o\r\n",
    )
    assert plain.got == b"\x81\x80abcd", "what came in one packet with the head goes on too"
    assert (opened(records).subject, opened(records).metadata) == ("RID001", {"shop": "3"})
    assert seen(records, Origin.CLIENT) == [(Kind.TEXT, b"")]
    assert ended(records).why == "lost"


frame = st.builds(
    lambda opcode, data, mask: Frame(opcode, data).serialize(mask=mask),
    st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.PING]),
    st.binary(max_size=120),
    st.just(True),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(st.lists(frame, max_size=30).map(b"".join), st.binary(max_size=4000)),
    seed=st.integers(0, 9),
)
def test_whatever_the_bytes_both_sides_get_exactly_what_the_other_sent(tmp_path_factory, data, seed):
    async def go():
        plain = Plain(ACCEPT, data)
        async with plain, tapped(tmp_path_factory.mktemp("d"), plain.url) as rig:
            reader, writer = await asyncio.open_connection("127.0.0.1", rig.tap.port)
            writer.write(HEAD % (b"/r", b""))
            answer = await reader.readexactly(len(ACCEPT) + len(data))
            for i in range(0, len(data), 100 * seed + 7):
                writer.write(data[i : i + 100 * seed + 7])
                await asyncio.sleep(0)
            writer.write_eof()
            await asyncio.wait_for(plain.gone.wait(), 5)
            writer.close()
            assert hashlib.sha256(plain.got).digest() == hashlib.sha256(data).digest()
            assert answer == ACCEPT + data

    (uvloop.run if seed % 2 else asyncio.run)(go())


async def test_sixteen_mebibytes_in_one_message_go_through_and_are_kept(tmp_path):
    message = os.urandom(16 << 20)
    async with upstream(echo, compression=None) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url(), max_size=None) as client:
            await client.send(message)
            assert await client.recv() == message
        records = await rig.records()
    kept = [hashlib.sha256(r.payload).digest() for r in records if r.kind is Kind.BINARY]
    gaps = [r for r in records if r.kind is Kind.GAP]
    assert len(kept) + len(gaps) >= 2, "each direction's message is kept or stated as missing"
    assert set(kept) <= {hashlib.sha256(message).digest()}


async def test_half_a_frame_and_a_reset_end_both_sides_and_are_told(tmp_path):
    plain = Plain(ACCEPT)
    async with plain, tapped(tmp_path, plain.url) as rig:
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.tap.port)
        writer.write(HEAD % (b"/r", b""))
        await reader.readuntil(b"\r\n\r\n")
        writer.write(Frame(Opcode.TEXT, b"whole").serialize(mask=True) + b"\x81\xfe\x01\x00abcdhalf")
        while not plain.got.endswith(b"half"):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        writer.transport.abort()
        await asyncio.wait_for(plain.gone.wait(), 5)
        records = await rig.records()
    assert seen(records, Origin.CLIENT) == [(Kind.TEXT, b"whole")]
    assert [b'"torn"' in r.payload for r in records if r.kind is Kind.GAP] == [True]
    assert (ended(records).why, ended(records).by) == ("lost", "client")


async def test_bytes_that_are_no_websocket_are_relayed_and_kept_raw(tmp_path):
    plain = Plain(ACCEPT, b"\x83garbage api_key=Planted0123456789")
    async with plain, tapped(tmp_path, plain.url) as rig:
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.tap.port)
        writer.write(HEAD % (b"/r", b""))
        assert (await reader.readuntil(b"6789")).endswith(b"\x83garbage api_key=Planted0123456789")
        writer.close()
        records = await rig.records()
    raws = [record.payload for record in records if record.kind is Kind.RAW]
    assert len(raws) == 1
    assert raws[0].startswith(b"\x83garbage")
    assert [b"parse_error" in r.payload for r in records if r.kind is Kind.GAP] == [True]


@pytest.mark.parametrize("runs", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_client_that_reads_nothing_stops_the_upstream_from_sending(tmp_path, runs):
    async def go():
        sent = 0
        is_stuck = asyncio.Event()

        async def stream(reader, writer):
            nonlocal sent
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ACCEPT)
            piece = Frame(Opcode.BINARY, bytes(1 << 16)).serialize(mask=False)
            for _ in range(4000):  # 250 MB, far more than all buffers of two connections hold
                writer.write(piece)
                try:
                    await asyncio.wait_for(writer.drain(), 0.7)
                except (TimeoutError, ConnectionError):
                    break
                sent += len(piece)
            is_stuck.set()
            writer.transport.abort()

        server = await asyncio.start_server(stream, "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with tapped(tmp_path, url) as rig:
            deaf = socket.create_connection(("127.0.0.1", rig.tap.port))
            deaf.sendall(HEAD % (b"/r", b""))
            await asyncio.wait_for(is_stuck.wait(), 20)
            deaf.close()
            await rig.tap.stop(grace_s=0.2)
        server.close()
        assert sent < 64 << 20

    runs(go())


async def test_stopping_says_1012_to_both_sides_and_ends_the_record_in_order(tmp_path):
    codes = []

    async def listen(connection):
        try:
            async for message in connection:
                await connection.send(message)
        finally:
            codes.append(connection.close_code)

    async with upstream(listen) as (_, url), tapped(tmp_path, url) as rig, connect(rig.url()) as client:
        await client.send("hello")
        await client.recv()
        records, _ = await asyncio.gather(rig.records(), client.wait_closed())
        assert client.close_code == 1012
    assert codes == [1012]
    assert ended(records).why == "stopped"
