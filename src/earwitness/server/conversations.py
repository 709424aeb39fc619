"""`/api/v1/conversations`: what was recorded, found and read."""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from earwitness.pipeline.wire import WireQuery
from earwitness.projections.documents import event_document
from earwitness.projections.records import record_document
from earwitness.server.chosen import MOST, Chosen
from earwitness.server.erasing import Reason, erasure_answer
from earwitness.server.guard import Admin, Listener, Reader
from earwitness.store.finding import ConversationQuery, Sort

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])
LONGEST_S = 1_000_000  # eleven days: beyond any call

Limit = Annotated[int, Query(ge=1, le=1000, description="how many at most")]


@router.get("", summary="List and filter conversations, newest first")
def list_conversations(
    visitor: Reader,
    chosen: Chosen,
    q: Annotated[
        str | None, Query(max_length=500, description="a search, as /api/v1/search takes it")
    ] = None,
    sort: Sort = Sort.NEWEST,
    limit: Limit = 50,
    cursor: str | None = None,
) -> Response:
    """A page of conversations; `next_cursor` asks for the next one and is null on the last."""
    page = visitor.library.page(ConversationQuery(**chosen, q=q, sort=sort.value, limit=limit, cursor=cursor))
    body = {"conversations": page.items, "next_cursor": page.next_cursor}
    return Response(msgspec.json.encode(body), media_type="application/json")  # at once: pages are long


@router.get("/{conversation_id}", summary="One conversation, all of it but events and sound")
def show(visitor: Listener, conversation_id: str) -> dict[str, Any]:
    return visitor.library.conversation(conversation_id).document()


@router.get("/{conversation_id}/messages", summary="Its messages, in order")
def messages(
    visitor: Reader, conversation_id: str, role: Literal["user", "assistant", "system"] | None = None
) -> dict[str, Any]:
    rows = visitor.library.conversation(conversation_id).messages(role=role)
    return {"messages": [row.document() for row in rows]}


@router.get("/{conversation_id}/tool-calls", summary="Its tool calls, in order")
def tool_calls(visitor: Reader, conversation_id: str) -> dict[str, Any]:
    rows = visitor.library.conversation(conversation_id).tool_calls()
    return {"tool_calls": [row.document() for row in rows]}


@router.get("/{conversation_id}/snapshots", summary="Its snapshots, each with the history of that moment")
def snapshots(visitor: Reader, conversation_id: str) -> dict[str, Any]:
    return {"snapshots": visitor.library.conversation(conversation_id).snapshots()}


@router.get("/{conversation_id}/events", summary="Decoded events, one JSON object a line")
def events(visitor: Reader, conversation_id: str) -> Response:
    recorded = visitor.library.conversation(conversation_id)
    began = recorded.conversation.began_at_ns

    def lines() -> Iterator[str]:
        for event in recorded.events():
            yield json.dumps(event_document(event, began), ensure_ascii=False) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@router.get("/{conversation_id}/records", summary="The wire itself, one JSON object a record")
def records(visitor: Reader, conversation_id: str) -> Response:
    """How each message is built, and no word; in the raw view as it came."""
    recorded = visitor.library.conversation(conversation_id)

    def lines() -> Iterator[str]:
        for leg, record in recorded.records(outlined=not recorded.is_raw):
            yield json.dumps(record_document(leg, record), ensure_ascii=False) + "\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")


@router.get(
    "/{conversation_id}/wire", summary="The wire by pages: both directions in order of time, shortened"
)
def wire(
    visitor: Reader,
    conversation_id: str,
    find: Annotated[str, Query(max_length=200)] = "",
    origin: Literal["", "client", "server", "recorder"] = "",
    with_sound: bool = False,
    from_ms: Annotated[int, Query(ge=0, le=MOST)] = 0,
    offset: Annotated[int, Query(ge=0, le=MOST)] = 0,
    limit: Limit = 500,
) -> dict[str, Any]:
    """Records that carry sound are left out unless `with_sound`. `next_offset` asks for the next page.

    How each is built, and no word; in the raw view as they came.
    """
    query = WireQuery(
        find=find, origin=origin, with_sound=with_sound, from_ms=from_ms, offset=offset, limit=limit
    )
    recorded = visitor.library.conversation(conversation_id)
    records, next_offset = recorded.wire(query, outlined=not recorded.is_raw)
    return {"records": records, "next_offset": next_offset}


@router.get("/{conversation_id}/wire/{leg}/{number}", summary="One record of the wire, whole")
def wire_record(
    visitor: Reader, conversation_id: str, leg: str, number: Annotated[int, Path(ge=0, le=MOST)]
) -> dict[str, Any]:
    recorded = visitor.library.conversation(conversation_id)
    return recorded.wire_record(leg, number, outlined=not recorded.is_raw)


@router.get("/{conversation_id}/transcript", summary="Who said what: text, json, srt or vtt")
def transcript(
    visitor: Listener, conversation_id: str, format: Literal["text", "json", "srt", "vtt"] = "json"
) -> Response:
    media_types = {"json": "application/json", "srt": "application/x-subrip", "vtt": "text/vtt"}
    words = visitor.library.conversation(conversation_id).transcript(format)
    return Response(words.encode(), media_type=media_types.get(format, "text/plain; charset=utf-8"))


@router.get("/{conversation_id}/health", summary="How far this record can be trusted, and why")
def health(visitor: Listener, conversation_id: str) -> dict[str, Any]:
    return visitor.library.conversation(conversation_id).health()


@router.get(
    "/{conversation_id}/analytics", summary="In numbers: messages, answers' delay, who spoke how long"
)
def analytics(visitor: Listener, conversation_id: str) -> dict[str, Any]:
    """`summary` is spelt as other loggers of realtime sessions spell it; the rest is ours."""
    return visitor.library.conversation(conversation_id).analytics()


@router.get("/{conversation_id}/waveform", summary="Peaks of both sides, ready to draw")
def waveform(
    visitor: Listener,
    conversation_id: str,
    points: Annotated[int, Query(ge=1, le=100_000, description="how many at most")] = 2000,
    since: Annotated[float, Query(alias="from", ge=0, le=LONGEST_S, description="seconds")] = 0.0,
    until: Annotated[float | None, Query(alias="to", ge=0, le=LONGEST_S, description="seconds")] = None,
) -> dict[str, Any]:
    """One zoom: the finest in which the stretch from `from` to `to` has no more than `points`.

    `low` and `high` have a list per channel (caller, agent), -128 to 127, and begin with point `first_point`.
    """
    return visitor.library.conversation(conversation_id).waveform(points, from_s=since, to_s=until)


@router.get("/{conversation_id}/link", summary="An address that opens this conversation for ten minutes")
def link(visitor: Reader, request: Request, conversation_id: str) -> dict[str, str]:
    recorded = visitor.library.conversation(conversation_id)
    signed = request.app.state.links.sign(visitor.library.workspace, recorded.id, by=visitor.id)
    return {"path": f"/conversations/{recorded.id}?{signed}"}


@router.delete("/{conversation_id}", status_code=204, summary="Erase it: keys, files, journals, rows")
def delete(visitor: Admin, conversation_id: str, reason: Reason = "") -> Response:
    """204: nothing is left but its certificate. 202: something stands against it, such as a hold; it is
    erased when nothing does any more."""
    return erasure_answer([visitor.library.erase(conversation_id, reason=reason)])
