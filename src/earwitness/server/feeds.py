"""`/api/v1/conversations/{id}/events` and `.../audio`: what applications without a socket send."""

import re
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from earwitness.capture.choosing import chosen
from earwitness.capture.door import Choice
from earwitness.capture.feeding import About, Fed, Feeds, Piece
from earwitness.capture.handed import Sound
from earwitness.errors import Denied, InvalidInput
from earwitness.journal.record import Origin
from earwitness.server.bodies import json_body, json_body_of, read_body
from earwitness.server.guard import Saver, Visitor
from earwitness.settings import Provider, Route
from earwitness.store.subjects import LONGEST_ID

router = APIRouter(prefix="/api/v1/conversations", tags=["sent by applications"])

MOST_EVENTS, LARGEST_BODY_BYTES = 1000, 16 << 20
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_ORIGINS = {"client": Origin.CLIENT, "server": Origin.SERVER}


class SentEvent(msgspec.Struct, kw_only=True):
    """One event as it went between application and provider."""

    origin: Literal["client", "server"]  # who sent it: the application's side, or the provider's
    event: msgspec.Raw


class SendEvents(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Events of one connection, in order. The first request says what the connection is."""

    events: list[SentEvent] = []
    first: int = 0  # how many events of this connection came before these
    provider: str = ""  # whose protocol they speak; needed unless `route` says so
    route: str = ""  # of the configuration: its provider, mapping, metadata, and what is kept
    connection: str = ""  # tells several connections of one conversation apart
    subject: str | None = None
    labels: list[str] = []
    metadata: dict[str, Any] = {}
    end: dict[str, Any] | None = None  # the connection is over; outcome, satisfaction and anything else


class Kept(msgspec.Struct, kw_only=True):
    """It is on disk, as far as it is to be kept. Send the next from `next` on."""

    conversation: str
    leg: str
    next: int


_send_events = msgspec.json.Decoder(SendEvents)


@router.post("/{conversation_id}/events", summary="Send events", **json_body_of(SendEvents, Kept))
async def send_events(visitor: Saver, request: Request, conversation_id: str) -> Response:
    """The conversation's id, or any name of your own. The same events again are kept once."""
    body = await read_body(request, LARGEST_BODY_BYTES)
    return await run_in_threadpool(
        _take_events, visitor, request.app.state.feeding.begun(), conversation_id, body
    )


@router.post("/{conversation_id}/audio", summary="Send sound")
async def send_audio(
    visitor: Saver,
    request: Request,
    conversation_id: str,
    party: Literal["caller", "agent"] = "caller",
    encoding: Literal["pcm_s16le", "mulaw", "alaw"] = "pcm_s16le",
    rate_hz: Annotated[int, Query(ge=4000, le=192_000)] = 16_000,
    offset: Annotated[int, Query(ge=0, le=1 << 50, description="bytes of this party that came before")] = 0,
    connection: Annotated[str, Query(max_length=LONGEST_ID)] = "",
    subject: Annotated[str | None, Query(max_length=LONGEST_ID)] = None,
) -> Response:
    """Raw samples of one party, as they are spoken; the same bytes again are kept once."""
    body = await read_body(request, LARGEST_BODY_BYTES)
    mapping = {"binary_audio": True, "encoding": encoding, "rate_hz": rate_hz}
    known = await run_in_threadpool(_known, visitor, conversation_id)
    about = _about(visitor, conversation_id, known, f"{connection}/{party}/{encoding}/{rate_hz}", subject)
    about = msgspec.structs.replace(about, mapping=mapping)
    origin = Origin.CLIENT if party == "caller" else Origin.SERVER
    choice = _choice(visitor, conversation_id, None)
    return await run_in_threadpool(
        _take, request.app.state.feeding.begun(), about, choice, offset, [(origin, Sound(body))]
    )


def _take_events(visitor: Visitor, feeds: Feeds, ref: str, body: bytes) -> Response:
    known = _known(visitor, ref)  # one that is not there is told before a wrong body
    wanted = json_body(_send_events, body)
    if len(wanted.events) > MOST_EVENTS:
        raise InvalidInput(f"{len(wanted.events)} events at once", hint=f"Send at most {MOST_EVENTS}.")
    if wanted.first < 0:
        raise InvalidInput(f"first: {wanted.first} is no count", hint="How many events came before these.")
    route = _route(visitor, wanted)
    about = msgspec.structs.replace(
        _about(visitor, ref, known, f"{wanted.connection}/events", wanted.subject),
        provider=route.provider if route else wanted.provider,
        route=wanted.route,
        mapping=msgspec.to_builtins(route.mapping) if route and route.mapping else {},
        labels=tuple(wanted.labels),
        metadata={**(route.metadata if route else {}), **wanted.metadata},
    )
    pieces = [(_ORIGINS[each.origin], bytes(each.event)) for each in wanted.events]
    answer = _take(feeds, about, _choice(visitor, ref, route), wanted.first, pieces)
    if wanted.end is not None:
        feeds.end(about, wanted.end)
    return answer


def _take(feeds: Feeds, about: About, choice: Choice, first: int, pieces: list[Piece]) -> Response:
    fed: Fed = feeds.take(about, choice, first, pieces)
    return Response(msgspec.json.encode(fed), media_type="application/json")


def _route(visitor: Visitor, wanted: SendEvents) -> Route | None:
    routes = visitor.library.settings.routes
    if wanted.route:
        if wanted.route not in routes:
            known = ", ".join(sorted(routes)) or "none"
            raise InvalidInput(f"route {wanted.route[:40]!r} is unknown", hint=f"Routes: {known}.")
        return routes[wanted.route]
    if wanted.provider not in get_args(Provider):
        known = ", ".join(get_args(Provider))
        raise InvalidInput(f"provider {wanted.provider[:40]!r} is unknown", hint=f"One of: {known}.")
    return None


def _known(visitor: Visitor, ref: str) -> str:
    """The conversation that is meant by its id; empty for a name. Raises `NotFound`."""
    return visitor.library.conversation(ref).id if _ID.match(ref) else ""


def _about(visitor: Visitor, ref: str, known: str, feed: str, subject: str | None) -> About:
    """Whoever speaks for one person speaks of that person's conversations, and in names of their own."""
    if visitor.subject is not None and subject not in (None, visitor.subject):
        raise Denied("this login is of another research id", hint="Leave subject out.")
    for what, value in (("the conversation's name", ref), ("connection", feed), ("subject", subject or "")):
        if len(value) > LONGEST_ID:
            raise InvalidInput(f"{what} is longer than {LONGEST_ID} letters", hint="Send an id.")
    owner = f"{quote(visitor.subject, safe='')}:" if visitor.subject is not None else ""
    return About(
        workspace=visitor.library.workspace,
        feed=f"feed:{owner}{quote(ref, safe='')}:{quote(feed, safe='')}",
        link="" if known else f"own:{owner}{ref}" if owner else f"conversation:{ref}",
        conversation=known,
        subject=visitor.subject or subject,
    )


def _choice(visitor: Visitor, ref: str, route: Route | None) -> Choice:
    record = (route.record if route else None) or visitor.library.settings.record
    mapping = msgspec.to_builtins(route.mapping) if route and route.mapping else None
    return chosen(record, conversation=ref, mapping=mapping)
