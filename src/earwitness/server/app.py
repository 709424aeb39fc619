"""The web application: every route, one guard, one form of error."""

import asyncio

from fastapi import FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness import __version__
from earwitness.library import Library
from earwitness.server import (
    alerts,
    annotations,
    api_keys,
    app_files,
    audio,
    audit,
    browsers,
    chat,
    conversations,
    erasing,
    exporting,
    feeds,
    grouping,
    legs,
    live,
    metrics,
    pages,
    problems,
    recordings,
    redacting,
    rehearsal,
    search,
    sessions,
    system,
    understood,
    verbs,
    webhooks,
)
from earwitness.server.calling import Calling
from earwitness.server.express import Express
from earwitness.server.feeding import Feeding
from earwitness.server.guard import PROBES, SIGNED
from earwitness.server.hosts import Hosts
from earwitness.server.limits import Limits
from earwitness.server.links import Links
from earwitness.server.patience import Patience
from earwitness.server.receiving import Receiving
from earwitness.server.saving import Saving
from earwitness.server.tokens import Tokens
from earwitness.server.witness import Witness
from earwitness.settings import Listen

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": pages.POLICY,
}

PARTS = (
    system,
    audit,
    erasing,
    conversations,
    exporting,
    live,
    feeds,
    legs,
    verbs,
    audio,
    annotations,
    redacting,
    grouping,
    understood,
    search,
    metrics,
    alerts,
    recordings,
    pages,
    rehearsal,
    chat,
    sessions,
    api_keys,
    webhooks,
)  # each has a router


def create_app(library: Library, links: Links) -> FastAPI:
    """The application over one library. `links` signs the addresses that open one conversation."""
    app = FastAPI(
        title="Earwitness",
        version=__version__,
        description="The flight recorder for voice agents.",
        redoc_url=None,
        docs_url=None,
        openapi_url=None,  # served by a route of ours, behind the guard
    )
    app.state.library = library
    app.state.links = links
    app.state.saving = Saving(library)
    app.state.receiving = receiving = Receiving(library)
    app.state.feeding = Feeding(library)
    app.state.calling = Calling(library, receiving)
    app.state.tokens = Tokens(library)
    app.state.patience = Patience()
    app.state.rehearsal = None  # the simulated call that is being played, if any
    app.state.stopping = asyncio.Event()  # set when streams that have no end are to end
    listen = library.settings.api if library is not None else Listen()
    app.state.limits = Limits(listen.requests_per_minute)
    problems.install(app)
    app.add_middleware(_GuardBrowsers)
    app.add_middleware(Express, headers=HEADERS)
    for part in PARTS:
        app.include_router(part.router)
    browsers.allow(app, library)
    app.add_middleware(Hosts, names=listen.names, exempt=SIGNED | PROBES)
    app.add_middleware(Witness)
    app.mount("/static", _Static(directory=app_files.STATIC), name="static")
    return app


class _Static(StaticFiles):
    """Files of the app's build are named by their content: a browser may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if path.startswith("app/assets/") and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _GuardBrowsers:
    """Headers that keep a browser from doing more with an answer than showing it.

    Plain ASGI: a middleware of `app.middleware` ends an answer that failed on its way as if it were whole.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, guarded)
