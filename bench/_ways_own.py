"""Calls that the simulator does not speak: what is said in them, and one in a protocol of one's own."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from earwitness.audio.codecs import encode
from earwitness.settings.recording import WireMapping
from earwitness.simulator.lines import line, spoken
from earwitness.simulator.scenarios import scenario
from earwitness.simulator.truth import Heard, Said, ToolUse, Truth
from taps import tapped, upstream

SCENARIO = "order"
STEP_MS = 20
OWN = {  # as in docs/how-to/own-protocol.md, with the places of a tool call
    "type": "/kind",
    "role": "/from",
    "user": ("human",),
    "assistant": ("robot",),
    "text": "/body/text",
    "audio": "/body/sound",
    "encoding": "mulaw",
    "rate_hz": 8000,
    "item": "/id",
    "tool_name": "/tool/name",
    "tool_arguments": "/tool/arguments",
    "tool_result": "/tool/result",
    "tool_call": "/tool/call",
    "ends": ("bye",),
}


async def by_mapping(folder: Path) -> Truth:
    """A call between a client and a bot that speak it, through a tap."""
    truth = told("generic")
    route = {"provider": "generic", "mapping": WireMapping(**OWN)}
    async with (
        upstream(_bot) as (_, url),
        tapped(folder, url, route=route) as rig,
        connect(rig.url("/r/talk")) as socket,
    ):
        await asyncio.sleep(truth.said[0].start_ms / 1000)
        await _speak(socket, "order", "m2", "human")
        await _words(socket, "order", "m2", "human")
        await socket.wait_closed()
    return truth


async def _bot(connection: Any) -> None:
    await _say(connection, "greeting", "m1")
    async for message in connection:
        if json.loads(message)["kind"] == "answer":
            break
    [tool] = scenario(SCENARIO).tools
    await _tell(connection, kind="tool", tool={"call": "t1", "name": tool.name, "arguments": tool.arguments})
    await _tell(connection, kind="tool", tool={"call": "t1", "name": tool.name, "result": tool.result})
    await _say(connection, "price", "m3")
    await _tell(connection, kind="bye")


async def _say(connection: Any, name: str, item: str) -> None:
    await _words(connection, name, item, "robot")
    await _speak(connection, name, item, "robot")


async def _words(connection: Any, name: str, item: str, who: str) -> None:
    await _tell(connection, kind="answer", **{"from": who}, id=item, body={"text": line(name).text})


async def _speak(connection: Any, name: str, item: str, who: str) -> None:
    async for piece in paced(encode("mulaw", spoken(name, 8_000)), 8):
        body = {"sound": b64encode(piece).decode()}
        await _tell(connection, kind="sound", **{"from": who}, id=item, body=body)


async def _tell(connection: Any, **message: Any) -> None:
    await connection.send(json.dumps(message))


async def paced(sound: bytes, bytes_a_ms: int) -> AsyncIterator[bytes]:
    """In pieces, each when it was spoken."""
    size, began_s = STEP_MS * bytes_a_ms, time.monotonic()
    for at in range(0, len(sound), size):
        await asyncio.sleep(began_s + (at + size) / bytes_a_ms / 1000 - time.monotonic())
        yield sound[at : at + size]


def told(provider: str) -> Truth:
    """Of a call that the simulator does not speak: greeting, order, price, one after the other."""
    began, order = line("greeting").duration_ms + 500, line("order").duration_ms
    truth = Truth(call=provider, provider=provider, scenario=SCENARIO, speed=1, zero_wall_ns=0)
    truth.said = [Said(line="order", text=line("order").text, start_ms=began, end_ms=began + order)]
    for name, at_ms in (("greeting", 0.0), ("price", began + order + 500)):
        length = line(name).duration_ms
        stretch = (at_ms, at_ms + length)
        known = {"item": name, "line": name, "text": line(name).text}
        truth.heard.append(Heard(**known, sent_ms=length, heard_ms=length, stretches=(stretch,)))
    [tool] = scenario(SCENARIO).tools
    truth.tool_calls = [used(tool.name, tool.arguments, tool.result)]
    return truth


def used(name: str, arguments: dict[str, Any], result: dict[str, Any]) -> ToolUse:
    return ToolUse(call="", name=name, arguments=arguments, result=result, at_wall_ns=0)
