"""An application on OpenAI's Realtime API and the caller at its microphone, as one client."""

import json
from base64 import b64decode, b64encode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.application import Application, ask, cut_answer
from earwitness.simulator.caller import Unanswered, act, race
from earwitness.simulator.mouth import Mouth
from earwitness.simulator.openai_server import MAX_FRAME_BYTES
from earwitness.simulator.pace import Pace
from earwitness.simulator.phone import Phone
from earwitness.simulator.scenarios import Scenario
from earwitness.simulator.truth import Truth

ENCODING, RATE_HZ = "pcm_s16le", 24_000
FORMAT = {"type": "audio/pcm", "rate": RATE_HZ}


class OpenAICaller:
    """One call. `url` is the whole address, parameters included; `headers` go beside the key."""

    def __init__(
        self,
        url: str,
        scenario: Scenario,
        *,
        call: str,
        speed: float = 1.0,
        api_key: str = "sk-simulator",
        headers: dict[str, str] | None = None,
    ) -> None:
        self._url, self._scenario = url, scenario
        self._headers = {"Authorization": f"Bearer {api_key}", **(headers or {})}
        self._pace = Pace(speed)
        self._phone = Phone(self._pace, RATE_HZ)
        self._cut: set[str] = set()  # items whose sound is not wanted any more
        self._application = Application(scenario, self._pace, audio_format=FORMAT)
        self.truth = Truth(
            call=call,
            provider="openai",
            scenario=scenario.name,
            speed=speed,
            zero_wall_ns=self._pace.zero.wall_ns,
            rate_hz=RATE_HZ,
        )

    async def run(self) -> Truth:
        """Dials, talks, ends as the scenario says. Raises `OSError` where nobody listens at `url`."""
        try:
            socket = await connect(
                self._url, additional_headers=self._headers, max_size=MAX_FRAME_BYTES, compression=None
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
        await self._application.begin(socket)
        mouth = Mouth(self._pace, RATE_HZ)
        script = act(self._scenario, self._pace, mouth, self._phone, _no_keys)
        try:
            await race(script, self._listen(socket), self._speak(socket, mouth))
            self.truth.ended = self._scenario.ends
        except Unanswered:
            self.truth.ended = "unanswered"
        finally:
            self.truth.tool_calls = self._application.used
            self.truth.observe(self._pace, mouth, self._phone, ENCODING)
        if self.truth.ended == "died":
            socket.transport.abort()

    async def _speak(self, socket: ClientConnection, mouth: Mouth) -> None:
        async for frame in mouth.frames():
            audio = b64encode(encode(ENCODING, frame.samples)).decode()
            await ask(socket, "input_audio_buffer.append", audio=audio)

    async def _listen(self, socket: ClientConnection) -> None:
        """Plays what comes; ends with `ConnectionClosed`."""
        while True:
            message = json.loads(await socket.recv())
            match message["type"]:
                case "response.output_audio.delta" if message["item_id"] not in self._cut:
                    self._phone.play(decode(ENCODING, b64decode(message["delta"])), message["item_id"])
                case "input_audio_buffer.speech_started":
                    await self._stop_playing(socket)
                case "response.done":
                    await self._application.run_tools(socket, message["response"]["output"])

    async def _stop_playing(self, socket: ClientConnection) -> None:
        now_ms = self._pace.now_ms()
        if self._phone.end_ms <= now_ms:
            return
        item = self._phone.begun()[-1][0]
        self._phone.cut()
        self._cut |= {piece.item for piece in self._phone.pieces if piece.item is not None}
        played_ms = int(self._phone.heard_ms(item))
        await cut_answer(socket, item, played_ms)


async def _no_keys(digit: str) -> None:
    """A microphone has no keypad."""
