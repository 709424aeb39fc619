"""`/api/v1/conversations/{id}/annotations` and `.../labels`: what people say of a conversation afterwards."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from earwitness.server.bodies import json_body, json_body_of, read_body
from earwitness.server.guard import Reader, Writer
from earwitness.store.annotations import LONGEST_TEXT, AnnotationRow, NewAnnotation

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["annotations"])

LARGEST_BYTES = 8 * LONGEST_TEXT
Label = Annotated[str, Path(max_length=200)]
_new = msgspec.json.Decoder(NewAnnotation)


@router.get("/annotations", summary="Ratings, notes and marked spans, the oldest first")
def annotations(visitor: Reader, conversation_id: str) -> dict[str, Any]:
    rows = visitor.library.conversation(conversation_id).annotations()
    return {"annotations": [row.document() for row in rows]}


@router.post(
    "/annotations",
    summary="Rate it, note something, mark a span",
    **json_body_of(NewAnnotation, AnnotationRow),
)
async def annotate(visitor: Writer, conversation_id: str, request: Request) -> JSONResponse:
    """The answer is what is kept, with its id. It survives `earwitness reindex`."""
    recorded = await run_in_threadpool(visitor.library.conversation, conversation_id)
    new = json_body(_new, await read_body(request, LARGEST_BYTES))
    kept = await run_in_threadpool(recorded.annotate, new, author=visitor.id)
    return JSONResponse(kept.document(), status_code=201)


@router.delete("/annotations/{annotation_id}", status_code=204, summary="Take an annotation away")
def remove(visitor: Writer, conversation_id: str, annotation_id: str) -> None:
    visitor.library.conversation(conversation_id).remove_annotation(annotation_id)


@router.put("/labels/{label}", summary="Give it a label")
def add_label(visitor: Writer, conversation_id: str, label: Label) -> dict[str, Any]:
    """All labels it has by then. One that was taken away is there again."""
    recorded = visitor.library.conversation(conversation_id)
    return {"labels": recorded.set_label(label, author=visitor.id)}


@router.delete("/labels/{label}", summary="Take a label away")
def remove_label(visitor: Writer, conversation_id: str, label: Label) -> dict[str, Any]:
    """All labels it has by then. Also one that the call itself was given is gone, and stays so."""
    recorded = visitor.library.conversation(conversation_id)
    return {"labels": recorded.set_label(label, author=visitor.id, is_set=False)}
