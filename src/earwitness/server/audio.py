"""Sound by HTTP, in ranges: stored files of ended calls, rendered on the fly where none is stored."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response

from earwitness.projections.layouts import safe
from earwitness.projections.naming import recording_id
from earwitness.recorded import Recorded
from earwitness.server.guard import Listener
from earwitness.server.ranges import ranged

router = APIRouter(tags=["audio"])

TrackName = Literal["caller", "agent", "stereo", "agent-sent"]
FormatName = Literal["wav", "flac"]


_PATH = "/api/v1/conversations/{conversation_id}/audio/{track}"


@router.head(_PATH, include_in_schema=False)
@router.get(_PATH, summary="A track: flac as stored, or wav at 16 kHz, 16 bit; by ranges")
def track_audio(
    visitor: Listener, request: Request, conversation_id: str, track: TrackName, format: FormatName = "wav"
) -> Response:
    return audio_response(request, visitor.library.conversation(conversation_id), track, format)


def audio_response(request: Request, recorded: Recorded, track: str, form: str) -> Response:
    """FLAC comes from the object store once the call is over; WAV is rendered, also while it runs."""
    name = f"{safe(recording_id(recorded.conversation))}_{track}.{form}"
    if form == "flac":
        size, source = recorded.stored(f"{track}.flac")
        return ranged(request, size, source, "audio/flac", name)
    sound = recorded.audio(track)
    return ranged(request, sound.wav_size, sound.wav, "audio/wav", name)
