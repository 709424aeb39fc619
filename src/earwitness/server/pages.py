"""The pages: the web app, one document for all its addresses, and the API at a glance.

The app is built from `web/` into `static/app` by `make web`. Its document names no call: whoever has no
right sees a page that asks for one.
"""

import secrets
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from earwitness.server import app_files
from earwitness.server.guard import Reader

router = APIRouter(tags=["pages"])

NONCE = "{{nonce}}"  # where the app's document wants it, for styles that a library makes at run time
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
@router.get("/conversations", response_class=HTMLResponse, include_in_schema=False)
@router.get("/conversations/{conversation_id}", response_class=HTMLResponse, include_in_schema=False)
@router.get("/live", response_class=HTMLResponse, include_in_schema=False)
@router.get("/dashboard", response_class=HTMLResponse, include_in_schema=False)
@router.get("/protection", response_class=HTMLResponse, include_in_schema=False)
def app_page() -> HTMLResponse:
    """The app. What it shows it asks of the API, with the rights of whoever looks."""
    if not app_files.is_built():
        return HTMLResponse(_not_built())
    nonce = secrets.token_urlsafe(16)
    headers = {"Content-Security-Policy": f"{POLICY}; style-src 'self' 'nonce-{nonce}'"}
    return HTMLResponse(app_files.APP.read_text("utf-8").replace(NONCE, nonce), headers=headers)


@router.get("/docs", response_class=HTMLResponse, include_in_schema=False)
def docs(visitor: Reader, request: Request) -> str:
    return api_page(request.app.openapi())


def _not_built() -> str:
    return _page(
        "Earwitness",
        "<h1>Earwitness is running, without its pages</h1>"
        "<p>They are built with Node 20 or newer: <code>make web</code>, then start again.</p>"
        "<p><code>earwitness list</code> names the recorded calls, <code>earwitness show latest</code> tells "
        "one, <code>earwitness play latest</code> plays it.</p>"
        "<p>Programs ask with a key, as <code>Authorization: Bearer &lt;key&gt;</code>: "
        "<code>/docs</code> says what there is, <code>earwitness keys create NAME</code> makes a key.</p>",
    )


def api_page(schema: dict[str, Any]) -> str:
    """The API at a glance, made from its OpenAPI document; nothing is fetched from elsewhere."""
    rows = "".join(
        f"<tr><td>{escape(method.upper())}</td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation.get('summary', ''))}</td></tr>"
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    )
    return _page(
        "Earwitness API",
        f"<h1>Earwitness API</h1><p>Send <code>Authorization: Bearer &lt;key&gt;</code>. "
        f'The whole contract: <a href="/openapi.json">openapi.json</a>.</p><table>{rows}</table>',
    )


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><link rel=icon href=/static/icon.svg>"
        f"<link rel=stylesheet href=/static/page.css></head><body><main>{body}</main></body></html>"
    )
