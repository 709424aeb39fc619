"""The fake ElevenLabs Agents upstream, as the conversation socket speaks.

An `agent_id` that is a scenario's name plays that one: official clients choose by it.
"""

import asyncio
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from earwitness.audio.codecs import Samples, encode
from earwitness.simulator.dialogue import Answer, Dialogue, Script, Tongue
from earwitness.simulator.lines import spoken
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Reply, Scenario, Tool, Turn
from earwitness.simulator.upstream import Upstream, tell

PATH = "/v1/convai/conversation"
ENCODING, RATE_HZ, FORMAT = "pcm_s16le", 16_000, "pcm_16000"
PING_MS = 2000
LATE_MS = 100  # sound that arrives after the interruption that voids it
NO_INPUT = 1002  # the close code for what cannot be understood
Message = dict[str, Any]


class ElevenLabsServer(Upstream):
    """Answers any number of conversations at once."""

    PATH = PATH
    SCENARIO_IN = "agent_id"

    def refusal(self, status: int) -> Message:
        kinds = {401: "invalid_api_key", 404: "not_found", 429: "too_many_concurrent_requests"}
        return {"detail": {"status": kinds.get(status, "invalid_request"), "message": "Request refused."}}

    def subprotocol(self, socket: ServerConnection, offered: Iterable[Subprotocol]) -> Subprotocol | None:
        return next((name for name in offered if name == "convai"), None)

    async def converse(
        self, socket: ServerConnection, query: dict[str, str], scenario: Scenario, pace: Pace
    ) -> None:
        talk = _Conversation(socket, scenario, pace)
        pings = asyncio.create_task(talk.ping())
        try:
            await talk.open()
            async for frame in socket:
                await talk.handle(frame)
        finally:
            pings.cancel()
            await talk.dialogue.close()


class _Conversation(Tongue):
    """One socket. Every turn of either side has an `event_id` of its own, and they only grow."""

    def __init__(self, socket: ServerConnection, scenario: Scenario, pace: Pace) -> None:
        self._socket, self._pace = socket, pace
        self.dialogue = Dialogue(
            self, Script(scenario), pace, encoding=ENCODING, hears_hz=RATE_HZ, speaks_hz=RATE_HZ
        )
        self._event = 0
        self._events: dict[int, int] = {}  # of each answer
        self._has_begun = False
        self._pinged_at_ms: dict[int, float] = {}
        self._ping_ms: int | None = None

    async def open(self) -> None:
        about = {
            "conversation_id": f"conv_{secrets.token_hex(12)}",
            "agent_output_audio_format": FORMAT,
            "user_input_audio_format": FORMAT,
        }
        await self._tell("conversation_initiation_metadata", "conversation_initiation_metadata_event", about)

    async def ping(self) -> None:
        """Asks every now and then, until it is stopped."""
        while True:
            await self._pace.pause(PING_MS)
            event = self._next()
            self._pinged_at_ms[event] = self._pace.now_ms()
            await self._tell("ping", "ping_event", {"event_id": event, "ping_ms": self._ping_ms})

    async def handle(self, frame: str | bytes) -> None:
        try:
            message = json.loads(frame)
            await self._take(message)
        except (ValueError, KeyError, TypeError, AttributeError):
            with suppress(ConnectionClosed):
                await self._socket.close(NO_INPUT, "Invalid message received.")

    async def _take(self, message: Message) -> None:
        if not self._has_begun:
            self._has_begun = True
            self.dialogue.speak_first()
        if "user_audio_chunk" in message:  # the one message without a type
            await self.dialogue.hear(b64decode(message["user_audio_chunk"]))
            return
        match message.get("type"):
            case "pong":
                sent_ms = self._pinged_at_ms.pop(message["event_id"], None)
                self._ping_ms = None if sent_ms is None else round(self._pace.now_ms() - sent_ms)
            case "client_tool_result":
                self.dialogue.found(message["tool_call_id"])
            case "user_message":
                self.dialogue.typed()

    # -- as the agent -----------------------------------------------------------------------------------

    async def caller_began(self, at_ms: int) -> None:
        await self._tell("vad_score", "vad_score_event", {"vad_score": 0.97})

    async def caller_said(self, turn: Turn, text: str, from_ms: int, to_ms: int) -> None:
        told = {"user_transcript": text, "event_id": self._next()}
        await self._tell("user_transcript", "user_transcription_event", told)

    async def begins(self, answer: Answer) -> None:
        self._events[answer.number] = self._next()

    async def sounds(self, answer: Answer, chunk: Samples, from_ms: float) -> None:
        event = self._events[answer.number]
        if from_ms == 0:
            told = {"agent_response": answer.text, "event_id": event}
            await self._tell("agent_response", "agent_response_event", told)
        size_ms = len(chunk) * 1000 / RATE_HZ
        audio = {
            "audio_base_64": b64encode(encode(ENCODING, chunk)).decode(),
            "event_id": event,
            "alignment": _alignment(answer, from_ms, from_ms + size_ms),
        }
        await self._tell("audio", "audio_event", audio)

    async def interrupted(self, answers: list[Answer], now_ms: float) -> None:
        last = max(self._events[answer.number] for answer in answers)
        await self._tell("interruption", "interruption_event", {"event_id": last})
        for answer in answers:
            corrected = {
                "original_agent_response": answer.text,
                "corrected_agent_response": f"{answer.text_until(answer.played_ms(now_ms))}...",
                "event_id": self._events[answer.number],
            }
            await self._tell("agent_response_correction", "agent_response_correction_event", corrected)
            if answer.sent_ms < answer.duration_ms:
                await self.sounds(answer, _next_piece(answer), answer.sent_ms)  # it was on its way already

    async def calls(self, call: str, tool: Tool) -> bool:
        asked = {
            "tool_name": tool.name,
            "tool_call_id": call,
            "parameters": tool.arguments,
            "expects_response": True,
            "event_id": self._next(),
        }
        await self._tell("client_tool_call", "client_tool_call", asked)
        return True

    async def leaves(self, reply: Reply) -> None:
        used = {
            "tool_name": "end_call",
            "tool_call_id": f"call_{secrets.token_hex(8)}",
            "tool_type": "system",
            "is_error": False,
            "is_called": True,
            "event_id": self._next(),
        }
        await self._tell("agent_tool_response", "agent_tool_response", used)
        await self._socket.close(1000, "Call ended by agent")

    def _next(self) -> int:
        self._event += 1
        return self._event

    async def _tell(self, kind: str, within: str, fields: Message) -> None:
        await tell(self._socket, {"type": kind, within: fields})


def _next_piece(answer: Answer) -> Samples:
    start = round(answer.sent_ms * RATE_HZ / 1000)
    return spoken(answer.reply.says, RATE_HZ)[start : start + LATE_MS * RATE_HZ // 1000]


def _alignment(answer: Answer, from_ms: float, to_ms: float) -> Message:
    """When each character of this piece is spoken, from the piece's beginning: evenly over the line."""
    each_ms = answer.duration_ms / len(answer.text)
    starts = [(number * each_ms, char) for number, char in enumerate(answer.text)]
    here = [(start_ms - from_ms, char) for start_ms, char in starts if from_ms <= start_ms < to_ms]
    return {
        "chars": [char for _, char in here],
        "char_start_times_ms": [round(start_ms) for start_ms, _ in here],
        "char_durations_ms": [round(each_ms)] * len(here),
    }
