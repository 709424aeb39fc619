"""Holds, and erasure of a person: `/api/v1/conversations/{id}/hold`, `/api/v1/subjects/{subject}`."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field

from earwitness.privacy.erasure import Erasure
from earwitness.privacy.holds import LONGEST_REASON
from earwitness.server.guard import Admin, Auditor

router = APIRouter(prefix="/api/v1", tags=["protection"])

Reason = Annotated[str, Query(max_length=LONGEST_REASON, description="why; kept in the trail")]


class HoldRequest(BaseModel):
    """Why it must stay."""

    reason: str = Field(default="", max_length=LONGEST_REASON)


def erasure_answer(erasures: Sequence[Erasure]) -> Response:
    """204 when all is gone; 202 and what stands against it where something is deferred."""
    deferred = [erasure.document() for erasure in erasures if erasure.state != "done"]
    if not deferred:
        return Response(status_code=204)
    return JSONResponse({"deferred": [shown(erasure) for erasure in erasures]}, status_code=202)


def shown(erasure: Erasure) -> dict[str, Any]:
    """A request as everybody may see it who may ask for one."""
    document = erasure.document()
    document["certificate"] = {k: v for k, v in erasure.certificate.items() if k != "subject"}
    return document


@router.post("/conversations/{conversation_id}/hold", summary="It stays from now on, whoever wants it gone")
def place_hold(visitor: Admin, conversation_id: str, body: HoldRequest | None = None) -> dict[str, Any]:
    """A hold without a reason is refused."""
    return visitor.library.hold(conversation_id, reason=body.reason if body else "").document()


@router.delete("/conversations/{conversation_id}/hold", summary="It is held no more")
def release_hold(visitor: Admin, conversation_id: str) -> dict[str, Any]:
    """`erased`: what had been deferred for its sake and is gone now."""
    return {"erased": [shown(erasure) for erasure in visitor.library.release(conversation_id)]}


@router.get("/holds", summary="What is held, and why")
def holds(visitor: Auditor) -> dict[str, Any]:
    return {"holds": [hold.document() for hold in visitor.library.holds.list(visitor.library.workspace)]}


@router.get("/erasures", summary="Requests to erase, with their certificates")
def erasures(visitor: Auditor, state: str | None = None) -> dict[str, Any]:
    found = visitor.library.erasures.list(visitor.library.workspace, state)
    return {"erasures": [shown(erasure) for erasure in found]}


@router.delete("/subjects/{subject:path}", status_code=204, summary="Erase a person: all calls and the name")
def erase_subject(visitor: Admin, subject: str, reason: Reason = "") -> Response:
    """204: all is gone. 202: something is deferred, such as a call that is held."""
    return erasure_answer(visitor.library.erase_subject(subject, reason=reason))
