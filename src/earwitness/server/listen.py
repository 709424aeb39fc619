"""`/listen/{id}`: one conversation as a page: its sound, its words, what is missing."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from earwitness.server.guard import Reader
from earwitness.server.page import conversation_page

router = APIRouter(tags=["pages"])

WAVE_POINTS = 1000  # about as many as the page is wide


@router.get("/listen/{conversation_id}", response_class=HTMLResponse, summary="Hear and read a conversation")
def listen(visitor: Reader, request: Request, conversation_id: str) -> str:
    recorded = visitor.library.conversation(conversation_id)
    links = request.app.state.links
    # The page outlives the visit: its sound may be asked for as long as somebody listens.
    signed = links.sign(visitor.library.workspace, recorded.id, seconds=12 * 3600)
    return conversation_page(
        recorded.conversation,
        recorded.waveform(WAVE_POINTS),
        audio=f"/api/v1/conversations/{recorded.id}/audio",
        query=signed,
    )
