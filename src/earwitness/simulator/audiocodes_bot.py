"""A small bot of AudioCodes VoiceAI Connect's Bot API, streaming mode: VAIC dials it and brings the caller.

It hears, recognises and speaks by itself (`directSTT`, `directTTS`): the caller's words are what it tells
VAIC, its own words stand in `altText` beside their sound.
"""

import json
from base64 import b64decode, b64encode
from typing import Any

from websockets.asyncio.server import ServerConnection

from earwitness.audio.codecs import Samples, encode
from earwitness.simulator.dialogue import Answer, Dialogue, Script, Tongue
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import TRANSFER_TO, Reply, Scenario, Turn
from earwitness.simulator.upstream import Upstream, tell

PATH = "/bot"
FORMATS = {  # of those that VAIC offers, the first that we know: encoding, rate
    "raw/lpcm16": ("pcm_s16le", 16_000),
    "raw/lpcm16_8": ("pcm_s16le", 8_000),
    "raw/lpcm16_24": ("pcm_s16le", 24_000),
    "raw/mulaw": ("mulaw", 8_000),
}
CALLER = {"participant": "caller"}
Message = dict[str, Any]


class AudioCodesBot(Upstream):
    """Serves any number of conversations at once, and knows of each what is still to be said."""

    PATH = PATH

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, speed: float = 1.0) -> None:
        super().__init__(host=host, port=port, speed=speed)
        self._scripts: dict[str, tuple[Script, str]] = {}  # with the format, by conversation

    async def converse(
        self, socket: ServerConnection, query: dict[str, str], scenario: Scenario, pace: Pace
    ) -> None:
        session: _Session | None = None
        try:
            async for frame in socket:
                message = json.loads(frame)
                match message["type"]:
                    case "connection.validate":
                        await tell(socket, {"type": "connection.validated", "success": True})
                    case "session.initiate" | "session.resume":
                        session = await self._session(socket, message, scenario, pace)
                    case "session.end":
                        self._scripts.pop(message["conversationId"], None)
                        return
                    case _ if session is not None:
                        await session.take(message)
        finally:
            if session is not None:
                await session.dialogue.close()

    async def _session(
        self, socket: ServerConnection, message: Message, scenario: Scenario, pace: Pace
    ) -> "_Session | None":
        """A new conversation, or one that another socket left; None and an error where neither can be."""
        call = message["conversationId"]
        if message["type"] == "session.initiate":
            offered = message.get("supportedMediaFormats", [])
            known = next((each for each in offered if each in FORMATS), None)
            if known is None:
                await tell(socket, {"type": "session.error", "reason": "No common media format"})
                return None
            self._scripts[call] = Script(scenario), known
        if call not in self._scripts:
            reason = {"conversationId": call, "reason": "conversation not found"}
            await tell(socket, {"type": "session.error", **reason})
            return None
        script, media_format = self._scripts[call]
        is_new = message["type"] == "session.initiate"
        told = {"mediaFormat": media_format} if is_new else {}  # as the official bot does
        await tell(socket, {"type": "session.accepted", **told})
        return _Session(socket, script, media_format, pace)


class _Session(Tongue):
    """One socket of one conversation."""

    def __init__(self, socket: ServerConnection, script: Script, media_format: str, pace: Pace) -> None:
        self._socket, self._format = socket, media_format
        self._encoding, rate_hz = FORMATS[media_format]
        self.dialogue = Dialogue(
            self, script, pace, encoding=self._encoding, hears_hz=rate_hz, speaks_hz=rate_hz
        )

    async def take(self, message: Message) -> None:
        match message["type"]:
            case "userStream.start":
                await self._tell("userStream.started", **CALLER)
            case "userStream.chunk":
                await self.dialogue.hear(b64decode(message["audioChunk"]))
            case "userStream.stop":
                await self._tell("userStream.stopped", **CALLER)
            case "activities":
                for activity in message["activities"]:
                    await self._activity(activity)

    async def _activity(self, activity: Message) -> None:
        match activity.get("name"):
            case "start":
                wanted = {"sendEventsToBot": ["playFinished"]}
                await self._ask({"type": "event", "name": "config", "sessionParams": wanted})
                self.dialogue.speak_first()
            case "DTMF":
                for digit in activity["value"]:
                    await self.dialogue.key(digit)

    # -- as the bot -------------------------------------------------------------------------------------

    async def caller_began(self, at_ms: int) -> None:
        await self._tell("userStream.speech.started", **CALLER)

    async def caller_said(self, turn: Turn, text: str, from_ms: int, to_ms: int) -> None:
        words = text.lower().strip(".?!").split(" ")  # the official bot lower-cases what it recognised
        half = {"text": " ".join(words[: len(words) // 2])}
        await self._tell("userStream.speech.hypothesis", **CALLER, alternatives=[half])
        await self._tell("userStream.speech.stopped", **CALLER)
        await self._tell("userStream.speech.committed", **CALLER)
        whole = {"text": " ".join(words), "confidence": 0.93}
        await self._tell("userStream.speech.recognition", **CALLER, alternatives=[whole])

    async def interrupted(self, answers: list[Answer], now_ms: float) -> None:
        await self._ask({"type": "event", "name": "abortPrompts"})

    async def begins(self, answer: Answer) -> None:
        stream = {"streamId": _stream(answer), "mediaFormat": self._format, "altText": answer.text}
        await self._tell("playStream.start", **stream)

    async def sounds(self, answer: Answer, chunk: Samples, from_ms: float) -> None:
        audio = b64encode(encode(self._encoding, chunk)).decode()
        await self._tell("playStream.chunk", streamId=_stream(answer), audioChunk=audio)

    async def ends(self, answer: Answer) -> None:
        await self._tell("playStream.stop", streamId=_stream(answer))

    async def leaves(self, reply: Reply) -> None:
        if reply.leaves == "transfer":
            where = {"activityParams": {"transferTarget": TRANSFER_TO}}
            await self._ask({"type": "event", "name": "transfer", **where})
        else:
            await self._ask({"type": "event", "name": "hangup"})

    async def _ask(self, activity: Message) -> None:
        await self._tell("activities", activities=[activity])

    async def _tell(self, kind: str, **fields: Any) -> None:
        await tell(self._socket, {"type": kind, **fields})


def _stream(answer: Answer) -> str:
    return f"play-{answer.number - 1}"
