"""`/api/v1/auth/login` and `/api/v1/chat`: applications save the messages of conversations held elsewhere."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from earwitness.capture.talk import Entry, Saved
from earwitness.errors import Denied, EarwitnessError, InvalidInput
from earwitness.model.events import Role
from earwitness.server.bodies import json_body, json_body_of, read_body
from earwitness.server.guard import Saver, Visitor
from earwitness.server.problems import problem, status_of
from earwitness.server.saving import Saving
from earwitness.server.tokens import Login
from earwitness.settings import Provider
from earwitness.store.subjects import LONGEST_ID

router = APIRouter(prefix="/api/v1", tags=["chat"])

PROVIDERS, ROLES = get_args(Provider), tuple(role.value for role in Role)
LARGEST_MESSAGE_BYTES, LARGEST_LIST_BYTES = 1 << 20, 16 << 20
MOST_IN_LIST = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_MICROSECOND = timedelta(microseconds=1)

ProviderId = str | int | None


class LoginRequest(msgspec.Struct, kw_only=True):
    """Who wants in."""

    research_id: str
    workspace: str = "default"


class SaveRequest(msgspec.Struct, kw_only=True):
    """One message to be saved. Of the ids those of its provider count, else those without a prefix."""

    research_id: str
    role: str
    content: str
    timestamp: str
    provider: str
    conversation_id: ProviderId = None
    message_id: ProviderId = None
    elevenlabs_conversation_id: ProviderId = None
    elevenlabs_message_id: ProviderId = None
    openai_conversation_id: ProviderId = None
    openai_message_id: ProviderId = None
    hume_conversation_id: ProviderId = None
    hume_message_id: ProviderId = None
    twilio_conversation_id: ProviderId = None
    twilio_message_id: ProviderId = None
    audiocodes_conversation_id: ProviderId = None
    audiocodes_message_id: ProviderId = None
    generic_conversation_id: ProviderId = None
    generic_message_id: ProviderId = None


class SaveResponse(msgspec.Struct, kw_only=True):
    """The message is on disk under this number."""

    success: bool = True
    message_id: int
    timestamp: str  # of the request, in UTC


class SaveResult(msgspec.Struct, kw_only=True):
    """What became of one message of a list: number and time where it is saved, else why it is not."""

    success: bool
    message_id: int | msgspec.UnsetType = msgspec.UNSET
    timestamp: str | msgspec.UnsetType = msgspec.UNSET
    status: int | msgspec.UnsetType = msgspec.UNSET
    detail: str | msgspec.UnsetType = msgspec.UNSET
    hint: str | msgspec.UnsetType = msgspec.UNSET


class SaveResults(msgspec.Struct, kw_only=True):
    """What became of each message of a list, in its order."""

    results: list[SaveResult]


class LoginResponse(msgspec.Struct, kw_only=True):
    """Send it as `Authorization: Bearer <access_token>`."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105  (its kind, not a secret)
    expires_in: int  # seconds


_one = msgspec.json.Decoder(SaveRequest)
_several = msgspec.json.Decoder(list[msgspec.Raw])
_login = msgspec.json.Decoder(LoginRequest)
_encode = msgspec.json.Encoder().encode


@router.post("/auth/login", summary="Log in by research id", **json_body_of(LoginRequest, LoginResponse))
async def login(request: Request) -> Response:
    """A token that lets this person's application save messages and read what is theirs."""
    wanted = json_body(_login, await read_body(request, LARGEST_MESSAGE_BYTES))
    state, address = request.app.state, request.client.host if request.client else ""
    state.patience.ask(address)
    name, workspace = wanted.research_id, wanted.workspace
    if not 0 < len(name.strip()) <= LONGEST_ID:
        raise InvalidInput("research_id is empty or too long", hint=f"1 to {LONGEST_ID} letters.")
    may_enter = state.library.settings.api.any_subject or await run_in_threadpool(
        state.library.subjects.has, workspace, name
    )
    if not may_enter:
        state.patience.note_failure(address)
        hint = "Register it with `earwitness subjects add`, or set api.any_subject."
        return problem(401, "this research id is not registered", hint)
    token = await run_in_threadpool(state.tokens.issue, Login(workspace, name))
    return _json(LoginResponse(access_token=token, expires_in=state.tokens.seconds))


@router.post("/chat/save-message", summary="Save one message", **json_body_of(SaveRequest, SaveResponse))
async def save_message(visitor: Saver, request: Request) -> Response:
    """Answered when the message is on disk. The same message again gets the same answer."""
    return await answer(visitor, request.app.state.saving, await read_body(request, LARGEST_MESSAGE_BYTES))


