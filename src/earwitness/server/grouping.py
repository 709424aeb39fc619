"""`/api/v1/conversations/{id}/join` and `.../split`: which legs make up a conversation, decided by hand."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from earwitness.desk.grouping import Grouped
from earwitness.library import Library
from earwitness.server.bodies import json_body, json_body_of, read_body
from earwitness.server.guard import Writer

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["conversations"])

LONGEST_BODY = 64 << 10
_Reason = Annotated[str, msgspec.Meta(max_length=500)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_Names = Annotated[list[_Name], msgspec.Meta(max_length=100)]


class Join(msgspec.Struct, forbid_unknown_fields=True):
    """The conversations whose legs belong to this one, and why; the trail keeps that."""

    others: _Names
    reason: _Reason = ""


class Split(msgspec.Struct, forbid_unknown_fields=True):
    """The legs that do not belong to this conversation, and why; the trail keeps that."""

    legs: _Names
    reason: _Reason = ""


class Answer(msgspec.Struct):
    """Where the legs belong now. Until `is_done` they are shown where they were: for a moment."""

    conversation: str
    is_done: bool
    legs: list[dict[str, Any]]


_join, _split = msgspec.json.Decoder(Join), msgspec.json.Decoder(Split)


@router.post("/join", summary="Make the legs of other conversations part of it", **json_body_of(Join, Answer))
async def join(visitor: Writer, conversation_id: str, request: Request) -> dict[str, Any]:
    """The others are no more: their addresses answer 404. `split` undoes it. Both survive a reindex."""
    library = visitor.library
    await run_in_threadpool(
        library.conversation, conversation_id
    )  # absent comes before what is wrong with a body
    body = json_body(_join, await read_body(request, LONGEST_BODY))
    grouped = await run_in_threadpool(library.join, conversation_id, body.others, reason=body.reason)
    return await run_in_threadpool(_answer, library, grouped)


@router.post("/split", summary="Make legs of it a conversation of their own", **json_body_of(Split, Answer))
async def split(visitor: Writer, conversation_id: str, request: Request) -> dict[str, Any]:
    """A leg that was joined by hand goes back to the conversation it began. `join` undoes it."""
    library = visitor.library
    await run_in_threadpool(library.conversation, conversation_id)
    body = json_body(_split, await read_body(request, LONGEST_BODY))
    grouped = await run_in_threadpool(library.split, conversation_id, body.legs, reason=body.reason)
    return await run_in_threadpool(_answer, library, grouped)


def _answer(library: Library, grouped: Grouped) -> dict[str, Any]:
    legs = library.catalog.legs(library.workspace, grouped.conversation)
    return {
        "conversation": grouped.conversation,
        "is_done": grouped.is_done,
        "legs": [leg.document() for leg in legs],
    }
