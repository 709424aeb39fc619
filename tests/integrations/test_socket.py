"""Real calls at real pace, heard at the caller's own socket, against the truth of what was said and heard."""

import asyncio
import json
import time
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

import earwitness
from earwitness.integrations.attached import Attached
from earwitness.integrations.socket import Ear, how_it_ended, listen, watch
from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Ended, Kind, Origin
from earwitness.simulator import call as calls
from earwitness.simulator.lines import line
from earwitness.simulator.run import Simulator, simulate
from hearing import lag_ms, loudest_outside
from recorded import Watch, as_it_was
from taps import ended, seen

EXACT_MS = 20  # what the product promises
DIALLED = {"openai": "/v1/realtime", "elevenlabs": "/v1/convai/conversation", "hume": "/v0/evi/chat"}
PLAYS = [(provider, scenario) for provider in DIALLED for scenario in ("order", "barge_in")]


def begun(folder, provider="openai", path="", labels=()):
    given = {"conversation": None, "subject": None, "metadata": None, "clock": None}
    return Attached.begin(provider=provider, data_dir=folder, path=path, labels=labels, **given)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Folder, results and tolerance of all plays, which went on side by side."""
    folder = tmp_path_factory.mktemp("played")

    async def dial(url, *args, **options):
        socket = await connect(url, *args, **options)
        path = urlsplit(url)
        [provider] = [provider for provider, dialled in DIALLED.items() if path.path == dialled]
        label = parse_qs(path.query)["sim_scenario"]
        Ear(socket, begun(folder, provider, f"{path.path}?{path.query}", label))
        return socket

    async def play():
        async with Simulator() as simulator:
            watch = Watch()
            results = await asyncio.gather(
                *(simulate(provider, name, upstream=simulator.url(provider)) for provider, name in PLAYS)
            )
            return {play: result for play, [result] in zip(PLAYS, results, strict=True)}, watch.stop()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calls, "connect", dial)
        results, stall_ms = asyncio.run(play())
    return folder, results, EXACT_MS + stall_ms


@pytest.mark.parametrize("play", PLAYS, ids=" ".join)
def test_words_tools_and_sound_are_as_they_were(played, play):
    folder, results, tolerance_ms = played
    truth = results[play].truth
    assert results[play].reason == ""
    [recorded] = earwitness.open_library(as_it_was(folder)).conversations(provider=play[0], label=play[1])
    check_words(truth, recorded)
    check_sound(truth, recorded, tolerance_ms)


def check_words(truth, recorded):
    told = [(each.start_ms, "user", each.text, False) for each in truth.said]
    told += [
        (each.stretches[0][0], "assistant", each.text, each.sent_ms < line(each.line).duration_ms - 1)
        for each in truth.heard
    ]
    rows = recorded.messages()
    assert [row.role for row in rows if row.role == "user"] == ["user"] * len(truth.said)
    ours = " ".join(f"{row.role}: {row.text}" for row in rows)
    if not any(was_stopped for *_, was_stopped in told):
        assert "".join(row.text for row in rows).replace(" ", "") == "".join(
            text for _, _, text, _ in sorted(told)
        ).replace(" ", ""), ours
    for _, role, text, was_stopped in told:
        assert was_stopped or text in " ".join(row.text for row in rows if row.role == role)
    assert [
        (row.name, json.loads(row.arguments), json.loads(row.result)) for row in recorded.tool_calls()
    ] == [(each.name, each.arguments, each.result) for each in truth.tool_calls]


def check_sound(truth, recorded, tolerance_ms):
    shift = (recorded.row.began_at_ns - truth.zero_wall_ns) * truth.rate_hz // 1_000_000_000
    spans = {
        "agent": [span for each in truth.heard for span in each.stretches],
        "caller": [(each.start_ms, each.end_ms) for each in truth.said],
    }
    for track, heard in (("agent", truth.ear), ("caller", truth.mouth)):
        samples = np.concatenate(list(recorded.audio(track, rate_hz=truth.rate_hz).blocks()))
        ours = np.concatenate([np.zeros(shift, np.int16), samples])
        lags = [lag_ms(ours, heard, span, truth.rate_hz) for span in spans[track]]
        assert all(abs(lag) <= tolerance_ms for lag in lags), (track, lags)
        assert loudest_outside(ours, spans[track], truth.rate_hz, tolerance_ms) < 1000


def to(server):
    return connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}")


async def echo(connection):
    async for message in connection:
        await connection.send(message)


def records_in(folder):
    [leg] = leg_folders(folder / "journal")
    return list(read_leg(leg))


async def test_frames_are_kept_as_they_are_and_the_socket_does_what_it_did(tmp_path):
    async with serve(echo, "127.0.0.1", 0) as server, to(server) as socket:
        leg = begun(tmp_path)
        Ear(socket, leg)
        for message in ("héllo", b"\xff\x00"):
            await socket.send(message)
            assert await socket.recv() == message
        await socket.send(iter(["in ", "parts"]))
        assert await socket.recv() == "in parts"
    leg.close()
    records = records_in(tmp_path)
    words = (Kind.TEXT, "héllo".encode())
    assert seen(records, Origin.SERVER) == [words, (Kind.BINARY, b"\xff\x00"), (Kind.TEXT, b"in parts")]
    assert seen(records, Origin.CLIENT) == [words, (Kind.BINARY, b"\xff\x00")]
    assert sum(record.kind is Kind.GAP for record in records) == 1, "fragments were not kept, and it says so"
    assert (ended(records).why, ended(records).by) == ("closed", "client")


async def test_who_closed_and_with_what_code_is_told(tmp_path):
    async def refuse(connection):
        await connection.recv()
        await connection.close(4003, "no more credit")

    async with serve(refuse, "127.0.0.1", 0) as server, to(server) as socket:
        Ear(socket, begun(tmp_path))
        await socket.send("x")
        with pytest.raises(ConnectionClosed):
            await socket.recv()
    await asyncio.to_thread(until_ended, tmp_path)
    last = ended(records_in(tmp_path))
    assert (last.why, last.by, last.detail) == ("closed", "server", "4003 no more credit")


async def test_a_socket_that_replaces_a_broken_one_is_another_leg(tmp_path):
    async with serve(echo, "127.0.0.1", 0) as server, to(server) as first, to(server) as second:
        with begun(tmp_path) as leg:
            Ear(first, leg)
            await first.send("one")
            leg.gone(Ended(why="lost", by="server"))
            Ear(second, leg)
            await second.send("two")
            await first.close()
            await second.send("three")
    by_leg = [list(read_leg(folder)) for folder in leg_folders(tmp_path / "journal")]
    said = [[payload for _, payload in seen(records, Origin.CLIENT)] for records in by_leg]
    assert said == [[b"one"], [b"two", b"three"]]
    assert [ended(records).why for records in by_leg] == ["lost", "done"]


def until_ended(folder):
    give_up_at = time.monotonic() + 10
    while not any(record.kind is Kind.ENDED for record in records_in(folder)):
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


async def test_a_line_that_broke_is_lost_and_not_closed():
    assert how_it_ended(ConnectionClosed(None, None)) == Ended(why="lost", by="server")


async def test_a_message_somebody_waited_for_already_is_a_gap(tmp_path):
    async with serve(echo, "127.0.0.1", 0) as server, to(server) as socket:
        waiting = asyncio.create_task(socket.recv())
        await asyncio.sleep(0)
        leg = begun(tmp_path)
        listen(socket, leg)
        await socket.send("x")
        assert await waiting == "x"
    leg.close()
    assert Kind.GAP in [record.kind for record in records_in(tmp_path)]


def test_what_an_attribute_is_set_to_is_shown_first_and_the_object_stays_what_it_is():
    class Model:
        """A model."""

    model, shown = Model(), []
    watch(model, "socket", shown.append)
    assert model.socket is None
    model.socket = 7
    model.other = 8
    assert (shown, model.socket, model.other) == ([7], 7, 8)
    assert isinstance(model, Model)
    assert type(model).__name__ == "Model"


async def test_a_fault_of_the_recorder_does_not_reach_the_socket(tmp_path):
    (tmp_path / "file").write_text("in the way")
    async with serve(echo, "127.0.0.1", 0) as server, to(server) as socket:
        Ear(socket, begun(tmp_path / "file"))
        await socket.send("x")
        assert await socket.recv() == "x"
