"""`/listen/{id}`: one conversation as a page: its sound, its words, what is missing."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from earwitness.server.guard import Listener
from earwitness.server.page import conversation_page

router = APIRouter(tags=["pages"])

WAVE_POINTS = 1000  # about as many as the page is wide


@router.get("/listen/{conversation_id}", response_class=HTMLResponse, summary="Hear and read a conversation")
def listen(visitor: Listener, request: Request, conversation_id: str) -> str:
    recorded = visitor.library.conversation(conversation_id)
    # Who came by a link listens by that link: a page must not make it live longer.
    signed = visitor.link or request.app.state.links.sign(
        visitor.library.workspace, recorded.id, by=visitor.id
    )
    return conversation_page(
        recorded.conversation,
        recorded.waveform(WAVE_POINTS),
        audio=f"/api/v1/conversations/{recorded.id}/audio",
        query=signed,
    )
