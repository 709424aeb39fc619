"""An application on ElevenLabs Agents and the caller at its microphone, as one client."""

from base64 import b64decode, b64encode
from typing import Any

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.call import Call
from earwitness.simulator.elevenlabs_server import ENCODING, RATE_HZ
from earwitness.simulator.truth import ToolUse


class ElevenLabsCaller(Call):
    """Plays the agent's sound, drops what an interruption voids, runs the agent's client tools."""

    provider, encoding, rate_hz = "elevenlabs", ENCODING, RATE_HZ
    _void = 0  # sound of this event and of those before it is not wanted any more

    def credentials(self, api_key: str) -> dict[str, str]:
        return {"xi-api-key": api_key}

    async def begin(self) -> None:
        await self.send(
            {
                "type": "conversation_initiation_client_data",
                "dynamic_variables": {"call": self.call},
                "source_info": {"source": "simulator", "version": "1"},
            }
        )

    async def speak(self) -> None:
        async for frame in self.mouth.frames():
            await self.send({"user_audio_chunk": b64encode(encode(ENCODING, frame.samples)).decode()})

    async def take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "audio" if message["audio_event"]["event_id"] > self._void:
                audio = message["audio_event"]
                self.phone.play(decode(ENCODING, b64decode(audio["audio_base_64"])), str(audio["event_id"]))
            case "interruption":
                self._void = message["interruption_event"]["event_id"]
                self.phone.cut()
            case "ping":
                await self.send({"type": "pong", "event_id": message["ping_event"]["event_id"]})
            case "agent_tool_response":  # the agent's own tools, such as end_call
                used, at_wall_ns = message["agent_tool_response"], self.pace.wall_ns(self.pace.now_ms())
                call, name = used["tool_call_id"], used["tool_name"]
                self.truth.tool_calls.append(
                    ToolUse(call=call, name=name, arguments={}, result={}, at_wall_ns=at_wall_ns)
                )
            case "client_tool_call":
                asked = message["client_tool_call"]
                call = asked["tool_call_id"]
                result = await self.use(call, asked["tool_name"], asked["parameters"])
                await self.send(
                    {
                        "type": "client_tool_result",
                        "tool_call_id": call,
                        "result": result,
                        "is_error": False,
                    }
                )
