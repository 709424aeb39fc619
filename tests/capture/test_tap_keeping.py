"""What the tap keeps of a call: what its route, its caller and verbs of a running call say."""

import asyncio

import msgspec
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from earwitness.capture.verbs import Command
from earwitness.journal.reader import leg_folders
from earwitness.journal.record import Kept, Kind, Origin
from earwitness.settings import Recording, WireMapping
from taps import echo, ended, opened, seen, stored_bytes, tapped, upstream


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
