"""Bodies of requests that are read by hand: bounded, as JSON, and described in the OpenAPI document."""

from typing import Any, TypeVar

import msgspec
from fastapi import Request
from starlette.exceptions import HTTPException

from earwitness.errors import InvalidInput

T = TypeVar("T")


async def read_body(request: Request, most_bytes: int) -> bytes:
    """The whole body; 413 as soon as it is known to be longer than that."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most_bytes:
        raise _too_long(most_bytes)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most_bytes:
            raise _too_long(most_bytes)
        chunks.append(chunk)
    return b"".join(chunks)


def _too_long(most_bytes: int) -> HTTPException:
    return HTTPException(413, f"the body is longer than {most_bytes} bytes")


def json_body(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """What the body says. Raises `InvalidInput`, with the place of the fault."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidInput(str(error), hint="Mend the named field and send again.") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidInput(f"no JSON: {error}", hint="Send JSON (RFC 8259) in UTF-8.") from error


def json_body_of(request: Any, answer: Any) -> dict[str, Any]:
    """What FastAPI is to say of a route that reads a body of this type and answers with that."""
    return {
        "openapi_extra": {"requestBody": {"required": True, "content": _content(request)}},
        "responses": {200: {"description": "Done", "content": _content(answer)}},
    }


def _content(kind: Any) -> dict[str, Any]:
    (schema,), named = msgspec.json.schema_components([kind])
    return {"application/json": {"schema": _written_out(schema, named)}}


def _written_out(part: Any, named: dict[str, Any]) -> Any:
    """The schema with what it refers to in it, so that it stands by itself."""
    if isinstance(part, list):
        return [_written_out(inner, named) for inner in part]
    if isinstance(part, dict):
        if "$ref" in part:
            return _written_out(named[part["$ref"].rpartition("/")[2]], named)
        return {name: _written_out(inner, named) for name, inner in part.items()}
    return part
