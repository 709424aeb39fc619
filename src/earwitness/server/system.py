"""Is it up, is it keeping everything, and what does it count."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from earwitness.server.guard import Reader
from earwitness.server.prometheus import registry_for

router = APIRouter(tags=["system"])


@router.get("/healthz", summary="The process is up")
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", summary="It records and answers; 503 and the reasons when it does not")
def readyz(request: Request) -> JSONResponse:
    reasons = request.app.state.library.not_ready()
    body = {"status": "not ready" if reasons else "ready", "reasons": reasons}
    return JSONResponse(body, status_code=503 if reasons else 200)


@router.get("/metrics", summary="Counts for Prometheus")
def metrics(visitor: Reader) -> Response:
    return Response(generate_latest(registry_for(visitor.library)), media_type=CONTENT_TYPE_LATEST)


@router.get("/openapi.json", include_in_schema=False)
def openapi(visitor: Reader, request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())
