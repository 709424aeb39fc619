"""`/webhooks/<provider>`: what providers tell by calling us. Signed, kept once, on disk before the answer."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from tempfile import SpooledTemporaryFile

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from earwitness.capture import signatures
from earwitness.capture.enclosed import Enclosed
from earwitness.capture.signatures import Proof, TwilioProof, TwilioSecrets, is_form
from earwitness.capture.webhooks import names_of
from earwitness.server.problems import problem
from earwitness.settings import Webhooks

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

LARGEST_BYTES = 1 << 20
LARGEST_TRANSCRIPT_BYTES = 32 << 20
LARGEST_ENCLOSED_BYTES = 1 << 30  # the sound of a call of many hours, in base64
IN_MEMORY_BYTES = 1 << 20
BODY_S = 120.0  # within which a body must be here

Headers = dict[str, str]


@router.post("/openai", summary="What OpenAI tells: calls that come in by SIP")
async def openai(request: Request) -> Response:
    """Signed by `webhooks.openai.secret` (Standard Webhooks)."""
    return await _take(request, "openai", LARGEST_BYTES, request.app.state.calling.begin)


@router.post("/elevenlabs", summary="What ElevenLabs tells: transcript and sound of a call that is over")
async def elevenlabs(request: Request) -> Response:
    """Signed by `webhooks.elevenlabs.secret`. Sound goes to the disk in pieces."""
    return await _take(request, "elevenlabs", LARGEST_ENCLOSED_BYTES)


@router.post("/hume", summary="What Hume tells: chats that began or ended, tool calls")
async def hume(request: Request) -> Response:
    """Signed by `webhooks.hume.secret`."""
    return await _take(request, "hume", LARGEST_BYTES)


@router.post("/twilio", summary="What Twilio tells: states of calls, streams and recordings")
async def twilio(request: Request) -> Response:
    """Signed by `webhooks.twilio.secret` or, with HMAC-SHA-256, by `webhooks.twilio.shared_key`."""
    return await _take(request, "twilio", LARGEST_BYTES)


async def _take(
    request: Request, provider: str, most_bytes: int, then: Callable[[bytes], None] = lambda _: None
) -> Response:
    """Read, prove, keep; `then` is called with the body of what is new."""
    receiving = request.app.state.receiving
    headers = dict(request.headers)
    proof = _PROOFS[provider](request, headers, request.app.state.library.settings.webhooks)
    if not proof.is_possible:
        return _unsigned(provider)
    with (
        SpooledTemporaryFile(IN_MEMORY_BYTES, dir=request.app.state.library.spool()) as file,
        contextlib.ExitStack() as long_ones,
    ):
        try:
            async with asyncio.timeout(BODY_S):
                async for piece in request.stream():
                    if file.tell() <= IN_MEMORY_BYTES < file.tell() + len(piece):
                        long_ones.enter_context(receiving.room_for_a_long_body())
                    if file.tell() + len(piece) > most_bytes:
                        raise HTTPException(413, f"the body is longer than {most_bytes} bytes")
                    proof.update(piece)
                    file.write(piece)
        except TimeoutError as error:
            raise HTTPException(408, "the body did not come in time") from error
        if not proof.holds():
            return _unsigned(provider)
        new_body = await asyncio.to_thread(_keep, receiving.keep, provider, headers, file)
    if new_body is not None:
        then(new_body)
    return Response(status_code=200)


def _unsigned(provider: str) -> Response:
    return problem(401, "this is not signed as it must be", f"Check webhooks.{provider} in the settings.")


def _keep(
    keep: Callable[..., bool], provider: str, headers: Headers, file: "SpooledTemporaryFile[bytes]"
) -> bytes | None:
    enclosed = Enclosed(file)
    enclosed.check()
    body = enclosed.rest(LARGEST_TRANSCRIPT_BYTES)
    names = names_of(provider, headers, body)
    has_form = provider == "twilio" and is_form(headers)  # the others send JSON, whatever they call it
    is_new = keep(provider, names, body, is_form=has_form, sound=enclosed.sound())
    return body if is_new else None


def public_url(request: Request, headers: Headers, settings: Webhooks) -> str:
    """The address by which the provider called."""
    base = settings.public_url.rstrip("/")
    scheme, host = request.url.scheme, headers.get("host", "")
    if settings.trusts_proxy:
        scheme = headers.get("x-forwarded-proto", scheme).partition(",")[0].strip()
        host = headers.get("x-forwarded-host", host).partition(",")[0].strip()
    path: str = request.scope["raw_path"].decode("latin-1")
    query: str = request.scope["query_string"].decode("latin-1")
    return (base or f"{scheme}://{host}") + path + (f"?{query}" if query else "")


def _twilio_proof(request: Request, headers: Headers, settings: Webhooks) -> Proof:
    secrets = TwilioSecrets(auth_token=settings.twilio.secret, shared_key=settings.twilio.shared_key)
    return TwilioProof(secrets, headers, public_url(request, headers, settings))


_PROOFS: dict[str, Callable[[Request, Headers, Webhooks], Proof]] = {
    "openai": lambda _, headers, settings: signatures.openai(settings.openai.secret, headers, time.time()),
    "elevenlabs": lambda _, headers, settings: signatures.elevenlabs(
        settings.elevenlabs.secret, headers, time.time()
    ),
    "hume": lambda _, headers, settings: signatures.hume(settings.hume.secret, headers, time.time()),
    "twilio": _twilio_proof,
}
