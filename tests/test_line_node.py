"""The providers' own clients for Node through the tap: nothing is changed for them, and all is on record."""

import asyncio
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from earwitness.journal.reader import leg_folders, read_leg
from earwitness.journal.record import Kind, Origin
from earwitness.simulator import openai_server
from earwitness.simulator.dialogue import Dialogue
from earwitness.simulator.lines import line, spoken
from ordering import RESULT, SPEED, check_order, dictate, in_base64
from recorded import Line
from taps import seen

NODE = Path(__file__).parent / "node"
ANSWERS = ["greeting"], ["greeting", "one_moment", "price"]  # what was said at the end of each
GREETING_MS = line("greeting").duration_ms
HEARD_MS = GREETING_MS / SPEED + 1500  # and what a busy machine is late: who speaks sooner interrupts it
GREETS_MS = (
    500 * SPEED
)  # by the agent's clock; ElevenLabs' client loses what it reads together with the first frame
OPENAI = f"{openai_server.PATH}?model=gpt-realtime&sim_scenario=order&sim_speed={SPEED}"
CALLS = {  # each client's provider, what is added to its address, its rate, how long it listens
    "elevenlabs": ("elevenlabs", "", 16_000, HEARD_MS),
    "hume": ("hume", "", 16_000, HEARD_MS),
    "agents": ("openai", OPENAI, 24_000, GREETING_MS + 200),  # it cuts what it thinks is still being said
}


def version():
    """Of Node; 0 where there is none."""
    if shutil.which("node") is None:
        return 0
    told = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout
    return int(told.lstrip("v").split(".")[0])


@pytest.fixture(scope="session")
def clients():
    """The clients as package-lock.json names them, fetched once."""
    ready, lock = NODE / "node_modules" / ".ready", NODE / "package-lock.json"
    if shutil.which("npm") is None or version() < 20:
        pytest.skip("needs Node 20 and npm: the providers' clients for Node")
    if not ready.exists() or ready.stat().st_mtime < lock.stat().st_mtime:
        fetch = ["npm", "ci", "--ignore-scripts", "--silent"]
        done = subprocess.run(fetch, check=False, cwd=NODE, capture_output=True)
        if done.returncode:
            pytest.skip("needs the providers' clients for Node, which npm could not fetch")
        ready.touch()


async def ordered_by(client, address):
    """What the client got and what it told its application, having ordered a pizza at this address."""
    _, added, rate_hz, listen_ms = CALLS[client]
    order = {
        "url": address + added,
        "sound": in_base64("order", rate_hz),
        "answers_bytes": [sum(2 * len(spoken(name, rate_hz)) for name in names) for names in ANSWERS],
        "listen_ms": listen_ms,
        "result": RESULT,
    }
    program = await asyncio.create_subprocess_exec(
        "node",
        NODE / f"{client}.mjs",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"NODE_NO_WARNINGS": "1"},
    )
    try:
        async with asyncio.timeout(60):
            out, err = await program.communicate(json.dumps(order).encode())
    except TimeoutError:
        program.terminate()
        out, err = await program.communicate()
    assert program.returncode == 0, err.decode() or f"{client}.mjs did not end"
    return json.loads(out)


def in_order(client, frames):
    """The frames as they came. An Agents client asks for an item while it is answered, and races its own
    settings: then in any order, and of a session's settings only that they were told."""
    if client != "agents":
        return frames
    told = "session.updated"
    kinds = [told if json.loads(frame)["type"] == told else re.sub(r'_\d+"', '_"', frame) for frame in frames]
    return sorted(kinds)


@pytest.mark.parametrize("client", CALLS)
async def test_a_client_for_node_gets_the_same_bytes_and_its_order_is_on_record_word_for_word(
    tmp_path, monkeypatch, clients, client
):
    provider = CALLS[client][0]
    async with Line(tmp_path) as rig:
        for upstream in rig.simulator.upstreams.values():
            upstream._speed = SPEED  # the clients set no parameters of the URL
        dictate(monkeypatch)
        monkeypatch.setattr(Dialogue, "speak_first", lambda dialogue: dialogue._soon(GREETS_MS))
        direct = await ordered_by(client, rig.simulator.url(provider))
        dictate(monkeypatch)
        tapped = await ordered_by(client, rig.url(provider))
    assert in_order(client, tapped["frames"]) == in_order(client, direct["frames"])
    if client != "agents":
        assert tapped["told"] == direct["told"]
    [folder] = leg_folders(tmp_path / "journal")
    sent = seen(list(read_leg(folder)), Origin.SERVER)
    assert [payload.decode() for kind, payload in sent if kind is Kind.TEXT] == tapped["frames"]
    check_order(tmp_path, json.loads(RESULT))
