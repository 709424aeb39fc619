"""The application's half of a Realtime session, alike for the microphone and for the telephone."""

import json
from typing import Any

from websockets.asyncio.client import ClientConnection

from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Scenario, Tool
from earwitness.simulator.truth import ToolUse

TOOL_MS = 120  # how long the application takes to find an answer


class Application:
    """Sets the session up, asks for the greeting and runs the voice AI's functions."""

    def __init__(self, scenario: Scenario, pace: Pace, *, audio_format: dict[str, Any]) -> None:
        self.used: list[ToolUse] = []
        self._tools = {tool.name: tool for tool in scenario.tools}
        self._pace, self._format = pace, audio_format

    async def begin(self, socket: ClientConnection) -> None:
        transcription = {"model": "gpt-4o-mini-transcribe"}
        session = {
            "type": "realtime",
            "instructions": "You answer the telephone of a pizza shop.",
            "tools": [_declared(tool) for tool in self._tools.values()],
            "audio": {
                "input": {"format": self._format, "transcription": transcription},
                "output": {"format": self._format},
            },
        }
        await ask(socket, "session.update", session=session)
        await ask(socket, "response.create")

    async def run_tools(self, socket: ClientConnection, output: list[dict[str, Any]]) -> None:
        """Answers the function calls among a response's items, and asks to go on if there were any."""
        calls = [item for item in output if item["type"] == "function_call"]
        for item in calls:
            at_ms = self._pace.now_ms()
            await self._pace.pause(TOOL_MS)
            tool = self._tools.get(item["name"])
            result = tool.result if tool else {"error": "unknown function"}
            answer = {
                "type": "function_call_output",
                "call_id": item["call_id"],
                "output": json.dumps(result),
            }
            await ask(socket, "conversation.item.create", item=answer)
            self.used.append(
                ToolUse(
                    call=item["call_id"],
                    name=item["name"],
                    arguments=json.loads(item["arguments"]),
                    result=result,
                    at_wall_ns=self._pace.wall_ns(at_ms),
                )
            )
        if calls:
            await ask(socket, "response.create")


async def ask(socket: ClientConnection, kind: str, **fields: Any) -> None:
    """Sends one client event."""
    await socket.send(json.dumps({"type": kind, **fields}, separators=(",", ":")))


async def cut_answer(socket: ClientConnection, item: str, played_ms: int) -> None:
    """Tells the voice AI that no more than this of its answer was played."""
    where = {"item_id": item, "content_index": 0}
    await ask(socket, "conversation.item.truncate", **where, audio_end_ms=played_ms)


def _declared(tool: Tool) -> dict[str, Any]:
    kinds = {
        name: "integer" if isinstance(value, int) else "string" for name, value in tool.arguments.items()
    }
    properties = {name: {"type": kind} for name, kind in kinds.items()}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "name": tool.name, "description": "", "parameters": parameters}