async def answer(visitor: Visitor, saving: Saving, body: bytes) -> Response:
    """Save the one message in the body."""
    message, said = message_of(visitor, json_body(_one, body))
    number = await saving.save(message)
    return _json(SaveResponse(message_id=number, timestamp=said.isoformat()))


@router.post(
    "/chat/save-messages", summary="Save several messages", **json_body_of(list[SaveRequest], SaveResults)
)
async def save_messages(visitor: Saver, request: Request) -> Response:
    """As one by one, with a result for each, in order; a message that cannot be saved keeps none back."""
    items = json_body(_several, await read_body(request, LARGEST_LIST_BYTES))
    if len(items) > MOST_IN_LIST:
        raise InvalidInput(f"{len(items)} messages at once", hint=f"Send at most {MOST_IN_LIST}.")
    saving: Saving = request.app.state.saving
    taken = [await _take(visitor, saving, item) for item in items]
    results = await asyncio.gather(*(_settle(saving, one) for one in taken))
    return _json(SaveResults(results=results))


async def _take(visitor: Visitor, saving: Saving, item: msgspec.Raw) -> tuple[Entry, datetime] | SaveResult:
    try:
        body = bytes(item)
        if len(body) > LARGEST_MESSAGE_BYTES:
            raise InvalidInput(
                f"longer than {LARGEST_MESSAGE_BYTES} bytes", hint="A message is a few sentences."
            )
        message, said = message_of(visitor, json_body(_one, body))
        return await saving.take(message), said
    except EarwitnessError as error:
        return _failure(error)


async def _settle(saving: Saving, taken: tuple[Entry, datetime] | SaveResult) -> SaveResult:
    if isinstance(taken, SaveResult):
        return taken
    entry, said = taken
    try:
        number = await saving.settle(entry)
        return SaveResult(success=True, message_id=number, timestamp=said.isoformat())
    except EarwitnessError as error:
        return _failure(error)


def _failure(error: EarwitnessError) -> SaveResult:
    return SaveResult(success=False, status=status_of(error), detail=str(error), hint=error.hint)


def message_of(visitor: Visitor, wanted: SaveRequest) -> tuple[Saved, datetime]:
    """The message, and when it was said, in UTC. Raises `InvalidInput`, or `Denied` for somebody else's."""
    if visitor.subject is not None and wanted.research_id != visitor.subject:
        raise Denied("this login is of another research id", hint="Log in as the person whose message it is.")
    if not 0 < len(wanted.research_id.strip()) <= LONGEST_ID:
        raise InvalidInput("research_id is empty or too long", hint=f"1 to {LONGEST_ID} letters.")
    if wanted.role not in ROLES:
        raise InvalidInput(f"role {wanted.role[:40]!r} is none", hint=f"One of: {', '.join(ROLES)}.")
    if not wanted.content.strip():
        raise InvalidInput("content is empty", hint="Send the words that were said; skip what was silent.")
    if wanted.provider not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        raise InvalidInput(f"provider {wanted.provider[:40]!r} is unknown", hint=f"One of: {known}.")
    said = _moment(wanted.timestamp)
    message = Saved(
        workspace=visitor.library.workspace,
        subject=wanted.research_id,
        provider=wanted.provider,
        role=wanted.role,
        content=wanted.content,
        timestamp=wanted.timestamp,
        said_at_ns=(said - _EPOCH) // _MICROSECOND * 1000,
        conversation=_id(wanted, "conversation_id"),
        message=_id(wanted, "message_id"),
    )
    return message, said


def _moment(text: str) -> datetime:
    try:
        said = msgspec.convert(text, datetime)
        is_known = said.tzinfo is not None and _EPOCH <= said < _LATEST
    except (msgspec.ValidationError, OverflowError):
        is_known = False
    if not is_known:
        raise InvalidInput(
            f"timestamp {text[:40]!r} is no moment",
            hint="Write it as RFC 3339 has it, with a zone: 2025-01-08T16:00:00Z.",
        )
    return said.astimezone(UTC)


def _id(wanted: SaveRequest, name: str) -> str | None:
    own = getattr(wanted, f"{wanted.provider}_{name}")
    value = getattr(wanted, name) if own is None else own
    text = "" if value is None else str(value)
    if len(text) > LONGEST_ID:
        raise InvalidInput(f"{name} is longer than {LONGEST_ID} letters", hint="Send the id itself.")
    return text or None


def _json(what: msgspec.Struct) -> Response:
    return Response(_encode(what), media_type="application/json")
