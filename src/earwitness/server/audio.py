"""Sound by HTTP: stored files of ended calls by ranges, all else rendered while it is sent."""

from collections.abc import Callable, Iterator
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from earwitness.audio.streamed import opus_rate_hz
from earwitness.desk.recorded import Recorded
from earwitness.errors import NotFound
from earwitness.projections.layouts import safe
from earwitness.server.guard import Listener
from earwitness.server.ranges import ranged

router = APIRouter(tags=["audio"])

TrackName = Literal["caller", "agent", "stereo", "agent-sent"]
FormatName = Literal["wav", "flac", "opus"]
RateName = Literal["native", "8000", "16000", "24000", "44100", "48000"]
NATIVE = "native"


_PATH = "/api/v1/conversations/{conversation_id}/audio/{track}"


@router.head(_PATH, include_in_schema=False)
@router.get(_PATH, summary="A track: flac, wav at 16 kHz or another rate, by ranges; or opus")
def track_audio(
    visitor: Listener,
    request: Request,
    conversation_id: str,
    track: TrackName,
    format: FormatName = "wav",
    rate: RateName = "16000",
) -> Response:
    """`rate`: samples per second of wav and opus; `native` is the finest that any sound of the call has.

    Flac is native; what is not stored (`agent-sent`, any of a running call) comes without ranges.
    """
    recorded = visitor.library.conversation(conversation_id)
    return audio_response(request, recorded, track, format, rate)


def audio_response(
    request: Request, recorded: Recorded, track: str, form: str, rate: str = "16000"
) -> Response:
    """FLAC comes from the object store where it is there; all else is rendered, also while a call runs."""
    name = f"{safe(recorded.row.recording_id)}_{track}.{form}"
    if form == "flac":
        try:
            size, source = recorded.stored(f"{track}.flac")
        except NotFound:  # of what was sent, of a running call, of the raw view
            return _streamed(request, recorded.audio(track, rate_hz=None).flac, "audio/flac", name)
        return ranged(request, size, source, "audio/flac", name)
    sound = recorded.audio(track, rate_hz=None if rate == NATIVE else int(rate))
    if form == "wav":
        return ranged(request, sound.wav_size, sound.wav, "audio/wav", name)
    if opus_rate_hz(sound.rate_hz) != sound.rate_hz:
        sound = recorded.audio(track, rate_hz=opus_rate_hz(sound.rate_hz))
    return _streamed(request, sound.opus, "audio/ogg; codecs=opus", name)


def _streamed(request: Request, pieces: Callable[[], Iterator[bytes]], kind: str, name: str) -> Response:
    headers = {"Accept-Ranges": "none", "Content-Disposition": f'inline; filename="{name}"'}
    body = iter(()) if request.method == "HEAD" else pieces()
    return StreamingResponse(body, media_type=kind, headers=headers)
