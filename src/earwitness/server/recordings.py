"""`/recordings`: the paths and shapes that tools for flat recording folders expect."""

from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from earwitness.projections.layout_recordings import recordings_document
from earwitness.server.audio import FormatName, audio_response
from earwitness.server.guard import Admin, Listener, Reader
from earwitness.store.finding import ConversationQuery

router = APIRouter(prefix="/recordings", tags=["recordings"])


@router.get("", summary="All recordings, newest first")
def list_recordings(visitor: Reader, limit: int = 100, cursor: str | None = None) -> dict[str, Any]:
    page = visitor.library.page(ConversationQuery(limit=min(max(limit, 1), 1000), cursor=cursor))
    return {
        "recordings": [
            {
                "id": row.recording_id,
                "call_id": row.call_id,
                "conversation_id": row.id,
                "start_time": row.started_at.isoformat(),
                "duration_seconds": row.duration_ms / 1000,
                "total_messages": row.message_count,
                "status": row.status,
            }
            for row in page.items
        ],
        "next_cursor": page.next_cursor,
    }


@router.get("/{conversation_id}/conversation", summary="The conversation")
def conversation(visitor: Reader, conversation_id: str) -> dict[str, Any]:
    return recordings_document(visitor.library.conversation(conversation_id).conversation)


@router.get("/{conversation_id}/summary", response_class=PlainTextResponse, summary="A readable summary")
def summary(visitor: Reader, conversation_id: str) -> str:
    return visitor.library.conversation(conversation_id).summary()


@router.head("/{conversation_id}/audio", include_in_schema=False)
@router.get("/{conversation_id}/audio", summary="Its sound")
def audio(
    visitor: Listener,
    request: Request,
    conversation_id: str,
    track: Literal["caller", "agent", "stereo"] = "stereo",
    format: FormatName = "wav",
) -> Response:
    return audio_response(request, visitor.library.conversation(conversation_id), track, format)


@router.delete("/{conversation_id}", summary="Delete the recording for good")
def delete(visitor: Admin, conversation_id: str) -> Response:
    """202 and `success: false` where something, such as a hold, keeps it; it goes when nothing does."""
    name = visitor.library.conversation(conversation_id).row.recording_id
    erasure = visitor.library.erase(conversation_id)
    is_done = erasure.state == "done"
    body = {"success": is_done, "id": name, "deferred_because": erasure.deferred_because or None}
    return JSONResponse(body, status_code=200 if is_done else 202)
