"""A recorded leg played again by `earwitness replay`: to the official client, and to a server of ours."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from contextlib import suppress

from openai import AsyncOpenAI
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.journal.record import Kind, Origin
from played import Played
from typed import AS_IT_WAS, Typist

RAW = ("--raw", "a test")
BOTH = (Kind.TEXT, Kind.BINARY)


def said(played: Played, ref: str, leg: str, side: Origin) -> list[bytes]:
    """What that end of the leg said, as its journal has it."""
    records = played.library().conversation(ref).records(leg)
    return [record.payload for _, record in records if record.origin is side and record.kind in BOTH]


async def start(typist: Typist, *words: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-m", "earwitness", "--data-dir", str(typist.folder), "replay", *words, *RAW]
    return await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=dict(AS_IT_WAS))


async def test_the_official_client_gets_the_providers_messages_byte_for_byte(
    typist: Typist, played: Played, order: str
) -> None:
    [leg] = played.library().conversation(order).legs()
    expected = said(played, order, leg.id, Origin.SERVER)
    replay = await start(typist, order, "--as", "provider", "--speed", "20")
    assert replay.stdout is not None
    address = (await replay.stdout.readline()).decode().strip()
    client = AsyncOpenAI(api_key="sk-any", websocket_base_url=address + "/v1")
    got: list[bytes] = []
    async with client.realtime.connect(model="gpt-realtime") as connection:
        with suppress(ConnectionClosed):
            while True:
                got.append(await connection.recv_bytes())
    _, told = await replay.communicate()
    assert (replay.returncode, told.decode()) == (0, f"{len(expected)} messages sent\n")
    assert got == expected
    assert len({json.loads(message)["type"] for message in got}) > 10


async def test_a_caller_says_again_what_the_caller_said_and_shows_the_key(
    typist: Typist, played: Played, order: str
) -> None:
    [leg] = played.library().conversation(order).legs()
    got: list[bytes] = []
    keys: list[str] = []
    over = asyncio.Event()

    async def listen(socket) -> None:
        keys.append(socket.request.headers["Authorization"])
        with suppress(ConnectionClosed):
            while True:
                got.append(await socket.recv(decode=False))
        over.set()

    async with serve(listen, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        header = ("--header", "Authorization: Bearer sk-new")
        replay = await start(typist, order, "--as", "caller", "--url", url, *header, "--speed", "20")
        _, told = await replay.communicate()
        await over.wait()
    assert replay.returncode == 0, told
    assert got == said(played, order, leg.id, Origin.CLIENT)
    assert keys == ["Bearer sk-new"]


def test_a_call_of_several_legs_asks_which_and_names_them(typist: Typist, played: Played) -> None:
    ref = played.id_of("twilio", "order")
    told = typist.type("replay", ref, "--as", "provider", *RAW, exits=2).stderr
    for leg in played.library().conversation(ref).legs():
        assert f"{leg.id} ({leg.provider})" in told


def test_what_is_missing_or_makes_no_sense_is_a_usage_error(typist: Typist, order: str) -> None:
    for words in (
        ["--as", "provider"],
        ["--as", "caller", *RAW],
        ["--as", "provider", "--url", "ws://127.0.0.1:9", *RAW],
        ["--as", "caller", "--url", "ws://127.0.0.1:9", "--header", "key", *RAW],
        ["--as", "provider", "--leg", "none", *RAW],
    ):
        typist.type("replay", order, *words, exits=2)


def test_an_address_where_nobody_answers_is_named(typist: Typist, order: str) -> None:
    words = ("replay", order, "--as", "caller", *RAW, "--url")
    assert "nobody answers at ws://127.0.0.1:9" in typist.refused(*words, "ws://127.0.0.1:9")
    assert "no address of a WebSocket" in typist.refused(*words, "127.0.0.1:9")


def test_the_reason_stands_in_the_audit_log(own_typist: Typist, order: str) -> None:
    own_typist.refused("replay", order, "--as", "caller", "--url", "ws://127.0.0.1:9", *RAW)
    entries = own_typist.json("audit")
    assert any("a test" in json.dumps(entry) and "replay" in json.dumps(entry) for entry in entries)
