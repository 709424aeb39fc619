"""What every JSON wire needs: reading an object from any bytes, and asking it for values of a kind.

A getter gives None (or something empty) where a value is missing or of the wrong kind, so that a decoder
can ask for what it wants without proving first that it is there. Only `Unreadable` ever comes out of here.
"""

import json
from typing import Any

import msgspec

INT64 = 1 << 63  # what a database and most JSON readers hold
RATES_HZ = range(4_000, 192_001)  # telephone to studio; anything else is a mistake, and costly to believe
LONGEST_MS = 7 * 24 * 3_600_000  # a week; no call lasts longer, and silence of that length is costly too
USAGE_LEVELS = 4  # token details of token details; deeper is not usage

_STRICT = msgspec.json.Decoder()
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)  # all that msgspec raises for bad bytes


class Unreadable(ValueError):
    """The record does not say what its kind of record must say; the message is the reason."""


def read_object(payload: bytes) -> dict[str, Any]:
    """The JSON object in these bytes; of a repeated key the last value counts.

    What JSON allows but nobody can store is made harmless: a lone surrogate (RFC 8259, 8.2) becomes U+FFFD,
    a number beyond the range of a double becomes null. Raises `Unreadable` for everything else.
    """
    try:
        value = _STRICT.decode(payload)
    except BROKEN:
        value = _read_lenient(payload)
    if not isinstance(value, dict):
        raise Unreadable("not a JSON object")
    return value


def _read_lenient(payload: bytes) -> Any:
    try:
        text = payload.decode("utf-8-sig")
        return _harmless(
            json.loads(text, parse_constant=_refuse_constant, parse_int=_int, parse_float=_float)
        )
    except UnicodeDecodeError as error:
        raise Unreadable("not UTF-8") from error
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    except json.JSONDecodeError as error:
        raise Unreadable("not JSON") from error


def _refuse_constant(name: str) -> None:
    raise Unreadable(f"{name} is not JSON")


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) <= 20 else None  # Python itself refuses to read 4,300 digits


def _float(digits: str) -> float | None:
    value = float(digits)
    return value if abs(value) != float("inf") else None


def _harmless(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_harmless(inner) for inner in value]
    if isinstance(value, dict):
        return {_harmless(key): _harmless(inner) for key, inner in value.items()}
    return value


def read_base64(text: str) -> bytes:
    """Strict base64 (RFC 4648, section 4), but for padding that was left off. Raises `Unreadable`."""
    try:
        return msgspec.convert(text + "=" * (-len(text) % 4), bytes)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise Unreadable("bad base64") from error


def json_of(value: Any) -> str | None:
    """A value that should be text but may be the object itself: as text. Raises `Unreadable`."""
    if value is None or isinstance(value, str):
        return value
    try:
        return msgspec.json.encode(value).decode()
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error


def text_of(body: dict[str, Any], key: str) -> str | None:
    value = body.get(key)
    return value if isinstance(value, str) else None


def id_of(body: dict[str, Any], key: str) -> str | None:
    """An id; some send numbers. Empty is none."""
    value = body.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < INT64:
        return str(value)
    return value if isinstance(value, str) and value else None


def whole_of(body: dict[str, Any], key: str) -> int | None:
    """A whole number, also where it came as a string of digits or as a float."""
    value = body.get(key)
    if isinstance(value, str) and len(value) < 20:
        value = int(value) if value.isascii() and value.isdigit() else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < INT64 else None


def ms_of(body: dict[str, Any], key: str) -> int | None:
    """A place in a stream, in milliseconds from its start."""
    value = whole_of(body, key)
    return value if value is not None and 0 <= value <= LONGEST_MS else None


def object_of(body: dict[str, Any], key: str) -> dict[str, Any]:
    value = body.get(key)
    return value if isinstance(value, dict) else {}


def objects_of(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The list's members in their places; what is no object stands there empty."""
    value = body.get(key)
    return [inner if isinstance(inner, dict) else {} for inner in value] if isinstance(value, list) else []


def usage_of(body: dict[str, Any], key: str, levels: int = USAGE_LEVELS) -> dict[str, Any]:
    """Counts and their names, and nothing that could not be stored."""
    found: dict[str, Any] = {}
    for name, value in object_of(body, key).items():
        if isinstance(value, dict):
            if levels > 1:
                found[name] = usage_of({key: value}, key, levels - 1)
        elif isinstance(value, str | bool | float) or (isinstance(value, int) and abs(value) < INT64):
            found[name] = value
    return found
