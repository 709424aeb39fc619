"""`/api/v1/conversations/{id}/summary` and `.../extraction`: what a conversation was about."""

from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from earwitness.errors import InvalidInput
from earwitness.server.bodies import json_body, read_body
from earwitness.server.guard import Listener, Writer

router = APIRouter(prefix="/api/v1/conversations/{conversation_id}", tags=["understanding"])

LARGEST_SCHEMA_BYTES = 100_000
_schema = msgspec.json.Decoder(dict[str, Any])


@router.get("/summary", summary="At a glance: what it was about, how it came out; text or json")
def summary(visitor: Listener, conversation_id: str, format: Literal["text", "json"] = "text") -> Response:
    """Each part says who wrote it: the application, rules, or a language model."""
    recorded = visitor.library.conversation(conversation_id)
    if format == "text":
        return Response(recorded.summary().encode("utf-8", "replace"), media_type="text/plain; charset=utf-8")
    return Response(msgspec.json.encode(recorded.summary_document()), media_type="application/json")


@router.get("/extraction", summary="The fields that were found, masked, each with its source")
def extraction(visitor: Listener, conversation_id: str) -> dict[str, Any]:
    """By the schema that is set. Of a running call: what is known by now."""
    return visitor.library.conversation(conversation_id).extraction()


@router.post("/extraction", summary="Find the fields of the JSON Schema in the body")
async def extract(visitor: Writer, conversation_id: str, request: Request) -> dict[str, Any]:
    """By rules. Nothing is kept of it."""
    recorded = await run_in_threadpool(visitor.library.conversation, conversation_id)
    schema = json_body(_schema, await read_body(request, LARGEST_SCHEMA_BYTES))
    if not schema:
        raise InvalidInput("no schema in the body", hint="Send a JSON Schema of an object with properties.")
    return await run_in_threadpool(recorded.extraction, schema)
