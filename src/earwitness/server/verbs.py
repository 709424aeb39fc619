"""`/api/v1/conversations/{id}/...`: what can be said of a running call. Answered when it holds."""

from typing import Any, Literal

import msgspec
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from earwitness.errors import InvalidInput
from earwitness.server.bodies import T, json_body, json_body_of, read_body
from earwitness.server.guard import Visitor, Writer

router = APIRouter(prefix="/api/v1/conversations", tags=["running calls"])

LONGEST_BODY = 64 << 10


class Pause(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing is kept from here on."""

    reason: str = ""
    seconds: float | None = None  # after which recording goes on by itself; null: record.pause_seconds


class Keep(msgspec.Struct, forbid_unknown_fields=True):
    """What is kept from here on, as far as the route keeps it."""

    keep: list[Literal["audio", "raw", "transcripts"]]


class End(msgspec.Struct):
    """How it came out. Anything else that is sent is kept with it."""

    outcome: str | None = None
    satisfaction: str | None = None
    stop: bool = False  # keep nothing of the call from here on


class Consent(msgspec.Struct):
    """Whoever is recorded agreed, or did not. Anything else that is sent, such as how, is kept with it."""

    given: bool = True


class Announcement(msgspec.Struct):
    """What the caller was told. Anything else that is sent, such as the words, is kept with it."""

    what: str = "recording"


class SnapshotOf(msgspec.Struct):
    """A moment to be found again. Anything else that is sent is kept with it."""

    label: str


class State(msgspec.Struct):
    """Of one leg of the call."""

    leg: str
    state: Literal["recording", "paused", "awaiting_consent", "stopped", "ended"]
    keeps: list[str]


class States(msgspec.Struct):
    """What holds now. `conversation` is null as long as nothing may be written of it."""

    conversation: str | None
    legs: list[State]


async def _said(visitor: Visitor, request: Request, kind: type[T]) -> tuple[T, dict[str, Any]]:
    """The body, checked; and all of it. A conversation that is not there is told before a wrong body."""
    body = await read_body(request, LONGEST_BODY) or b"{}"
    try:
        return json_body(msgspec.json.Decoder(kind), body), msgspec.json.decode(body)
    except InvalidInput:
        await run_in_threadpool(visitor.library.conversation, request.path_params["conversation_id"])
        raise


@router.post("/{conversation_id}/pause", summary="Pause recording", **json_body_of(Pause, States))
async def pause(visitor: Writer, request: Request, conversation_id: str) -> dict[str, Any]:
    """Nothing of what comes is written anywhere until it is resumed. Shown as a gap."""
    wanted, _ = await _said(visitor, request, Pause)
    return await _tell(visitor, conversation_id, "pause", msgspec.to_builtins(wanted))


@router.post("/{conversation_id}/resume", summary="Go on recording", responses={200: {"description": "Done"}})
async def resume(visitor: Writer, conversation_id: str) -> dict[str, Any]:
    return await _tell(visitor, conversation_id, "resume", {})


@router.post("/{conversation_id}/keep", summary="Choose what is kept", **json_body_of(Keep, States))
async def keep(visitor: Writer, request: Request, conversation_id: str) -> dict[str, Any]:
    wanted, _ = await _said(visitor, request, Keep)
    return await _tell(visitor, conversation_id, "keep", {"keep": wanted.keep})


@router.post("/{conversation_id}/end", summary="Say how it came out", **json_body_of(End, States))
async def end(visitor: Writer, request: Request, conversation_id: str) -> dict[str, Any]:
    """The connection goes on; with `stop` nothing more of it is kept."""
    wanted, said = await _said(visitor, request, End)
    said.pop("stop", None)
    states = await _tell(visitor, conversation_id, "end", said)
    return await _tell(visitor, conversation_id, "stop", {}) if wanted.stop else states


@router.post(
    "/{conversation_id}/consent", summary="Consent was given or refused", **json_body_of(Consent, States)
)
async def consent(visitor: Writer, request: Request, conversation_id: str) -> dict[str, Any]:
    """Of a call that awaits it nothing is written before. Refused or taken back: nothing more is kept."""
    wanted, said = await _said(visitor, request, Consent)
    return await _tell(visitor, conversation_id, "consent", {**said, "given": wanted.given})


@router.post(
    "/{conversation_id}/announcement", summary="The caller was told", **json_body_of(Announcement, States)
)
async def announce(visitor: Writer, request: Request, conversation_id: str) -> dict[str, Any]:
    wanted, said = await _said(visitor, request, Announcement)
    return await _tell(visitor, conversation_id, "announcement", {**said, "what": wanted.what})


@router.post("/{conversation_id}/snapshots", summary="Mark this moment", **json_body_of(SnapshotOf, States))
async def snapshot(visitor: Writer, request: Request, conversation_id: str) -> dict[str, Any]:
    _, said = await _said(visitor, request, SnapshotOf)
    return await _tell(visitor, conversation_id, "snapshot", said)


async def _tell(visitor: Writer, ref: str, verb: str, data: dict[str, Any]) -> dict[str, Any]:
    return await run_in_threadpool(visitor.library.tell, ref, verb, data)
