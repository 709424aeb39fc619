"""`POST /api/v1/conversations/{id}/redact`: take out what somebody saw there afterwards."""

from typing import Any

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from earwitness.desk.redacting import Redaction
from earwitness.server.bodies import json_body, json_body_of, read_body
from earwitness.server.guard import Writer
from earwitness.store.redaction_marks import NewMarks

router = APIRouter(prefix="/api/v1/conversations", tags=["protection"])

LARGEST_BYTES = 512 << 10
_marks = msgspec.json.Decoder(NewMarks)


@router.post(
    "/{conversation_id}/redact",
    summary="Take out words and stretches by hand, and make everything anew",
    **json_body_of(NewMarks, Redaction),
)
async def redact(visitor: Writer, conversation_id: str, request: Request) -> dict[str, Any]:
    """Without a mark it is redacted again by the settings of today. Answered when all is made anew; `state`
    is `quarantined` where taking out failed: then no word and no sound of it is shown.
    """
    body = await read_body(request, LARGEST_BYTES)
    new = json_body(_marks, body) if body else NewMarks()
    done = await run_in_threadpool(visitor.library.redact, conversation_id, new)
    return msgspec.structs.asdict(done)
