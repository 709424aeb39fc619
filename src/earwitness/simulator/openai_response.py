"""One response of the fake voice AI, from `response.created` to `response.done`."""

import asyncio
import json
import math
import secrets
from base64 import b64encode
from itertools import cycle
from typing import Any, Protocol

from earwitness.audio.codecs import frame_bytes
from earwitness.simulator.lines import encoded, line
from earwitness.simulator.openai_items import Item, Items, Kept
from earwitness.simulator.openai_spelling import ENCODINGS, Message, new_id
from earwitness.simulator.pace import Pace
from earwitness.simulator.scenarios import Reply, Tool

AUDIO_TOKEN_IN_MS, AUDIO_TOKEN_OUT_MS = 100, 50  # as the provider bills: ten in, twenty out per second
LATE_AFTER = 2  # deltas of the answer that go out before the caller's own words are known


class Talk(Protocol):
    """What a response needs of its session."""

    session: Message
    items: Items
    pace: Pace
    conversation_id: str

    @property
    def input_ms(self) -> float: ...

    async def emit(self, kind: str, **fields: Any) -> None: ...

    async def tell_transcripts(self) -> None: ...


class Response:
    """Sends what `reply` says. `request` is the `response` object of `response.create`."""

    def __init__(self, talk: Talk, reply: Reply, request: Message) -> None:
        self.id = new_id("resp")
        self.is_out_of_band = request.get("conversation") == "none"
        self._talk, self._reply, self._request = talk, reply, request
        self._modalities = request.get("output_modalities") or talk.session["output_modalities"]
        self._output: list[Item] = []
        self._cancel = asyncio.Event()
        self._why = ""
        self._spoken_ms = 0.0
        self._words = 0

    def cancel(self, why: str) -> None:
        """Ends it early: `turn_detected` or `client_cancelled`. It still says how far it came."""
        self._why = self._why or why
        self._cancel.set()

    @property
    def is_cancelled(self) -> bool:
        return self._cancel.is_set()

    @property
    def has_output(self) -> bool:
        return bool(self._output)

    async def run(self) -> None:
        """Sends everything. Cancelled responses close what they have opened."""
        await self._talk.emit("response.created", response=self._told("in_progress"))
        await self._talk.emit("rate_limits.updated", rate_limits=_rate_limits())
        if self._reply.says and not self.is_cancelled:
            await self._say(line(self._reply.says).text)
        if self._reply.tool and not self.is_cancelled:
            await self._call(self._reply.tool)
        if not self.is_cancelled:
            await self._talk.tell_transcripts()
        status = "cancelled" if self.is_cancelled else "completed"
        await self._talk.emit("response.done", response=self._told(status))

    async def _say(self, text: str) -> None:
        item: Item = {
            "id": new_id("item"),
            "object": "realtime.item",
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [],
        }
        if self._reply.tool:
            item["phase"] = "commentary"
        place = await self._open(item)
        is_audio = "audio" in self._modalities
        empty = {"type": "audio", "transcript": ""} if is_audio else {"type": "text", "text": ""}
        await self._talk.emit("response.content_part.added", **place, content_index=0, part=empty)
        kept = Kept(item=item)
        told = await (self._speak(place, kept, text) if is_audio else self._write(place, text))
        kind, key = ("audio", "transcript") if is_audio else ("text", "text")
        part = {"type": kind, key: told}
        await self._talk.emit("response.content_part.done", **place, content_index=0, part=part)
        item["content"] = [{"type": f"output_{kind}", key: told}]
        item["status"] = "incomplete" if self.is_cancelled else "completed"
        if (known := self._talk.items.get(item["id"])) is not None:
            known.audio, known.audio_ms = kept.audio, kept.audio_ms
        await self._close(item)

    async def _speak(self, place: Message, kept: Kept, text: str) -> str:
        """Sound and words, interleaved, faster than anybody speaks. Returns the words that were sent."""
        encoding, rate_hz = ENCODINGS[self._talk.session["audio"]["output"]["format"]["type"]]
        audio = encoded(self._reply.says, encoding, rate_hz)
        per_ms = rate_hz * frame_bytes(encoding) // 1000
        words = text.split(" ")
        sent = told = count = 0
        bursts = cycle(self._reply.burst_ms)
        where = {**place, "content_index": 0}
        while sent < len(audio) and not self.is_cancelled:
            chunk = audio[sent : sent + next(bursts) * per_ms]
            sent += len(chunk)
            upto = math.ceil(len(words) * sent / len(audio))
            for number in range(told, upto):
                word = words[number] if number == 0 else f" {words[number]}"
                await self._delta("response.output_audio_transcript.delta", where, word)
            told = upto
            await self._delta("response.output_audio.delta", where, b64encode(chunk).decode())
            kept.audio += chunk
            count += 1
            if count == LATE_AFTER:
                await self._talk.tell_transcripts()
            await self._wait(len(chunk) / per_ms / self._reply.pace)
        kept.audio_ms = sent / per_ms
        self._spoken_ms += kept.audio_ms
        self._words += told
        transcript = " ".join(words[:told])
        await self._talk.emit("response.output_audio.done", **where)
        await self._talk.emit("response.output_audio_transcript.done", **where, transcript=transcript)
        return transcript

    async def _write(self, place: Message, text: str) -> str:
        where = {**place, "content_index": 0}
        for number, word in enumerate(text.split(" ")):
            await self._delta("response.output_text.delta", where, f" {word}" if number else word)
        self._words += text.count(" ") + 1
        await self._talk.emit("response.output_text.done", **where, text=text)
        return text

    async def _call(self, tool: Tool) -> None:
        item: Item = {
            "id": new_id("item"),
            "object": "realtime.item",
            "type": "function_call",
            "status": "in_progress",
            "call_id": new_id("call"),
            "name": tool.name,
            "arguments": "",
        }
        place = await self._open(item)
        arguments = json.dumps(tool.arguments, separators=(",", ":"))
        for start in range(0, len(arguments), 12):
            where = {**place, "call_id": item["call_id"]}
            await self._delta("response.function_call_arguments.delta", where, arguments[start : start + 12])
        await self._talk.emit(
            "response.function_call_arguments.done",
            **place,
            call_id=item["call_id"],
            name=tool.name,
            arguments=arguments,
        )
        item["arguments"], item["status"] = arguments, "completed"
        self._words += len(arguments) // 4
        await self._close(item)

    async def _open(self, item: Item) -> Message:
        index = len(self._output)
        self._output.append(item)
        await self._talk.emit(
            "response.output_item.added", response_id=self.id, output_index=index, item=dict(item)
        )
        if not self.is_out_of_band:
            previous = self._talk.items.add(Kept(item=item))
            await self._talk.emit("conversation.item.added", previous_item_id=previous, item=dict(item))
        return {"response_id": self.id, "item_id": item["id"], "output_index": index}

    async def _close(self, item: Item) -> None:
        index = self._output.index(item)
        if item["id"] in self._talk.items:
            previous = self._talk.items.before(item["id"])
            await self._talk.emit("conversation.item.done", previous_item_id=previous, item=item)
        await self._talk.emit("response.output_item.done", response_id=self.id, output_index=index, item=item)

    async def _delta(self, kind: str, where: Message, delta: str) -> None:
        padding = secrets.token_urlsafe(8)[: secrets.randbelow(9) + 1]
        await self._talk.emit(kind, **where, delta=delta, obfuscation=padding)

    async def _wait(self, ms: float) -> None:
        try:
            async with asyncio.timeout(ms / 1000 / self._talk.pace.speed):
                await self._cancel.wait()
        except TimeoutError:
            return

    def _told(self, status: str) -> Message:
        is_over = status != "in_progress"
        details = {"type": "cancelled", "reason": self._why} if status == "cancelled" else None
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": details,
            "output": list(self._output) if is_over else [],
            "conversation_id": None if self.is_out_of_band else self._talk.conversation_id,
            "output_modalities": self._modalities,
            "max_output_tokens": "inf",
            "audio": {"output": self._talk.session["audio"]["output"]},
            "usage": self._usage() if is_over else None,
            "metadata": self._request.get("metadata"),
        }

    def _usage(self) -> Message:
        heard = int(self._talk.input_ms / AUDIO_TOKEN_IN_MS)
        spoken = math.ceil(self._spoken_ms / AUDIO_TOKEN_OUT_MS)
        text = len(self._talk.session["instructions"].split()) + 20
        cached = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
        return {
            "total_tokens": heard + text + spoken + self._words,
            "input_tokens": heard + text,
            "output_tokens": spoken + self._words,
            "input_token_details": {
                "text_tokens": text,
                "audio_tokens": heard,
                "image_tokens": 0,
                "cached_tokens": 0,
                "cached_tokens_details": cached,
            },
            "output_token_details": {"text_tokens": self._words, "audio_tokens": spoken},
        }


def _rate_limits() -> list[Message]:
    return [{"name": "tokens", "limit": 40_000, "remaining": 39_500, "reset_seconds": 0.75}]
