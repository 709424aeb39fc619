"""Errors as problem documents (RFC 9457): what went wrong, and a hint that says what to do next."""

import logging
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from earwitness import errors

MEDIA_TYPE = "application/problem+json"
STATUS = {
    errors.InvalidInput: 422,
    errors.NotFound: 404,
    errors.Denied: 403,
    errors.Conflict: 409,
    errors.StorageUnavailable: 503,
    errors.Damaged: 500,
}
_HINTS = {
    401: "Send `Authorization: Bearer <key>`; `earwitness keys create` makes one.",
    403: "Ask with a key that has it; `earwitness keys create --help` lists the rights.",
    404: "See /docs for what there is.",
    405: "See /docs for the methods of each path.",
    413: "Send less at once; a message is a few sentences.",
    429: "Wait as long as Retry-After says.",
}

log = logging.getLogger(__name__)


def problem(status: int, detail: str, hint: str = "", **more: Any) -> JSONResponse:
    """The one form every error of the API has."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if status == 503:
        headers["Retry-After"] = "5"
    return JSONResponse(
        {**body, "hint": hint or _HINTS.get(status, ""), **more},
        status_code=status,
        media_type=MEDIA_TYPE,
        headers=headers,
    )


def status_of(error: errors.EarwitnessError) -> int:
    """The HTTP status that says the same."""
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 500)


def of_http(error: HTTPException) -> JSONResponse:
    """The problem document that says the same."""
    answer = problem(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})
    return answer


def install(app: FastAPI) -> None:
    """Answer every error of this app as a problem document."""

    @app.exception_handler(errors.EarwitnessError)
    async def known(request: Request, error: errors.EarwitnessError) -> JSONResponse:
        return problem(status_of(error), str(error), error.hint)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        return of_http(error)

    @app.exception_handler(RequestValidationError)
    async def of_shape(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return problem(422, f"{where}: {first['msg']}", "Mend the named field and send again.")

    # The server's outermost layer: whatever nobody foresaw is answered without its internals.
    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        incident = uuid4().hex[:12]
        log.error("request failed, incident %s", incident, exc_info=error)
        return problem(500, "something failed here", f"Look for incident {incident} in the log.")
