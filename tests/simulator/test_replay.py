"""One end of a call played again: its messages, its close, and another end that does not keep up."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from earwitness.simulator import replay
from earwitness.simulator.replay import Broken, Script, Step, answer, dial


def script(*steps, **how):
    """Steps as (ms, is own, kind, payload)."""
    made = [Step(at_ms=ms, is_own=own, kind=kind, payload=payload) for ms, own, kind, payload in steps]
    own = sum(step.is_own and step.kind != "close" for step in made)
    return Script(steps=lambda: iter(made), messages=own, **how)


GREETING = (0, True, "text", b'{"a": 1}')
SOUND = (5, True, "binary", b"\x00\xff")
GOODBYE = (10, False, "close", (4000).to_bytes(2, "big") + b"done")


async def answering(told):
    """A running `answer`, and where it listens."""
    url = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(answer(told, on_url=url.set_result))
    return task, await url


async def test_messages_and_the_close_are_those_of_the_script():
    task, url = await answering(script(GREETING, SOUND, GOODBYE, subprotocols=("realtime",)))
    async with connect(url + "/any/path", subprotocols=["other", "realtime"]) as socket:
        assert socket.subprotocol == "realtime"
        assert [await socket.recv(), await socket.recv()] == ['{"a": 1}', b"\x00\xff"]
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    assert (socket.close_code, socket.close_reason) == (4000, "done")
    await task


async def test_a_close_that_may_not_be_sent_becomes_a_normal_one():
    for payload in (b"", (1006).to_bytes(2, "big")):
        task, url = await answering(script(GREETING, (1, True, "close", payload)))
        async with connect(url) as socket:
            await socket.recv()
            await socket.wait_closed()
        assert socket.close_code == 1000
        await task


async def test_in_turn_an_answer_waits_for_what_it_answers():
    task, url = await answering(script((0, False, "text", b"?"), GREETING, in_turn=True))
    async with connect(url) as socket:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(socket.recv(), 0.2)
        await socket.send("!")
        assert await socket.recv() == '{"a": 1}'
    await task


async def test_what_never_comes_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(replay, "PATIENCE_MS", 50)
    task, url = await answering(script((0, False, "text", b"?"), GREETING, in_turn=True))
    async with connect(url):
        with pytest.raises(Broken, match="message 1 of the other end did not come"):
            await task


async def test_whoever_hangs_up_early_is_told():
    task, url = await answering(script(GREETING, (60_000, True, "text", b"late")))
    async with connect(url) as socket:
        await socket.recv()
    with pytest.raises(Broken, match="hung up after 1 of 2 messages"):
        await task


async def test_a_second_who_dials_is_told_to_try_later():
    task, url = await answering(script((0, False, "text", b"?"), GREETING, in_turn=True))
    async with connect(url) as first, connect(url) as second:
        await second.wait_closed()
        assert second.close_code == 1013
        await first.send("!")
        assert await first.recv() == '{"a": 1}'
    await task


async def test_a_refused_handshake_is_told_with_its_status():
    async def never(socket):
        raise AssertionError

    def refuse(socket, request):
        return socket.respond(401, "who are you?")

    async with serve(never, "127.0.0.1", 0, process_request=refuse) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Broken, match="401"):
            await dial(script(GREETING), url)
