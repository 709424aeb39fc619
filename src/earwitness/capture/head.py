"""The HTTP heads of a WebSocket handshake: one read strictly and rewritten, one read and left alone."""

import re
from dataclasses import dataclass

import h11

from earwitness.capture.target import HEADER_PREFIX
from earwitness.errors import InvalidInput

HEAD_BYTES = 64 * 1024
HOP_BY_HOP = {  # RFC 9110, 7.6.1, and what older proxies used; Upgrade and Connection make the handshake
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
}
STAYS = {"upgrade", "host", "close"}  # a Connection header may name these without taking them away
BARE_LINE_FEED = re.compile(rb"(?<!\r)\n")
CONTENT_LENGTH = re.compile(rb"(?im)^content-length[ \t]*:")
STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A caller's handshake as it came."""

    method: str
    target: str
    headers: Headers  # original spelling and order
    size: int  # bytes of the head

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def is_upgrade(self) -> bool:
        return (
            self.method == "GET"
            and "websocket" in _tokens(self.values("upgrade"))
            and "upgrade" in _tokens(self.values("connection"))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server's answer to the handshake."""

    status: int
    reason: str
    headers: Headers
    size: int

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def body_bytes(self) -> int | None:
        """Length of the body where the head tells it."""
        lengths = self.values("content-length")
        if self.status in (204, 304):
            return 0
        return int(lengths[0]) if len(lengths) == 1 and lengths[0].isdigit() else None


def read_request(data: bytes) -> Request | None:
    """The request at the beginning of `data`; None while its head is not whole.

    Raises `InvalidInput` for what two readers could take for two different requests (request smuggling:
    bare line feeds, a length given twice or in two ways, a body before the upgrade), for other bad HTTP,
    and for a head over 64 KiB.
    """
    end = data.find(b"\r\n\r\n")
    head = data[: end + 4] if end >= 0 else data
    if BARE_LINE_FEED.search(head):
        raise InvalidInput("a line of the head ends without a carriage return")
    if len(head) > HEAD_BYTES:
        raise InvalidInput(f"the head is larger than {HEAD_BYTES} bytes")
    if end < 0:
        return None
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_BYTES)
    try:
        connection.receive_data(head)
        event = connection.next_event()
    except h11.RemoteProtocolError as error:
        raise InvalidInput(f"not HTTP/1.1: {error}") from error
    if not isinstance(event, h11.Request) or event.http_version != b"1.1":
        raise InvalidInput("not HTTP/1.1")
    request = Request(
        method=event.method.decode("ascii"),
        target=event.target.decode("ascii"),
        headers=tuple(
            (name.decode("ascii"), value.decode("latin-1")) for name, value in event.headers.raw_items()
        ),
        size=len(head),
    )
    lengths = CONTENT_LENGTH.findall(head)  # h11 makes one of two that agree
    has_body = request.values("transfer-encoding") or request.values("content-length") not in ([], ["0"])
    if len(lengths) > 1 or has_body:
        raise InvalidInput("a handshake has no body")
    return request


def forwarded(request: Request, target: str, authority: str) -> bytes:
    """The head as the upstream gets it: Host rewritten, hop-by-hop and ours out, the rest untouched."""
    named = _tokens(request.values("connection"))
    gone = HOP_BY_HOP | {
        name for name in named if name not in STAYS and not name.startswith("sec-websocket-")
    }
    lines = [f"{request.method} {target} HTTP/1.1"]
    for name, value in request.headers:
        lower = name.lower()
        if lower == "host":
            lines.append(f"{name}: {authority}")
        elif lower == "connection" and not named <= {"upgrade", "keep-alive"}:
            lines.append(f"{name}: Upgrade")
        elif lower not in gone and not lower.startswith(HEADER_PREFIX):
            lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def read_answer(data: bytes) -> Answer | None:
    """The answer at the beginning of `data`, None while its head is not whole.

    Lenient: the bytes are the client's to judge. Raises `InvalidInput` only where no status can be read.
    """
    end = data.find(b"\r\n\r\n")
    status = STATUS_LINE.match(data)
    if end < 0:
        if len(data) > HEAD_BYTES:
            raise InvalidInput("the server's answer has no end of head")
        if status is None and not data.startswith(b"HTTP/1."[: len(data)]):
            raise InvalidInput("the server does not speak HTTP")
        return None
    if status is None:
        raise InvalidInput("the server does not speak HTTP")
    headers = []
    for line in data[status.end() : end + 2].splitlines():
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers.append((name, value.strip(" \t")))
    return Answer(
        status=int(status[1]),
        reason=(status[2] or b"").decode("latin-1"),
        headers=tuple(headers),
        size=end + 4,
    )


def _tokens(values: list[str]) -> set[str]:
    return {token.strip().lower() for value in values for token in value.split(",") if token.strip()}
