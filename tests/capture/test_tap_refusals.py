"""Whom the tap does not let through, and what it answers them."""

import asyncio
import socket

import msgspec
import pytest
from twilio.request_validator import RequestValidator
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from earwitness.capture.tap import Tap
from earwitness.errors import InUse, SettingsError
from earwitness.journal.record import Answered, Kind
from earwitness.settings import Route, Settings, SignedByTwilio, Webhooks
from earwitness.settings import Tap as Listen
from taps import HEAD, echo, ended, opened, raw, tapped, upstream


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


async def test_a_word_that_nothing_can_be_kept_by_is_refused(tmp_path):
    async with upstream(echo) as (_, url), tapped(tmp_path, url) as rig:
        with pytest.raises(InvalidStatus) as refused:
            async with connect(rig.url("/r?ew_record=words")):
                pass
    assert refused.value.response.status_code == 400
    assert b"transcripts" in refused.value.response.body


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
