"""An application on OpenAI's Realtime API and the caller at its microphone, as one client."""

from base64 import b64decode, b64encode
from typing import Any

from earwitness.audio.codecs import decode, encode
from earwitness.simulator.application import Application
from earwitness.simulator.call import Call

FORMAT = {"type": "audio/pcm", "rate": 24_000}


class OpenAICaller(Call):
    """Plays the answers; when the caller speaks over one, stops and says how much of it was played."""

    provider, encoding, rate_hz = "openai", "pcm_s16le", 24_000

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._cut: set[str] = set()  # items whose sound is not wanted any more
        self._application = Application(
            self.scenario, self.pace, self.send, audio_format=FORMAT, used=self.truth.tool_calls
        )

    def credentials(self, api_key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {api_key}"}

    async def begin(self) -> None:
        await self._application.begin()

    async def speak(self) -> None:
        async for frame in self.mouth.frames():
            audio = b64encode(encode(self.encoding, frame.samples)).decode()
            await self._application.ask("input_audio_buffer.append", audio=audio)

    async def take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "response.output_audio.delta" if message["item_id"] not in self._cut:
                self.phone.play(decode(self.encoding, b64decode(message["delta"])), message["item_id"])
            case "input_audio_buffer.speech_started" if self.phone.end_ms > self.pace.now_ms():
                await self._stop_playing()
            case "response.done":
                await self._application.run_tools(message["response"]["output"])

    async def _stop_playing(self) -> None:
        item = self.phone.begun()[-1][0]
        self.phone.cut()
        self._cut |= {piece.item for piece in self.phone.pieces if piece.item is not None}
        await self._application.cut_answer(item, int(self.phone.heard_ms(item)))
