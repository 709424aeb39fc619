"""Where a page of a list ends, as text that goes out and comes back."""

import base64
from typing import Any

import msgspec

from earwitness.errors import InvalidInput


def write(*place: Any) -> str:
    """A cursor that names this place."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(cursor: str, kind: Any) -> Any:
    """The place a cursor names: a tuple of this type. Raises `InvalidInput` for what `write` did not make."""
    try:
        tree = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(tree, type=kind)
    except (ValueError, msgspec.DecodeError) as error:  # binascii's error is a ValueError
        raise InvalidInput("cursor is none of ours", hint="Use next_cursor as it came.") from error
