"""Holds, and erasure of a person: `/api/v1/conversations/{id}/hold`, `/api/v1/subjects/{subject}`."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from earwitness.privacy.holds import LONGEST_REASON
from earwitness.privacy.requests import Erasure
from earwitness.server.guard import Admin, Auditor

router = APIRouter(prefix="/api/v1", tags=["protection"])

IN_MEMORY_BYTES = 8 << 20

Reason = Annotated[str, Query(max_length=LONGEST_REASON, description="why; kept in the trail")]


class HoldRequest(BaseModel):
    """Why it must stay."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(default="", max_length=LONGEST_REASON)


def erasure_answer(erasures: Sequence[Erasure]) -> Response:
    """204 when all is gone; 202 and what stands against it where something is deferred."""
    if all(erasure.state == "done" for erasure in erasures):
        return Response(status_code=204)
    return JSONResponse({"deferred": [erasure.document() for erasure in erasures]}, status_code=202)


@router.post("/conversations/{conversation_id}/hold", summary="It stays from now on, whoever wants it gone")
def place_hold(visitor: Admin, conversation_id: str, body: HoldRequest | None = None) -> dict[str, Any]:
    """A hold without a reason is refused."""
    return visitor.library.hold(conversation_id, reason=body.reason if body else "").document()


@router.get("/conversations/{conversation_id}/hold", summary="Whether it is held, and why")
def show_hold(visitor: Auditor, conversation_id: str) -> dict[str, Any]:
    """`hold` is null where nothing holds it."""
    hold = visitor.library.hold_on(conversation_id)
    return {"hold": hold.document() if hold else None}


@router.delete("/conversations/{conversation_id}/hold", summary="It is held no more")
def release_hold(visitor: Admin, conversation_id: str) -> dict[str, Any]:
    """`erased`: what had been deferred for its sake and is gone now."""
    return {"erased": [erasure.document() for erasure in visitor.library.release(conversation_id)]}


@router.get("/holds", summary="What is held, and why")
def holds(visitor: Auditor) -> dict[str, Any]:
    return {"holds": [hold.document() for hold in visitor.library.holds.list(visitor.library.workspace)]}


@router.get("/erasures", summary="Requests to erase, with their certificates")
def erasures(visitor: Auditor, state: str | None = None) -> dict[str, Any]:
    found = visitor.library.erasures.list(visitor.library.workspace, state)
    return {"erasures": [erasure.document() for erasure in found]}


@router.get("/subjects/{subject:path}", summary="All that is kept of a person, and who looked: a ZIP file")
def export_subject(visitor: Admin, subject: str) -> Response:
    """Sound, transcripts, events and documents of every call, `access.json` and `manifest.json`."""
    library = visitor.library
    with TemporaryDirectory(dir=library.spool()) as folder:
        made = library.export_subject(subject, Path(folder) / "export")
        file = SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(library.spool()))  # noqa: SIM115  closed by the answer
        with zipfile.ZipFile(file, "w") as archive:
            for path in sorted(path for path in made.rglob("*") if path.is_file()):
                archive.write(path, path.relative_to(made))
    headers = {
        "Content-Disposition": 'attachment; filename="subject.zip"',
        "Content-Length": str(file.tell()),
    }
    return StreamingResponse(_pieces(file), media_type="application/zip", headers=headers)


def _pieces(file: "SpooledTemporaryFile[bytes]") -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(1 << 18):
            yield piece


@router.delete("/subjects/{subject:path}", status_code=204, summary="Erase a person: all calls and the name")
def erase_subject(visitor: Admin, subject: str, reason: Reason = "") -> Response:
    """204: all is gone. 202: something is deferred, such as a call that is held."""
    return erasure_answer(visitor.library.erase_subject(subject, reason=reason))
