"""Bytes of a known length on their way to a browser, whole or the asked stretch (RFC 9110, section 14)."""

import re
from collections.abc import Callable, Iterable

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)

ByteRange = Callable[[int, int], Iterable[bytes]]  # (start, stop) -> those bytes


def ranged(request: Request, size: int, source: ByteRange, media_type: str, file_name: str) -> Response:
    """200 with all of it, 206 with the stretch of a single valid range, 416 beyond the end.

    More than one range, or units other than bytes, are answered with all of it, as the RFC allows; so is
    `If-Range`, as no validator of ours can match it, and every method but GET.
    """
    headers = {"Accept-Ranges": "bytes", "Content-Disposition": f'inline; filename="{file_name}"'}
    asked = request.headers.get("range", "") if request.method == "GET" else ""
    match = None if "if-range" in request.headers else _ONE_RANGE.fullmatch(asked.strip())
    start, stop, status = 0, size, 200
    if match and (match[1] or match[2]):
        start, stop = _bounds(match[1], match[2], size)
        if start >= stop:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
        status = 206
    headers["Content-Length"] = str(stop - start)
    body = iter(()) if request.method == "HEAD" else iter(source(start, stop))
    return StreamingResponse(body, status_code=status, media_type=media_type, headers=headers)


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:  # the last n bytes
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
