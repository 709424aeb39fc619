"""A telephone call as Twilio Media Streams brings it: Twilio dials, and plays what it gets in real time.

The frames are those of a bidirectional stream (`<Connect><Stream>`): text JSON, every number a string,
mu-law at 8 kHz, 20 ms in each message.
"""

import json
import secrets
from base64 import b64decode, b64encode
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.caller import Unanswered, act, race
from earwitness.simulator.mouth import FRAME_MS, Mouth
from earwitness.simulator.pace import Pace
from earwitness.simulator.phone import Phone
from earwitness.simulator.scenarios import Scenario
from earwitness.simulator.truth import Truth

ENCODING, RATE_HZ = "mulaw", 8_000
ACCOUNT_SID = "AC00000000000000000000000000000001"


def call_sid() -> str:
    """A new one, of the form Twilio gives."""
    return f"CA{secrets.token_hex(16)}"


class TwilioCaller:
    """One call to the bot at `url`. The scenario's name and speed go along as custom parameters."""

    def __init__(
        self,
        url: str,
        scenario: Scenario,
        *,
        call: str,
        speed: float = 1.0,
        parameters: dict[str, str] | None = None,
    ) -> None:
        self._url, self._scenario, self._call = url, scenario, call
        self._parameters = {
            "caller": "+15555550123",
            "sim_scenario": scenario.name,
            "sim_speed": f"{speed:g}",
            **(parameters or {}),
        }
        self._pace = Pace(speed)
        self._phone = Phone(self._pace, RATE_HZ)
        self._stream = f"MZ{secrets.token_hex(16)}"
        self._sequence = 0
        self.truth = Truth(
            call=call,
            provider="twilio",
            scenario=scenario.name,
            speed=speed,
            zero_wall_ns=self._pace.zero.wall_ns,
            rate_hz=RATE_HZ,
        )

    async def run(self) -> Truth:
        """Dials, talks, ends as the scenario says. Raises `OSError` where nobody listens at `url`."""
        headers = {"User-Agent": "Twilio.TmeWs/1.0"}
        try:
            socket = await connect(
                self._url, additional_headers=headers, user_agent_header=None, compression=None
            )
        except InvalidStatus as refusal:
            self.truth.ended, self.truth.status = "refused", refusal.response.status_code
            return self.truth
        try:
            await self._talk(socket)
        except ConnectionClosed:
            self.truth.ended = "lost"
        finally:
            await socket.close()
        return self.truth

    async def _talk(self, socket: ClientConnection) -> None:
        await _send(socket, {"event": "connected", "protocol": "Call", "version": "1.0.0"})
        await self._tell(socket, "start", self._start())
        mouth = Mouth(self._pace, RATE_HZ)

        async def press(digit: str) -> None:
            self.truth.digits += digit
            await self._tell(socket, "dtmf", {"track": "inbound_track", "digit": digit})

        script = act(self._scenario, self._pace, mouth, self._phone, press)
        try:
            await race(script, self._listen(socket), self._speak(socket, mouth), self._echo(socket))
            self.truth.ended = self._scenario.ends
        except Unanswered:
            self.truth.ended = "unanswered"
        finally:
            self.truth.observe(self._pace, mouth, self._phone, ENCODING)
        if self.truth.ended == "died":
            socket.transport.abort()
            return
        await self._tell(socket, "stop", {"accountSid": ACCOUNT_SID, "callSid": self._call})

    def _start(self) -> dict[str, Any]:
        return {
            "accountSid": ACCOUNT_SID,
            "streamSid": self._stream,
            "callSid": self._call,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": RATE_HZ, "channels": 1},
            "customParameters": self._parameters,
        }

    async def _speak(self, socket: ClientConnection, mouth: Mouth) -> None:
        chunk = 0
        async for frame in mouth.frames():
            chunk += 1
            media = {
                "track": "inbound",
                "chunk": str(chunk),
                "timestamp": str(frame.number * FRAME_MS),
                "payload": b64encode(encode(ENCODING, frame.samples)).decode(),
            }
            await self._tell(socket, "media", media)

    async def _listen(self, socket: ClientConnection) -> None:
        """Plays what comes; ends with `ConnectionClosed`."""
        while True:
            message = json.loads(await socket.recv())
            match message["event"]:
                case "media":
                    self._phone.play(decode(ENCODING, b64decode(message["media"]["payload"])))
                case "mark":
                    name = message["mark"]["name"]
                    self._phone.name(name.partition(":")[0])  # the simulator's bot names marks <item>:<ms>
                    self._phone.mark(name)
                case "clear":
                    self._phone.cut()

    async def _echo(self, socket: ClientConnection) -> None:
        async for name in self._phone.marks():
            await self._tell(socket, "mark", {"name": name})

    async def _tell(self, socket: ClientConnection, event: str, fields: dict[str, Any]) -> None:
        self._sequence += 1
        head = {"event": event, "sequenceNumber": str(self._sequence), "streamSid": self._stream}
        await _send(socket, {**head, event: fields})


async def _send(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message, separators=(",", ":")))
