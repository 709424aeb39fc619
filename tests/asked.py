"""Asking a server over HTTP, in this process: a client, keys of every kind, and the routes there are."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from fastapi.testclient import TestClient
from msgspec.structs import replace

from earwitness.library import Library
from earwitness.server.app import create_app
from earwitness.server.links import Links
from earwitness.settings import Settings
from earwitness.settings.redaction import Redaction

NOBODYS_ID = "01999999-9999-7999-8999-999999999999"
AS_IT_WAS = Settings(redact=Redaction(enabled=False))  # as the shared recording was made
PARAMETERS = {
    "track": "stereo",
    "annotation_id": NOBODYS_ID,
    "label": "x",
    "leg_id": NOBODYS_ID,
    "leg": NOBODYS_ID,
    "number": "0",
    "key_id": "nobodys",
    "rule_name": "nobodys",
    "delivery_id": "nobodys",
}  # what else stands in a path; the conversation is the asker's choice
OTHERS = "acme"  # the workspace of the key `other`


class Asker:
    """A desk's application and a client for it; `key` names one of the keys it made."""

    def __init__(self, folder: Path, settings: Settings | None = None) -> None:
        self.library = Library(replace(settings or AS_IT_WAS, data_dir=str(folder)))
        self.links = Links(b"for this test")
        self.app: FastAPI = create_app(self.library, self.links)
        self.client = TestClient(
            self.app,
            base_url="http://127.0.0.1:5001",
            client=("127.0.0.1", 50_000),
            raise_server_exceptions=False,
            follow_redirects=False,
        )
        make = self.library.keys.create
        self.keys = {
            "admin": make("admin", ("admin",)).text,
            "read": make("read", ("read",)).text,
            "write": make("write", ("read", "write")).text,
            "capture": make("capture", ("capture",)).text,
            "other": make("other", ("admin",), OTHERS).text,
            "unknown": "ew_abcdefgh_" + "A" * 43,
        }
        revoked = make("revoked", ("admin",))
        self.library.keys.revoke("default", revoked.key.id)
        self.keys["revoked"] = revoked.text

    def ask(
        self, path: str, key: str | None = "read", method: str = "GET", **options: object
    ) -> httpx.Response:
        if key in ("unknown", "revoked"):  # who tries these on every route is not to wait
            self.app.state.patience.forgive("127.0.0.1")
        headers = {"Authorization": f"Bearer {self.keys[key]}"} if key else {}
        headers |= dict(options.pop("headers", {}))  # type: ignore[call-overload]
        return self.client.request(method, path, headers=headers, **options)

    def close(self) -> None:
        self.client.close()
        self.library.catalog.close()


def contexts(app: FastAPI) -> Iterator[RouteContext]:
    """Every route, those of included routers too."""
    yield from iter_route_contexts(app.routes)


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every (method, path template) that the application answers; a mounted folder as method `*`."""
    for route in contexts(app):
        for method in sorted(route.methods or {"*"}):
            yield method, str(route.path)


def filled(path: str, conversation: str) -> str:
    """A path template with everything in its place."""
    values = {**PARAMETERS, "conversation_id": conversation}
    return re.sub(r"{(\w+)}", lambda match: values[match[1]], path)
