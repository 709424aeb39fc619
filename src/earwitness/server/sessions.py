"""`/api/v1/session`: a browser logs in, asks who it is, and logs out."""

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from earwitness.errors import Denied
from earwitness.library import Library
from earwitness.server import cookies
from earwitness.server.bodies import json_body, json_body_of, read_body
from earwitness.server.witness import asking
from earwitness.store.rights import ALSO, Holder
from earwitness.store.sessions import Session
from earwitness.store.users import LONGEST_NAME

router = APIRouter(prefix="/api/v1/session", tags=["session"])

LARGEST_BYTES = 16 << 10


class SessionRequest(msgspec.Struct, kw_only=True):
    """Who wants in: an API key, or a user of a workspace with their password."""

    key: str = ""
    user: str = ""
    password: str = ""
    workspace: str = "default"


class SessionResponse(msgspec.Struct, kw_only=True):
    """Who this browser is logged in as. Send `csrf_token` as `X-CSRF-Token` with every change."""

    name: str
    workspace: str
    scopes: list[str]  # all they may do, wider rights written out
    csrf_token: str
    has_live_sound: bool  # running calls can be listened in to here


_request = msgspec.json.Decoder(SessionRequest)
_encode = msgspec.json.Encoder().encode


@router.post("", summary="Log a browser in", **json_body_of(SessionRequest, SessionResponse))
async def log_in(request: Request) -> Response:
    """With an API key or with user and password; the answer sets a cookie that no script can read."""
    cookies.refuse_in_the_clear(request)
    cookies.refuse_other_pages(request, changes="origin" in request.headers)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "send JSON, as application/json")
    wanted = json_body(_request, await read_body(request, LARGEST_BYTES))
    session = await run_in_threadpool(_begin, request, wanted)
    response = _told(request, session)
    cookies.give(request, response, session)
    return response


def _begin(request: Request, wanted: SessionRequest) -> Session:
    library: Library = request.app.state.library
    address = request.client.host if request.client else ""
    patience = request.app.state.patience
    account = f"{wanted.workspace}/{wanted.user}"[: 2 * LONGEST_NAME] if wanted.user else ""
    if wanted.user:  # whoever guesses at an account is told of where it would be
        _witness(request, wanted.workspace[:LONGEST_NAME], name=wanted.user[:LONGEST_NAME])
    patience.ask(address, account)
    try:
        if wanted.user:
            holder: Holder = library.users.check(wanted.workspace, wanted.user, wanted.password).holder
        else:
            holder = library.keys.check(wanted.key.strip()).holder
    except Denied as error:
        patience.note_failure(address, account)
        raise HTTPException(401, str(error)) from error
    patience.forgive(address)
    _witness(request, holder.workspace_id, actor=holder.id, name=holder.name)
    return library.sessions.begin(holder)


def _witness(request: Request, workspace: str, *, actor: str = "", name: str) -> None:
    """Whatever is answered from here on is noted as theirs."""
    library: Library = request.app.state.library
    request.state.access = asking(library, request.scope, workspace=workspace, actor=actor, name=name)


@router.get("", summary="Who this browser is logged in as")
def show(request: Request) -> Response:
    """401 where it is not logged in."""
    return _told(request, _of(request))


@router.delete("", status_code=204, summary="Log this browser out")
def log_out(request: Request) -> Response:
    session = _of(request)
    holder = session.holder
    _witness(request, holder.workspace_id, actor=holder.id, name=holder.name)
    request.app.state.library.sessions.end(session.token)
    response = Response(status_code=204)
    cookies.take_back(request, response)
    return response


def _of(request: Request) -> Session:
    try:
        session: Session = request.app.state.library.sessions.check(cookies.token_of(request))
    except Denied as error:
        raise HTTPException(401, str(error)) from error
    cookies.check(request, session)
    return session


def _told(request: Request, session: Session) -> Response:
    holder = session.holder
    scopes = {also.value for held in holder.scopes for also in (held, *ALSO.get(held, ()))}
    told = SessionResponse(
        name=holder.name,
        workspace=holder.workspace_id,
        scopes=sorted(scopes),
        csrf_token=session.csrf,
        has_live_sound=request.app.state.library.live_folder is not None,
    )
    return Response(_encode(told), media_type="application/json")
