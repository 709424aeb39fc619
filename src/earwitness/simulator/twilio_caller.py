"""A telephone call as Twilio Media Streams brings it: Twilio dials, and plays what it gets in real time.

The frames are those of a bidirectional stream (`<Connect><Stream>`): text JSON, every number a string,
mu-law at 8 kHz, 20 ms in each message.
"""

import secrets
from base64 import b64decode, b64encode
from typing import Any

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.call import Call
from earwitness.simulator.caller import race
from earwitness.simulator.mouth import FRAME_MS

USER_AGENT = "Twilio.TmeWs/1.0"
ACCOUNT_SID = "AC00000000000000000000000000000001"


def call_sid() -> str:
    """A new one, of the form Twilio gives."""
    return f"CA{secrets.token_hex(16)}"


class TwilioCaller(Call):
    """One call to the bot. The scenario's name and speed go along as custom parameters."""

    provider, encoding, rate_hz = "twilio", "mulaw", 8_000
    user_agent = USER_AGENT

    def __init__(self, *arguments: Any, parameters: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._parameters = {
            "caller": "+15555550123",
            "sim_scenario": self.scenario.name,
            "sim_speed": f"{self.pace.speed:g}",
            **(parameters or {}),
        }
        self._stream = f"MZ{secrets.token_hex(16)}"
        self._sequence = 0

    async def begin(self) -> None:
        await self.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        await self._tell("start", self._start())

    async def speak(self) -> None:
        await race(self._media(), self._marks())

    async def press(self, digit: str) -> None:
        self.truth.digits += digit
        await self._tell("dtmf", {"track": "inbound_track", "digit": digit})

    async def finish(self) -> None:
        await self._tell("stop", {"accountSid": ACCOUNT_SID, "callSid": self.call})

    async def take(self, message: dict[str, Any]) -> None:
        match message["event"]:
            case "media":
                self.phone.play(decode(self.encoding, b64decode(message["media"]["payload"])))
            case "mark":
                name = message["mark"]["name"]
                self.phone.name(name.partition(":")[0])  # the simulator's bot names marks <item>:<ms>
                self.phone.mark(name)
            case "clear":
                self.phone.cut()

    def _start(self) -> dict[str, Any]:
        return {
            "accountSid": ACCOUNT_SID,
            "streamSid": self._stream,
            "callSid": self.call,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": self.rate_hz, "channels": 1},
            "customParameters": self._parameters,
        }

    async def _media(self) -> None:
        chunk = 0
        async for frame in self.mouth.frames():
            chunk += 1
            media = {
                "track": "inbound",
                "chunk": str(chunk),
                "timestamp": str(frame.number * FRAME_MS),
                "payload": b64encode(encode(self.encoding, frame.samples)).decode(),
            }
            await self._tell("media", media)

    async def _marks(self) -> None:
        async for name in self.phone.marks():
            await self._tell("mark", {"name": name})

    async def _tell(self, event: str, fields: dict[str, Any]) -> None:
        self._sequence += 1
        head = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": self._stream}
        await self.send({**head, event: fields})
