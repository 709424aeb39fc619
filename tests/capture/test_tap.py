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
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response

from earwitness.capture.tap import Tap
from earwitness.capture.verbs import Command
from earwitness.errors import InUse, SettingsError
from earwitness.journal.reader import leg_folders
from earwitness.journal.record import Answered, Kept, Kind, Origin
from earwitness.settings import Recording, Route, Settings, SignedByTwilio, Webhooks, WireMapping
from earwitness.settings import Tap as Listen
from taps import echo, ended, opened, seen, stored_bytes, tapped, upstream

HEAD = (
    b"GET %s HTTP/1.1\r\nHost: tap\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n"
)
ACCEPT = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"


async def raw(port, data, *, ends=False):
    """Send bytes as they are; everything that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    if ends:
        writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return answer


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


@pytest.mark.parametrize("status", [401, 403, 429, 500, 307])
async def test_a_refused_handshake_is_passed_on_whole_and_kept(tmp_path, status):
    def refuse(connection, request):
        response = connection.respond(status, '{"error":{"message":"no: sk-proj-Planted0123456789"}}')
        response.headers["Location"] = "ws://elsewhere/"
        response.headers["Retry-After"] = "7"
        return response

    async with upstream(echo, process_request=refuse) as (_, url), tapped(tmp_path, url) as rig:
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.tap.port)
        writer.write(HEAD % (b"/r/x", b""))
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        records = await rig.records()
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"Retry-After: 7" in answer
    assert answer.endswith(b'{"error":{"message":"no: sk-proj-Planted0123456789"}}')
    kept = msgspec.json.decode(records[1].payload, type=Answered)
    assert (kept.status, kept.body) == (status, '{"error":{"message":"no: [struck]"}}')
    assert (ended(records).why, ended(records).detail) == ("refused", str(status))


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


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD % (b"/nowhere/x", b""), 404),
        (HEAD % (b"/", b""), 404),
        (HEAD % (b"//127.0.0.1:22/x", b""), 404),
        (HEAD % (b"/r/../../x", b""), 400),
        (HEAD % (b"/r/%2e%2E/x", b""), 400),
        (HEAD % (b"http://169.254.169.254/latest", b""), 400),
        (HEAD % (b"/r;upstream=x/x", b""), 400),
        (HEAD % (b"/off/x", b""), 403),
        (b"GET /r/x HTTP/1.1\r\nHost: tap\r\n\r\n", 426),
        (b"POST /r/x HTTP/1.1\r\nHost: tap\r\nContent-Length: 0\r\n\r\n", 426),
        (HEAD % (b"/r/x", b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), 400),
        (HEAD % (b"/r/x", b"Content-Length: 0\r\nContent-Length: 0\r\n"), 400),
        (HEAD % (b"/r/x", b"Content-Length: 5\r\n"), 400),
        (HEAD % (b"/r/x", b"Transfer-Encoding: chunked\r\n"), 400),
        (HEAD % (b"/r/x", b"X-A: b\nX-B: c\r\n"), 400),
        ((HEAD % (b"/r/x", b"")).replace(b"\r\n", b"\n"), 400),
        (HEAD % (b"/r/x", b"Host: two\r\n"), 400),
        (HEAD % (b"/r/x", b"X-A : b\r\n"), 400),
        (HEAD % (b"/r/x", b"X-A: " + b"b" * 70_000 + b"\r\n"), 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 400),
    ],
)
async def test_what_must_not_go_on_gets_a_clear_answer_and_no_byte_is_sent(tmp_path, head, status):
    dialled = []

    async def note(reader, writer):
        dialled.append(await reader.read(1))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with tapped(tmp_path, url) as rig:
        rig.tap.settings.routes["off"] = Route(provider="hume", upstream=url, enabled=False)
        answer = await raw(rig.tap.port, head)
        legs = await rig.legs()
    server.close()
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in answer
    problem = msgspec.json.decode(answer.partition(b"\r\n\r\n")[2])
    assert problem["status"] == status
    assert problem["hint"]
    assert not dialled
    assert not legs


async def test_an_unknown_route_is_answered_with_the_known_ones(tmp_path):
    async with tapped(tmp_path, "ws://127.0.0.1:9") as rig:
        with pytest.raises(InvalidStatus) as refused:
            await connect(rig.url("/opneai/v1"))
        assert b"/r" in refused.value.response.body


@pytest.mark.parametrize(("key", "status"), [("", 401), ("?ew_key=wrong", 401), ("?ew_key=right", 101)])
async def test_where_a_key_is_needed_only_the_right_one_opens(tmp_path, key, status):
    def admit(given):
        return "acme" if given == "right" else None

    async with (
        upstream(echo) as (_, url),
        tapped(tmp_path, url, listen={"require_key": True}, admit=admit) as rig,
    ):
        if status == 101:
            async with connect(rig.url("/r/x" + key)):
                pass
            assert opened(await rig.records()).workspace == "acme"
        else:
            with pytest.raises(InvalidStatus) as refused:
                await connect(rig.url("/r/x" + key))
            assert isinstance(refused.value.response, Response)
            assert refused.value.response.status_code == status


async def test_an_upstream_that_cannot_be_reached_is_a_502_and_the_leg_is_kept(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with tapped(tmp_path, f"ws://127.0.0.1:{port}") as rig:
        with pytest.raises(InvalidStatus) as refused:
            await connect(rig.url())
        assert refused.value.response.status_code == 502
        records = await rig.records()
    assert [record.kind for record in records] == [Kind.OPENED, Kind.ENDED]
    assert ended(records).why == "unreachable"


async def test_an_upstream_that_hangs_up_without_an_answer_is_a_502(tmp_path):
    async def hang_up(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with tapped(tmp_path, f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as rig:
        assert (await raw(rig.tap.port, HEAD % (b"/r", b""))).startswith(b"HTTP/1.1 502 ")
        assert ended(await rig.records()).why == "unreachable"
    server.close()


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


async def test_a_taken_port_is_told_by_name(tmp_path):
    async with tapped(tmp_path, "ws://127.0.0.1:9") as rig:
        with pytest.raises(InUse) as taken:
            await Tap(Settings(tap=Listen(port=rig.tap.port)), rig.journal).start()
        assert str(rig.tap.port) in str(taken.value)


@pytest.mark.parametrize(
    "url", ["http://x", "ws://", "ws://u:p@h", "ws://h/p?q=1", "ws://h:99999", "nonsense"]
)
async def test_a_route_that_leads_nowhere_is_refused_at_the_start(tmp_path, url):
    with pytest.raises(SettingsError):
        async with tapped(tmp_path, url):
            pass


async def test_a_route_that_keeps_nothing_still_says_that_there_was_a_call(tmp_path):
    nothing = Recording(audio=False, raw=False, transcripts=False)
    async with upstream(echo) as (_, url), tapped(tmp_path, url, route={"record": nothing}) as rig:
        async with connect(rig.url()) as client:
            await client.send("private")
            assert await client.recv() == "private"
        records = await rig.records()
    assert not [record for record in records if record.kind in (Kind.TEXT, Kind.BINARY)]
    (note,) = [msgspec.json.decode(r.payload) for r in records if r.kind is Kind.NOTE]
    assert note == {"verb": "left_out", "data": {"messages": 2, "bytes": 14}}


async def test_a_fault_in_the_recorder_does_not_end_the_call_and_is_stated(tmp_path, monkeypatch):
    def fail(payload):
        raise RuntimeError("a bug of ours")

    alarms = []
    async with upstream(echo) as (_, url), tapped(tmp_path, url, on_alarm=alarms.append) as rig:
        async with connect(rig.url()) as client:
            await client.send("before")
            assert await client.recv() == "before"
            await asyncio.sleep(0.05)
            monkeypatch.setattr("earwitness.capture.direction.strike", fail)
            for word in ("one", "two"):
                await client.send(word)
                assert await client.recv() == word
                await asyncio.sleep(0.05)
        monkeypatch.undo()
        records = await rig.records()
    assert seen(records, Origin.CLIENT) == [(Kind.TEXT, b"before")]
    assert [b"RuntimeError" in r.payload for r in records if r.kind is Kind.GAP] == [True]
    assert ended(records).why
    assert len(alarms) == 1


@pytest.mark.parametrize(("on_failure", "goes_on"), [("pass", True), ("refuse", False)])
async def test_a_journal_that_takes_nothing_ends_calls_only_where_that_is_wanted(
    tmp_path, on_failure, goes_on
):
    async with (
        upstream(echo) as (_, url),
        tapped(tmp_path, url, settings={"record": Recording(on_failure=on_failure)}) as rig,
    ):
        await asyncio.to_thread(rig.journal.close)  # from now on it opens no leg
        if goes_on:
            async with connect(rig.url()) as client:
                await client.send("hello")
                assert await client.recv() == "hello"
            assert rig.tap.stats.unrecorded == 1
        else:
            with pytest.raises(InvalidStatus) as refused:
                await connect(rig.url())
            assert refused.value.response.status_code == 503


async def test_a_route_s_mapping_travels_with_the_leg(tmp_path):
    route = {"provider": "generic", "mapping": WireMapping(text="/body/text", user=("human",))}
    async with upstream(echo) as (_, url), tapped(tmp_path, url, route=route) as rig:
        async with connect(rig.url()) as caller:
            await caller.send('{"body": {"text": "Hello."}}')
            await caller.recv()
        first = opened(await rig.records())

    assert (first.provider, first.mapping["text"], first.mapping["user"]) == (
        "generic",
        "/body/text",
        ["human"],
    )


async def test_a_route_without_a_mapping_writes_none(tmp_path):
    async with upstream(echo) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url()):
            pass
        assert opened(await rig.records()).mapping == {}


@pytest.mark.parametrize(
    ("signed", "provider", "public_url", "key", "status"),
    [
        ("wss://ears.example.org/r/x;y", "twilio", "wss://ears.example.org", "", 101),
        ("wss://ears.example.org:443/r/x;y", "twilio", "wss://ears.example.org/", "", 101),
        ("wss://ears.example.org/r/other", "twilio", "wss://ears.example.org", "", 401),
        ("wss://ears.example.org/r/x;y", "twilio", "", "", 401),
        ("wss://ears.example.org/r/x;y", "openai", "wss://ears.example.org", "", 401),
        (
            "wss://ears.example.org/r/x;y?ew_key=wrong",
            "twilio",
            "wss://ears.example.org",
            "?ew_key=wrong",
            401,
        ),
    ],
)
async def test_a_handshake_that_twilio_signed_needs_no_key(
    tmp_path, signed, provider, public_url, key, status
):
    secret = SignedByTwilio("made up token")
    options = {
        "listen": {"require_key": True, "public_url": public_url},
        "route": {"provider": provider},
        "settings": {"webhooks": Webhooks(workspace="acme", twilio=secret)},
        "admit": lambda given: None,
    }
    headers = {"X-Twilio-Signature": RequestValidator("made up token").compute_signature(signed, {})}
    async with upstream(echo) as (_, url), tapped(tmp_path, url, **options) as rig:
        if status == 101:
            async with connect(rig.url("/r/x;y"), additional_headers=headers):
                pass
            assert opened(await rig.records()).workspace == "acme"
        else:
            with pytest.raises(InvalidStatus) as refused:
                await connect(rig.url("/r/x;y" + key), additional_headers=headers)
            assert refused.value.response.status_code == status


async def test_a_caller_may_ask_for_less_to_be_kept_and_the_request_does_not_show_it(tmp_path):
    paths = []

    async def note(connection):
        paths.append(connection.request.path)
        await echo(connection)

    audio = '{"type":"input_audio_buffer.append","audio":"AAAAAAAA"}'
    async with upstream(note) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url("/r/v1/realtime?ew_record=transcripts,raw&model=m")) as client:
            await client.send(audio)
            assert await client.recv() == audio
        records = await rig.records()
    assert paths == ["/v1/realtime?model=m"]
    assert (
        seen(records, Origin.CLIENT)[0][1]
        == b'{"type":"input_audio_buffer.append","audio":"[not kept: 6 bytes]"}'
    )
    assert opened(records).kept == Kept(audio=False, reason="asked")


async def test_a_word_that_nothing_can_be_kept_by_is_refused(tmp_path):
    async with upstream(echo) as (_, url), tapped(tmp_path, url) as rig:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(rig.url("/r?ew_record=words")):
                pass
    assert refused.value.response.status_code == 400
    assert b"transcripts" in refused.value.response.body


async def test_a_pause_of_a_call_holds_for_a_connection_that_takes_its_place(tmp_path):
    async with upstream(echo) as (_, url), tapped(tmp_path, url) as rig:
        address = rig.url("/r?ew_conversation=order-7")
        async with connect(address) as client:
            await client.send("canary-before")
            await client.recv()
            pause = Command(verb="pause", workspace="default", links=("conversation:order-7",))
            (state,) = (await rig.tap.obey(pause)).values()
            assert state["state"] == "paused"
            await client.send("canary-meanwhile")
            await client.recv()
        async with connect(address) as client:
            await client.send("canary-reconnected")
            await client.recv()
            resume = Command(verb="resume", workspace="default", links=("conversation:order-7",))
            (state,) = (await rig.tap.obey(resume)).values()
            assert state["state"] == "recording"
            await client.send("canary-after")
            await client.recv()
        await rig.legs()
    stored = stored_bytes(tmp_path)
    words = (b"canary-before", b"canary-meanwhile", b"canary-reconnected", b"canary-after")
    assert [word in stored for word in words] == [True, False, False, True]


async def test_nothing_of_a_call_is_written_before_consent_and_all_of_its_beginning_after(tmp_path):
    gated = {"record": Recording(require_consent=True)}
    async with upstream(echo) as (_, url), tapped(tmp_path, url, route=gated) as rig:
        async with connect(rig.url("/r?ew_conversation=order-7&from=canary-number")) as client:
            await client.send("canary-before")
            await client.recv()
            assert b"canary" not in stored_bytes(tmp_path)
            assert not list(leg_folders(rig.root))
            consent = Command(verb="consent", workspace="default", links=("conversation:order-7",))
            (state,) = (await rig.tap.obey(consent)).values()
            assert state["state"] == "recording"
            await client.send("after")
            await client.recv()
        async with connect(rig.url("/r?ew_conversation=order-8&from=canary-never")) as client:
            await client.send("canary-never")
            await client.recv()
        async with connect(rig.url("/r?ew_consent=given")) as client:
            await client.send("given before")
            await client.recv()
        legs = await rig.legs()
    assert [opened(leg).path for leg in legs] == ["/?from=canary-number", "/"]
    assert next(payload for _, payload in seen(legs[0], Origin.CLIENT)) == b"after"
    assert b"canary-before" not in stored_bytes(tmp_path)
    assert b"canary-never" not in stored_bytes(tmp_path)


async def test_connections_that_never_say_what_they_want_leave_room_for_others(tmp_path):
    listen = {"handshakes_per_address": 2}
    async with upstream(echo) as (_, url), tapped(tmp_path, url, listen=listen) as rig:
        idle = [await asyncio.open_connection("127.0.0.1", rig.tap.port) for _ in range(2)]
        assert b" 429 " in await raw(rig.tap.port, b"")
        for _, writer in idle:
            writer.close()
            await writer.wait_closed()
        async with asyncio.timeout(5):
            while b" 429 " in await raw(rig.tap.port, b"GET /nowhere HTTP/1.1\r\nHost: tap\r\n\r\n"):
                pass  # the tap has not seen them go yet


async def test_a_workspace_has_no_more_calls_at_once_than_it_may(tmp_path):
    listen = {"calls_per_workspace": 1}
    async with (
        upstream(echo) as (_, url),
        tapped(tmp_path, url, listen=listen) as rig,
        connect(rig.url("/r")),
    ):
        with pytest.raises(InvalidStatus) as refused:
            await connect(rig.url("/r"))
        assert refused.value.response.status_code == 429
