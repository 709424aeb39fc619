"""The application's half of a Realtime session, alike for the microphone and for the telephone."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from earwitness.simulator.dialogue import TOOL_MS
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Scenario, Tool
from earwitness.simulator.truth import ToolUse

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Application:
    """Sets the session up, asks for the greeting and runs the voice AI's functions.

    `send` takes one client event; the functions that ran are put down in `used`.
    """

    def __init__(
        self, scenario: Scenario, pace: Pace, send: Send, *, audio_format: dict[str, Any], used: list[ToolUse]
    ) -> None:
        self._tools = {tool.name: tool for tool in scenario.tools}
        self._pace, self._send, self._format, self._used = pace, send, audio_format, used

    async def ask(self, kind: str, **fields: Any) -> None:
        """Sends one client event."""
        await self._send({"type": kind, **fields})

    async def begin(self) -> None:
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
        await self.ask("session.update", session=session)
        await self.ask("response.create")

    async def run_tools(self, output: list[dict[str, Any]]) -> None:
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
            await self.ask("conversation.item.create", item=answer)
            self._used.append(
                ToolUse(
                    call=item["call_id"],
                    name=item["name"],
                    arguments=json.loads(item["arguments"]),
                    result=result,
                    at_wall_ns=self._pace.wall_ns(at_ms),
                )
            )
        if calls:
            await self.ask("response.create")

    async def cut_answer(self, item: str, played_ms: int) -> None:
        """Tells the voice AI that no more than this of its answer was played."""
        where = {"item_id": item, "content_index": 0}
        await self.ask("conversation.item.truncate", **where, audio_end_ms=played_ms)


def _declared(tool: Tool) -> dict[str, Any]:
    kinds = {
        name: "integer" if isinstance(value, int) else "string" for name, value in tool.arguments.items()
    }
    properties = {name: {"type": kind} for name, kind in kinds.items()}
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "name": tool.name, "description": "", "parameters": parameters}
