"""Running calls as server-sent events: rows and words as they change, how loud it is; and to listen in."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from earwitness.audio.files import wav_header
from earwitness.errors import Conflict
from earwitness.pipeline.watch import News, hear
from earwitness.projections.tracks import RATE_HZ
from earwitness.server.guard import Listener, RawReader, Reader

router = APIRouter(prefix="/api/v1", tags=["live"])

LOOK_EVERY_S = 0.25
HEARTBEAT_S = 15.0  # so that nobody in between takes a quiet stream for a dead one
LONGEST_S = 300.0  # then the browser connects anew, and its right to look is asked again
_ENDLESS = 0xFFFF_FFFF - 36  # of bytes a WAV can promise: the end is not known


@router.get("/live", summary="All running conversations, as server-sent events")
async def live_all(visitor: Reader, request: Request) -> StreamingResponse:
    """Events: `conversation`, `messages`, `tool_calls`, `interruptions`, `digits`, `gaps`, `sound`, `end`."""
    watch = visitor.library.watch_all()
    return _stream(request, watch.look, lambda: False)


@router.get("/conversations/{conversation_id}/live", summary="A running conversation, as server-sent events")
async def live(visitor: Listener, request: Request, conversation_id: str) -> StreamingResponse:
    """All that is known so far, then what changes; `end` is the last. Events as of `/api/v1/live`."""
    watch = await asyncio.to_thread(visitor.library.watch, conversation_id)
    return _stream(request, watch.look, lambda: watch.is_over)


@router.get(
    "/conversations/{conversation_id}/live/sound", summary="Listen in: WAV from now on, as they speak"
)
async def listen_in(visitor: RawReader, request: Request, conversation_id: str) -> StreamingResponse:
    """Stereo, caller left, half a second behind the call. 409 where running calls have no sound."""
    recorded = await asyncio.to_thread(visitor.library.conversation, conversation_id)
    folder = visitor.library.live_folder
    if folder is None:
        hint = "It is there while record.live_stereo is on and the data folder is not encrypted."
        raise Conflict("running calls have no sound here that could be listened in to", hint=hint)
    file = folder / f"{recorded.id}.wav"
    watch = visitor.library.watch(recorded.id)

    async def sound() -> AsyncIterator[bytes]:
        yield wav_header(0, 2, RATE_HZ)[:40] + _ENDLESS.to_bytes(4, "little")
        at_byte, _ = await asyncio.to_thread(hear, file, None)
        async for _ in _beats(request):
            at_byte, heard = await asyncio.to_thread(hear, file, at_byte)
            if heard:
                yield heard
            elif not file.exists():
                await asyncio.to_thread(watch.look)
                if watch.is_over:
                    return

    return StreamingResponse(sound(), media_type="audio/wav")


def _stream(
    request: Request, look: Callable[[], list[News]], is_over: Callable[[], bool]
) -> StreamingResponse:
    async def events() -> AsyncIterator[str]:
        quiet_since_s = time.monotonic()
        yield "retry: 1000\n\n"
        async for now_s in _beats(request):
            for news in await asyncio.to_thread(look):
                yield _event(news)
                quiet_since_s = now_s
            if is_over():
                return
            if now_s - quiet_since_s > HEARTBEAT_S:
                yield ": still here\n\n"
                quiet_since_s = now_s

    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=headers)


async def _beats(request: Request) -> AsyncIterator[float]:
    """The time, again and again, until the watcher goes, the server stops, or the right has to be asked."""
    stopping: asyncio.Event = request.app.state.stopping
    until_s = time.monotonic() + LONGEST_S
    while not stopping.is_set() and (now_s := time.monotonic()) < until_s:
        yield now_s
        try:
            await asyncio.wait_for(stopping.wait(), LOOK_EVERY_S)
        except TimeoutError:
            if await request.is_disconnected():
                return


def _event(news: News) -> str:
    data: dict[str, Any] = {"conversation": news.conversation, "data": news.data}
    return f"event: {news.kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
