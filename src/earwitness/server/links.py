"""Addresses that open one call to whoever holds them, made by the server and by the command line alike.

Knows no HTTP, so that a command which prints such an address does not load a server for it.
"""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from urllib.parse import urlencode

LINK_SECONDS = 600  # how long a play link lives unless said otherwise
_SECONDS = re.compile(r"[0-9]{1,12}")


class Links:
    """Addresses that open one conversation to whoever holds them, until a time (HMAC-SHA-256).

    A link names who made it, and opens nothing any more when they have lost the right to it.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def sign(self, workspace: str, conversation: str, seconds: int = LINK_SECONDS, *, by: str = "") -> str:
        """Query parameters with which the page of this conversation opens, its words and its sound.

        `by`: the `Visitor.id` of who makes it; empty: the owner of the machine.
        """
        until = str(int(time.time()) + seconds)
        mark = self._mark(workspace, conversation, by, until)
        return urlencode({"workspace": workspace, "by": by, "until": until, "link": mark})

    def allows(self, conversation: str, query: Mapping[str, str]) -> bool:
        """Whether these query parameters were signed for this conversation and still hold."""
        until = query.get("until", "")
        if not _SECONDS.fullmatch(until) or int(until) < time.time():
            return False
        mark = self._mark(query.get("workspace", ""), conversation, query.get("by", ""), until)
        return hmac.compare_digest(mark.encode(), query.get("link", "").encode())

    def _mark(self, *words: str) -> str:
        message = json.dumps(["play", *words]).encode()  # so that no two lists of words are one message
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()
