"""The one door at which credentials are struck out, before anything is stored or logged.

What is struck becomes `[struck]`: nothing of it is kept, not even its length. Names stay, and every byte
outside a struck value stays what it was.
"""

import re
from urllib.parse import unquote_plus

from earwitness.capture.shapes import (
    CREDENTIAL_WORD,
    FIELDS,
    HEADERS_OBJECT,
    MARK,
    NAME,
    NEEDLES,
    PROTOCOL,
    SHAPES,
    STRING_VALUE,
)

Headers = tuple[tuple[str, str], ...]

HEADER_WORDS = ("authorization", "key", "token", "secret", "cookie", "signature", "password", "credential")
HEADER_KEEPS = {"sec-websocket-key", "sec-websocket-accept", "idempotency-key"}  # random by design, no right
_DIGITS = b"0123456789"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_LONG = 96  # bytes without a quote: sound in base64, or a text
_CLEAN_LIMIT = 4096

_clean: set[bytes] = set()  # frames without their digits and sound, known to hold nothing to strike


def strike(payload: bytes) -> bytes:
    """A message without its credentials; the same object where it has none.

    Most messages are sound: the same few hundred bytes but for counters and one long value. So what is left
    without these is looked up first. No needle holds a digit, which is why digits may be left out.
    """
    middle = len(payload) >> 1
    end = payload.find(b'"', middle)
    start = payload.rfind(b'"', 0, middle) + 1
    if end - start > _LONG:
        if payload[start:end].translate(None, _BASE64):
            return _strike_known(payload) if _has_needle(payload) else payload
        skeleton = (payload[:start] + payload[end:]).translate(None, _DIGITS)
    else:
        skeleton = payload.translate(None, _DIGITS)
    if skeleton in _clean:
        return payload
    if _has_needle(skeleton):
        return _strike_known(payload)
    if len(skeleton) < 1024:
        if len(_clean) >= _CLEAN_LIMIT:
            _clean.clear()
        _clean.add(skeleton)
    return payload


def strike_text(text: str) -> str:
    """As `strike`, for text of ours or of a head."""
    return strike(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")


def strike_headers(headers: Headers) -> Headers:
    """Headers of a request or an answer; names, order and harmless values stay."""
    return tuple((name, _strike_header(name.lower(), value)) for name, value in headers)


def strike_target(target: str) -> str:
    """Path and query; of a struck parameter the name stays."""
    path, mark, query = target.partition("?")
    parts = []
    for part in query.split("&") if mark else []:
        name, equals, value = part.partition("=")
        plain = unquote_plus(value)
        if equals and (is_credential_name(unquote_plus(name)) or strike_text(plain) != plain):
            value = MARK.decode()
        parts.append(f"{name}{equals}{value}")
    segments = [
        MARK.decode() if strike_text(unquote_plus(segment)) != unquote_plus(segment) else segment
        for segment in path.split("/")
    ]
    return "/".join(segments) + mark + "&".join(parts)


def is_credential_name(name: str) -> bool:
    """Is a value of this name a credential, whatever it looks like?"""
    return NAME.fullmatch(name.encode("utf-8", "replace")) is not None


def _strike_header(name: str, value: str) -> str:
    if name == "sec-websocket-protocol":
        return _strike_protocols(value)
    if name in HEADER_KEEPS:
        return value
    if any(word in name for word in HEADER_WORDS):
        return MARK.decode()
    return strike_text(value)


def _strike_protocols(value: str) -> str:
    """Browsers can send no header, so keys come as subprotocols: `<what it is>.<key>` or `<word>, <key>`."""
    struck = []
    previous = ""
    for item in value.split(","):
        plain = item.strip()
        blank = item[: len(item) - len(item.lstrip())]
        named = PROTOCOL.fullmatch(plain)
        if CREDENTIAL_WORD.fullmatch(previous):
            struck.append(blank + MARK.decode())
        elif named:
            struck.append(f"{blank}{named[1]}.{MARK.decode()}")
        else:
            struck.append(blank + strike_text(item.lstrip()))
        previous = plain
    return ",".join(struck)


def _has_needle(text: bytes) -> bool:
    lower = text.lower()
    return any(needle in lower for needle in NEEDLES)


def _strike_known(payload: bytes) -> bytes:
    for pattern in FIELDS:
        payload = pattern.sub(_replace_value, payload)
    for pattern in HEADERS_OBJECT:
        payload = pattern.sub(_replace_all_values, payload)
    for shape in SHAPES:
        payload = shape.sub(_replace_value, payload)
    return payload


def _replace_value(match: re.Match[bytes]) -> bytes:
    """Everything of the match but its group `v` stays."""
    whole, start = match[0], match.start()
    return whole[: match.start("v") - start] + MARK + whole[match.end("v") - start :]


def _replace_all_values(match: re.Match[bytes]) -> bytes:
    return STRING_VALUE.sub(_replace_value, match[0])
