"""An application on Hume's EVI and the caller at its microphone, as one client."""

import json
import wave
from base64 import b64decode, b64encode
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from earwitness.audio.codecs import Samples, decode, encode
from earwitness.simulator.call import Call
from earwitness.simulator.hume_server import ENCODING, SPEAKS_HZ
from earwitness.simulator.prosody import scores


class HumeCaller(Call):
    """Plays the assistant's sound and runs its functions. All of one turn's sound goes by the id of its first
    message.
    """

    provider, encoding, rate_hz = "hume", ENCODING, SPEAKS_HZ
    _group = ""  # what takes this conversation up again
    _turn = ""

    def credentials(self, api_key: str) -> dict[str, str]:
        return {"X-Hume-Api-Key": api_key}

    async def begin(self) -> None:
        audio = {"encoding": "linear16", "sample_rate": self.rate_hz, "channels": 1}
        await self.send({"type": "session_settings", "audio": audio, "custom_session_id": self.call})

    async def resume(self) -> None:
        self._turn = ""
        await self.begin()

    def resumed_url(self) -> str:
        return f"{self.url}&{urlencode({'resumed_chat_group_id': self._group})}"

    async def speak(self) -> None:
        async for frame in self.mouth.frames():
            data = b64encode(encode(ENCODING, frame.samples)).decode()
            await self.send({"type": "audio_input", "data": data})

    async def take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "chat_metadata":
                self._group = message["chat_group_id"]
            case "assistant_message":
                self._turn = self._turn or message["id"]
            case "audio_output":
                self.phone.play(_samples(b64decode(message["data"])), self._turn)
            case "assistant_end":
                self._turn = ""
            case "user_interruption":
                self._turn = ""
                self.phone.cut()
            case "tool_call":
                call, arguments = message["tool_call_id"], json.loads(message["parameters"])
                result = json.dumps(await self.use(call, message["name"], arguments))
                await self.send({"type": "tool_response", "tool_call_id": call, "content": result})

    def observe(self) -> None:
        super().observe()
        turns = {turn.says: turn.feels for turn in self.scenario.turns}
        replies = {reply.says: reply.feels for reply in self.scenario.replies}
        self.truth.said = [
            replace(each, emotions=scores(each.line, turns[each.line])) for each in self.truth.said
        ]
        self.truth.heard = [
            replace(each, emotions=scores(each.line, replies[each.line])) if each.line in replies else each
            for each in self.truth.heard
        ]


def _samples(data: bytes) -> Samples:
    with wave.open(BytesIO(data)) as file:
        return decode(ENCODING, file.readframes(file.getnframes()))
