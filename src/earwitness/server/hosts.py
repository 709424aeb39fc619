"""By which names this server may be called.

A page of another site can give its own name the address of this machine (DNS rebinding), and then counts as
one of ours in the browser's eyes. It cannot do that with an address in digits, nor with a name without a dot.
"""

import ipaddress
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness.server.problems import problem


class Hosts:
    """ASGI middleware: other names are refused. `exempt` are paths that are called by whatever name."""

    def __init__(self, app: ASGIApp, names: Iterable[str], exempt: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)
        self._exempt = frozenset(exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._exempt:
            await self._app(scope, receive, send)
            return
        name = name_of(Headers(scope=scope).get("host", ""))
        if name in self._names or is_harmless(name):
            await self._app(scope, receive, send)
            return
        hint = "Call it by address or localhost, or name it in api.hosts."
        await problem(421, "this server does not answer to that name", hint)(scope, receive, send)


def name_of(authority: str) -> str:
    """The host of `host:port`, without brackets."""
    if authority.startswith("["):
        return authority[1:].partition("]")[0].lower()
    return authority.partition(":")[0].rstrip(".").lower()


def is_harmless(name: str) -> bool:
    """A name that nobody else's domain name server is asked for."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return bool(name) and ("." not in name or name.endswith(".localhost"))
    return True
