"""`/api/v1/keys`: who may ask, of this workspace."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from earwitness.server.guard import Admin

router = APIRouter(prefix="/api/v1/keys", tags=["keys"])


class KeyRequest(BaseModel):
    """What the key is for, and what it may do."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200)
    scopes: list[str] = Field(max_length=20, description="of capture, write, read, read-raw, audit, admin")


@router.get("", summary="Keys of the workspace, without their secrets")
def list_keys(visitor: Admin) -> dict[str, Any]:
    return {"keys": [key.document() for key in visitor.library.keys.list(visitor.library.workspace)]}


@router.post("", status_code=201, summary="Make a key; its text is in this answer and nowhere else")
def create_key(visitor: Admin, body: KeyRequest) -> dict[str, Any]:
    made = visitor.library.keys.create(body.name, body.scopes, visitor.library.workspace)
    return {**made.key.document(), "key": made.text}


@router.delete("/{key_id}", status_code=204, summary="Revoke a key: from now on it opens nothing")
def revoke_key(visitor: Admin, key_id: str) -> None:
    visitor.library.keys.revoke(visitor.library.workspace, key_id)
