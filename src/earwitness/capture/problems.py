"""What the tap itself answers when it cannot pass a handshake on (RFC 9457)."""

from http import HTTPStatus

import msgspec


class Refused(Exception):
    """This handshake is not passed on; `answer` is what the caller gets instead."""

    def __init__(self, status: HTTPStatus, detail: str, hint: str, headers: tuple[tuple[str, str], ...] = ()):
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.hint = hint
        self.headers = headers

    @property
    def answer(self) -> bytes:
        """A whole HTTP answer; the connection ends after it."""
        problem = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            "hint": self.hint,
        }
        body = msgspec.json.encode(problem)
        lines = [
            f"HTTP/1.1 {self.status.value} {self.status.phrase}",
            "Content-Type: application/problem+json",
            f"Content-Length: {len(body)}",
            "Connection: close",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace") + body


def bad_request(detail: str, hint: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, detail, hint or "Send one plain WebSocket handshake in HTTP/1.1.")


def unknown_route(known: list[str]) -> Refused:
    hint = f"Known routes: {', '.join(f'/{name}' for name in known) or 'none'}."
    return Refused(HTTPStatus.NOT_FOUND, "no such route", f"{hint} Routes come from the configuration only.")


def route_is_off() -> Refused:
    return Refused(
        HTTPStatus.FORBIDDEN, "this route is off", "Set enabled = true for it in the configuration."
    )


def no_upgrade() -> Refused:
    return Refused(
        HTTPStatus.UPGRADE_REQUIRED,
        "the tap relays WebSockets only",
        "Open it with a WebSocket client: ws:// instead of http://.",
        (("Upgrade", "websocket"),),
    )


def no_key() -> Refused:
    return Refused(
        HTTPStatus.UNAUTHORIZED,
        "no valid key of the recorder",
        "Send one as ew_key in the query or as header X-Earwitness-Key; `earwitness keys create` makes one.",
        (("WWW-Authenticate", "Bearer"),),
    )


def too_many(what: str) -> Refused:
    hint = "Try again when one of them is over, or raise the limit in the configuration."
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, f"too many {what}", hint, (("Retry-After", "10"),))


def cannot_record(detail: str) -> Refused:
    return Refused(
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"the call cannot be recorded: {detail}",
        'record.on_failure is "refuse"; set it to "pass" to let calls through unrecorded.',
    )


def unreachable(detail: str) -> Refused:
    return Refused(
        HTTPStatus.BAD_GATEWAY,
        f"the upstream cannot be reached: {detail}",
        "Check the route's upstream address.",
    )


def no_answer(seconds: float) -> Refused:
    return Refused(
        HTTPStatus.GATEWAY_TIMEOUT,
        f"the upstream has not answered the handshake within {seconds:g} s",
        "Check the route's upstream.",
    )
