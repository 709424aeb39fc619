"""What should not be on the wire: the call goes on, the bytes are kept, and the record says what it saw."""

import asyncio
import json
from base64 import b64encode
from contextlib import suppress

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from earwitness.journal.record import Kind, Origin
from earwitness.library import open_library
from earwitness.model.conversation import Status
from earwitness.model.events import Party
from taps import tapped, upstream

ITEM = {"type": "message", "role": "assistant", "status": "in_progress", "content": []}


def opens(item):
    event = {"type": "response.output_item.added", "response_id": "resp_1", "item": {"id": item, **ITEM}}
    return json.dumps(event)


def says(item, text):
    at = {"response_id": "resp_1", "item_id": item, "output_index": 0, "content_index": 0}
    return json.dumps({"type": "response.output_audio_transcript.done", "transcript": text, **at})


def sounds(item, delta):
    at = {"response_id": "resp_1", "item_id": item, "output_index": 0, "content_index": 0}
    return json.dumps({"type": "response.output_audio.delta", "delta": delta, **at})


async def record(root, *messages):
    """What a client gets when a server sends these and closes; the one call it became."""

    async def handler(connection):
        for message in messages:
            await connection.send(message)

    async with upstream(handler) as (_, url), tapped(root, url) as rig:
        async with connect(rig.url(), max_size=None) as client:
            got = [message async for message in client]
        await rig.tap.stop()
    return got, found(root)


def found(root):
    library = open_library(root)
    [recorded] = library.conversations()
    assert recorded.document()  # every face can show it
    library.catalog.close()
    return recorded


def kept(recorded):
    """What the server sent, as the journal has it."""
    return [
        record.payload.decode() if record.kind is Kind.TEXT else record.payload
        for _, record in recorded.records()
        if record.origin is Origin.SERVER and record.kind in (Kind.TEXT, Kind.BINARY)
    ]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("this is no JSON", "undecoded"),
        ('{"type": "response.output_audio.del', "undecoded"),
        ("[" * 100_000, "undecoded"),
        ('"a text"', "undecoded"),
        ('{"type": "no.such.event"}', "undecoded"),
        (b"\x00\xff\xfe", "undecoded"),
        (sounds("item_1", "%%% no base64 %%%"), "undecoded"),
        (sounds("item_1", b64encode(b"\1\2\3").decode()), "odd_bytes"),
    ],
    ids=["words", "half", "deep", "text", "unknown", "binary", "base64", "odd"],
)
async def test_a_call_goes_on_after_what_cannot_be_read_and_says_so(tmp_path, bad, code):
    messages = [opens("item_1"), bad, says("item_1", "It goes on.")]
    got, recorded = await record(tmp_path, *messages)
    assert got == messages == kept(recorded)
    assert [row.text for row in recorded.messages()] == ["It goes on."]
    assert code in [finding.code for finding in recorded.conversation.findings]
    assert code in [reason["code"] for reason in recorded.health()["reasons"]]
    assert recorded.row.status == Status.COMPLETE


async def test_a_message_of_sixteen_mebibytes_is_passed_on_and_kept(tmp_path):
    sound = bytes(range(256)) * 49_000
    big = sounds("item_1", b64encode(sound).decode()).ljust(16 << 20)
    assert len(big) == 16 << 20  # the largest that any provider takes
    messages = [opens("item_1"), big, says("item_1", "It goes on.")]
    got, recorded = await record(tmp_path, *messages)
    assert got == messages
    assert kept(recorded) == messages
    assert recorded.conversation.sent[Party.AGENT].byte_count == len(sound)
    assert [row.text for row in recorded.messages()] == ["It goes on."]


HALF = b"\x81\x7e\x01\x00half of 256 bytes"  # a text frame of 256 bytes, or its beginning


async def all_of(client):
    """Whatever comes until the connection breaks."""
    got = []
    with suppress(ConnectionClosedError):
        while True:
            got.append(await client.recv())
    return got


async def test_half_a_frame_and_then_nothing_loses_only_the_half(tmp_path):
    async def handler(connection):
        await connection.send(opens("item_1"))
        await connection.send(says("item_1", "It goes on."))
        await asyncio.sleep(0)
        connection.transport.write(HALF)
        connection.transport.close()

    async with upstream(handler) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url()) as client:
            got = await all_of(client)
        await rig.tap.stop()
    recorded = found(tmp_path)
    assert len(got) == 2
    assert kept(recorded) == got
    assert [row.text for row in recorded.messages()] == ["It goes on."]
    assert (recorded.row.status, recorded.row.reasons) == (Status.PARTIAL, ["peer_lost", "gap:torn"])
    [gap] = recorded.conversation.gaps
    assert gap.byte_count == len(HALF) - 4  # its header is none of the message


async def test_bytes_that_are_no_frames_are_kept_and_found(tmp_path):
    garbage = b"\xff\xff this was never a frame " * 20

    async def handler(connection):
        await connection.send(opens("item_1"))
        await connection.send(says("item_1", "So far so good."))
        connection.transport.write(garbage)
        await asyncio.sleep(0.1)

    async with upstream(handler) as (_, url), tapped(tmp_path, url) as rig:
        async with connect(rig.url()) as client:
            await all_of(client)
        await rig.tap.stop()
    recorded = found(tmp_path)
    assert [row.text for row in recorded.messages()] == ["So far so good."]
    raw = [r.payload for _, r in recorded.records() if r.kind is Kind.RAW and r.origin is Origin.SERVER]
    assert b"".join(raw).startswith(garbage)
    assert {"parse_error", "undecoded"} & {finding.code for finding in recorded.conversation.findings}
