"""`/api/v1/legs/{leg}`: programs that recorded by themselves hand their legs over."""

import tempfile
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from earwitness.capture.receipt import receive
from earwitness.server.guard import Visitor, needs
from earwitness.store.rights import Scope

router = APIRouter(prefix="/api/v1/legs", tags=["sent by applications"])

LARGEST_LEG_BYTES = 4 << 30
IN_MEMORY_BYTES = 1 << 20  # beyond it a leg waits in a file

Sender = Annotated[Visitor, needs(Scope.CAPTURE)]


@router.put("/{leg_id}", status_code=201, summary="Hand over a leg that was recorded elsewhere")
async def hand_over(visitor: Sender, request: Request, response: Response, leg_id: str) -> dict[str, Any]:
    """Answered when all of it is on disk: 201, or 200 where it was here already. What a program sends that
    was told a server, and `earwitness handover`."""
    library = visitor.library
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES, dir=str(library.spool())) as body:
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size > LARGEST_LEG_BYTES:
                raise HTTPException(413, f"a leg of more than {LARGEST_LEG_BYTES} bytes is not taken")
            await run_in_threadpool(body.write, chunk)
        body.seek(0)
        root, workspace = library.journal_root, library.workspace
        is_new = await run_in_threadpool(receive, root, leg_id, body, workspace=workspace)
    response.status_code = 201 if is_new else 200
    return {"leg": leg_id, "is_new": is_new}
