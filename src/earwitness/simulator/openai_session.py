"""One session of the fake voice AI: client events in, server events out."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from earwitness.simulator.lines import line
from earwitness.simulator.openai_input import InputBuffer, Spoken
from earwitness.simulator.openai_items import Item, Items, Kept
from earwitness.simulator.openai_response import AUDIO_TOKEN_IN_MS, Response
from earwitness.simulator.openai_spelling import (
    ENCODINGS,
    Message,
    new_id,
    new_session,
    spell_beta,
)
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Reply, Scenario

NO_MORE = Reply(says="sorry")  # when the script is through
UNSCRIPTED = "Something else."  # the caller's words where the script has none


class Session:
    """State of one socket. `send` takes each frame; `openai_requests` does what the client asks."""

    def __init__(
        self,
        send: Callable[[str], Awaitable[None]],
        scenario: Scenario,
        pace: Pace,
        *,
        model: str = "gpt-realtime",
        beta: bool = False,
    ) -> None:
        self.session = new_session(model)
        self.session["expires_at"] = pace.zero.wall_ns // 10**9 + 3600
        self.items, self.pace = Items(), pace
        self.conversation_id = new_id("conv")
        self._send, self.beta = send, beta
        self.replies = list(scenario.replies)
        self._texts = [line(turn.says).text for turn in scenario.turns if turn.says]
        self.input = InputBuffer("pcm_s16le", 24_000)
        self._speaking_item, self._is_speaking = "", False
        self._untold: list[tuple[str, str, float]] = []
        self.response: Response | None = None
        self.tasks: list[asyncio.Task[None]] = []
        self._talking = asyncio.Lock()

    @property
    def input_ms(self) -> float:
        return self.input.position_ms

    # -- in and out ------------------------------------------------------------------------------------

    async def open(self) -> None:
        await self.emit("session.created", session=self.session)

    async def emit(self, kind: str, **fields: Any) -> None:
        message: Message = {"type": kind, "event_id": new_id("event"), **fields}
        for told in spell_beta(message) if self.beta else (message,):
            await self._send(json.dumps(told, separators=(",", ":")))

    async def close(self) -> None:
        """Stops whatever is still being said; raises what went wrong in saying it."""
        for task in self.tasks:
            task.cancel()
        for ended in await asyncio.gather(*self.tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended

    async def refuse(
        self, code: str, message: str, *, param: str | None = None, event_id: str | None = None
    ) -> None:
        """An `error` event; `event_id` is the client's, of what cannot be done."""
        told = {"type": "invalid_request_error", "code": code, "message": message, "param": param}
        await self.emit("error", error={**told, "event_id": event_id})

    # -- what the caller says --------------------------------------------------------------------------

    async def started(self, spoken: Spoken) -> None:
        self._speaking_item, self._is_speaking = new_id("item"), True
        where = {"audio_start_ms": spoken.at_ms, "item_id": self._speaking_item}
        await self.emit("input_audio_buffer.speech_started", **where)
        if self.response is not None and self._detection("interrupt_response"):
            self.response.cancel("turn_detected")

    async def stopped(self, spoken: Spoken) -> None:
        self._is_speaking = False
        where = {"audio_end_ms": spoken.at_ms, "item_id": self._speaking_item}
        await self.emit("input_audio_buffer.speech_stopped", **where)
        answers = self._detection("create_response")
        await self.take_utterance(self._speaking_item, spoken.audio, answers=answers)

    async def take_utterance(self, item_id: str, audio: bytes, *, answers: bool) -> None:
        item: Item = {
            "id": item_id,
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
            "role": "user",
            "content": [{"type": "input_audio", "transcript": None}],
        }
        _, rate_hz = ENCODINGS[self.session["audio"]["input"]["format"]["type"]]
        size_ms = len(audio) / (rate_hz * (2 if self.input.encoding == "pcm_s16le" else 1)) * 1000
        previous = self.items.add(Kept(item=item, audio=audio, audio_ms=size_ms))
        await self.emit("input_audio_buffer.committed", previous_item_id=previous, item_id=item_id)
        await self.emit("conversation.item.added", previous_item_id=previous, item=item)
        await self.emit("conversation.item.done", previous_item_id=previous, item=item)
        text = self._texts.pop(0) if self._texts else UNSCRIPTED
        if self.session["audio"]["input"]["transcription"]:
            self._untold.append((item_id, text, size_ms))
        if answers:
            self.answer({}, speaks_first=False)
        else:
            await self.tell_transcripts()

    async def tell_transcripts(self) -> None:
        """The caller's words, late; of several the newest first, as the provider sometimes does."""
        while self._untold:
            item_id, text, size_ms = self._untold.pop()
            where = {"item_id": item_id, "content_index": 0}
            for number, word in enumerate(text.split(" ")):
                delta = f" {word}" if number else word
                await self.emit("conversation.item.input_audio_transcription.delta", **where, delta=delta)
            if (kept := self.items.get(item_id)) is not None:
                kept.item["content"][0]["transcript"] = text
            heard, words = int(size_ms / AUDIO_TOKEN_IN_MS), text.count(" ") + 1
            usage = {
                "type": "tokens",
                "total_tokens": heard + words,
                "input_tokens": heard,
                "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
                "output_tokens": words,
            }
            kind = "conversation.item.input_audio_transcription.completed"
            await self.emit(kind, **where, transcript=text, usage=usage)

    # -- what it answers -------------------------------------------------------------------------------

    def answer(self, request: Message, *, speaks_first: bool) -> None:
        """Begins the next answer: at once, or after some thought when it follows the caller's words."""
        self.tasks.append(asyncio.create_task(self._respond(request, speaks_first)))

    async def _respond(self, request: Message, speaks_first: bool) -> None:
        if not speaks_first:
            await self.pace.pause((self.replies or [NO_MORE])[0].after_ms)
        async with self._talking:
            reply = self.replies[0] if self.replies else NO_MORE
            self.response = response = Response(self, reply, request)
            if not speaks_first and self._is_speaking and self._detection("interrupt_response"):
                response.cancel("turn_detected")  # the caller goes on: this answer is over before it began
            try:
                await response.run()
            finally:
                self.response = None
            if response.has_output:
                del self.replies[:1]

    def _detection(self, what: str) -> bool:
        return bool((self.session["audio"]["input"]["turn_detection"] or {}).get(what, True))
