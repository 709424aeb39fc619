"""The fake Hume EVI upstream, as the chat socket speaks.

A `config_id` that is a scenario's name plays that one: official clients choose by it. `resumed_chat_group_id`
takes up again what another socket left.
"""

import json
import re
import secrets
import uuid
import wave
from base64 import b64decode, b64encode
from io import BytesIO
from typing import Any

from websockets.asyncio.server import ServerConnection

from earwitness.audio.codecs import Samples, encode
from earwitness.clock import NS_PER_MS
from earwitness.simulator.dialogue import Answer, Dialogue, Script, Tongue
from earwitness.simulator.pace import Pace
from earwitness.simulator.prosody import scores
from earwitness.simulator.scenarios import Scenario, Tool, Turn
from earwitness.simulator.upstream import Upstream, tell

PATH = "/v0/evi/chat"
ENCODING, SPEAKS_HZ = "pcm_s16le", 48_000
HEARS_HZ = 16_000  # until the client's settings say otherwise
RATE_IN_QUERY = "session_settings[audio][sample_rate]"
SENTENCE_END = re.compile(r"(?<=[.?!]) ")
Message = dict[str, Any]


class HumeServer(Upstream):
    """Answers any number of chats at once, and knows of each chat group what is still to be said."""

    PATH = PATH
    SCENARIO_IN = "config_id"

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0, speed: float = 1.0) -> None:
        super().__init__(host=host, port=port, speed=speed)
        self._groups: dict[str, Script] = {}

    async def converse(
        self, socket: ServerConnection, query: dict[str, str], scenario: Scenario, pace: Pace
    ) -> None:
        group = query.get("resumed_chat_group_id") or str(uuid.uuid4())
        script = self._groups.setdefault(group, Script(scenario))
        chat = _Chat(socket, script, pace, query)
        try:
            await chat.open(group)
            async for frame in socket:
                await chat.handle(frame)
        finally:
            if socket.close_code == 1000:  # said goodbye: nobody comes back
                self._groups.pop(group, None)
            await chat.dialogue.close()


class _Chat(Tongue):
    """One socket. An answer is one message for each of its sentences, all closed by one `assistant_end`."""

    def __init__(self, socket: ServerConnection, script: Script, pace: Pace, query: dict[str, str]) -> None:
        self._socket, self._pace = socket, pace
        hears_hz = int(query.get(RATE_IN_QUERY, HEARS_HZ))
        self.dialogue = Dialogue(
            self, script, pace, encoding=ENCODING, hears_hz=hears_hz, speaks_hz=SPEAKS_HZ
        )
        self._is_verbose = query.get("verbose_transcription", "").lower() == "true"
        self._untold: list[tuple[float, str]] = []  # sentences of the answer, with where their sound begins
        self._message, self._index = "", 0

    async def open(self, group: str) -> None:
        about = {"chat_group_id": group, "chat_id": str(uuid.uuid4()), "request_id": str(uuid.uuid4())}
        await self._tell("chat_metadata", **about)
        self.dialogue.speak_first()

    async def handle(self, frame: str | bytes) -> None:
        try:
            message = json.loads(frame)
            match message["type"]:
                case "audio_input":
                    await self.dialogue.hear(b64decode(message["data"]))
                case "session_settings" if message.get("audio"):
                    self.dialogue.input.set_format(ENCODING, int(message["audio"]["sample_rate"]))
                case "user_input":
                    await self._user(message["text"], {}, (0, 0), from_text=True)
                    self.dialogue.typed()
                case "tool_response" | "tool_error":
                    self.dialogue.found(message["tool_call_id"])
        except (ValueError, KeyError, TypeError) as error:
            await self._tell(
                "error", code="E0101", slug="invalid_message", message=f"Invalid message: {error}"
            )

    # -- as the assistant -------------------------------------------------------------------------------

    async def caller_said(self, turn: Turn, text: str, from_ms: int, to_ms: int) -> None:
        models = {"prosody": {"scores": scores(turn.says, turn.feels)}}
        if self._is_verbose:
            words = text.split(" ")
            half = " ".join(words[: len(words) // 2])
            await self._user(half, models, (from_ms, (from_ms + to_ms) // 2), is_interim=True)
        await self._user(text, models, (from_ms, to_ms))

    async def begins(self, answer: Answer) -> None:
        each_ms = answer.duration_ms / len(answer.text)
        starts = [0, *(found.end() for found in SENTENCE_END.finditer(answer.text))]
        sentences = SENTENCE_END.split(answer.text)
        self._untold = [(start * each_ms, text) for start, text in zip(starts, sentences, strict=True)]

    async def sounds(self, answer: Answer, chunk: Samples, from_ms: float) -> None:
        while self._untold and self._untold[0][0] <= from_ms:
            await self._sentence(answer)
        data = b64encode(_wav(chunk)).decode()
        await self._tell("audio_output", id=self._message, index=self._index, data=data)
        self._index += 1

    async def ends(self, answer: Answer) -> None:
        if not answer.cut.is_set():
            while self._untold:
                await self._sentence(answer)
            await self._tell("assistant_end")

    async def interrupted(self, answers: list[Answer], now_ms: float) -> None:
        await self._tell("user_interruption", time=self._pace.wall_ns(now_ms) // NS_PER_MS)

    async def calls(self, call: str, tool: Tool) -> bool:
        arguments = json.dumps(tool.arguments, separators=(",", ":"))
        kind = {"tool_type": "function", "response_required": True}
        await self._tell("tool_call", tool_call_id=call, name=tool.name, parameters=arguments, **kind)
        return True

    async def _sentence(self, answer: Answer) -> None:
        """Its words first, then how it will sound."""
        _, text = self._untold.pop(0)
        self._message, self._index = secrets.token_hex(16), 0
        said = {"role": "assistant", "content": text}
        kind = {"from_text": False, "is_quick_response": False}
        await self._tell("assistant_message", id=self._message, message=said, models={}, **kind)
        prosody = {"scores": scores(answer.reply.says, answer.reply.feels)}
        await self._tell("assistant_prosody", id=self._message, models={"prosody": prosody})

    async def _user(
        self,
        text: str,
        models: Message,
        between_ms: tuple[int, int],
        *,
        is_interim: bool = False,
        from_text: bool = False,
    ) -> None:
        begin, end = between_ms
        said = {"role": "user", "content": text}
        flags = {"interim": is_interim, "from_text": from_text}
        await self._tell(
            "user_message", message=said, models=models, time={"begin": begin, "end": end}, **flags
        )

    async def _tell(self, kind: str, **fields: Any) -> None:
        await tell(self._socket, {"type": kind, **fields})


def _wav(samples: Samples) -> bytes:
    """A whole file, header and all: so does the provider with each piece."""
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPEAKS_HZ)
        file.writeframes(encode(ENCODING, samples))
    return buffer.getvalue()
