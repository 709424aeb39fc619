"""Sending one document to one address: a signed webhook, or people by way of Apprise.

A webhook is signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, and as `webhook-signature`
`v1,` with the base64 of HMAC-SHA-256 over `id.timestamp.body`. It goes to the address of the configuration
alone: no redirect is followed, and a name that leads into a private network is refused unless it may.
"""

import base64
import binascii
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from earwitness.settings.outbound import Endpoint

TIMEOUT_S = 10.0
LONGEST_PROBLEM = 300


def send(endpoint: Endpoint, message: str, body: Mapping[str, Any], now_s: float) -> str:
    """Hand it over once. Returns what went wrong, in words; empty: it was taken.

    `message`: its id, the same at each try. `now_s`: the time, in seconds since the epoch.
    """
    try:
        problem = _post(endpoint, message, body, now_s) if endpoint.is_webhook else _notify(endpoint, body)
    except (OSError, http.client.HTTPException, ValueError) as error:
        problem = str(error) or type(error).__name__
    return problem[:LONGEST_PROBLEM]


def signature(secret: str, message: str, at: int, body: bytes) -> str:
    """The value of `webhook-signature`."""
    mac = hmac.new(_key(secret), f"{message}.{at}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(mac.digest()).decode()}"


def _key(secret: str) -> bytes:
    prefix, mark, rest = secret.partition("whsec_")
    if prefix or not mark:
        return secret.encode()
    try:
        return base64.b64decode(rest, validate=True)
    except binascii.Error as error:
        raise ValueError("the secret is whsec_ and no base64 behind it") from error


def _post(endpoint: Endpoint, message: str, body: Mapping[str, Any], now_s: float) -> str:
    where = urlsplit(endpoint.url)
    host, is_tls = where.hostname or "", where.scheme == "https"
    port = where.port or (443 if is_tls else 80)
    address = reachable(host, port, may_be_private=endpoint.allow_private)
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Earwitness",
        "webhook-id": message,
        "webhook-timestamp": str(int(now_s)),
        "webhook-signature": signature(endpoint.secret, message, int(now_s), content),
    }
    kind = _TlsTo if is_tls else _To
    connection = kind(host, port, address)
    try:
        connection.request(
            "POST", (where.path or "/") + (f"?{where.query}" if where.query else ""), content, headers
        )
        status = connection.getresponse().status
    finally:
        connection.close()
    return "" if 200 <= status < 300 else f"HTTP {status}"


def reachable(host: str, port: int, *, may_be_private: bool) -> str:
    """The address to connect to. Raises `ValueError` where one of the name's addresses lies in no public
    network: what was looked at is what is connected to, so no second answer of the name can differ."""
    found = {info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    addresses = sorted(str(each) for each in found)
    if not may_be_private:
        for address in addresses:
            if not ipaddress.ip_address(address.partition("%")[0]).is_global:
                raise ValueError(f"{host} leads into a private network; allow_private is not set")
    return addresses[0]


class _To(http.client.HTTPConnection):
    """To a host by an address that was looked at before."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=TIMEOUT_S)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), TIMEOUT_S)


class _TlsTo(_To):
    """The same over TLS; the certificate must be the host's."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def _notify(endpoint: Endpoint, body: Mapping[str, Any]) -> str:
    try:
        import apprise
    except ImportError:
        return "telling people needs: pip install 'earwitness[notify]'"
    told = apprise.Apprise()
    if not told.add(endpoint.url):
        return "Apprise does not know such an address"
    title, text = in_words(body)
    return "" if told.notify(title=title, body=text) else "it was not taken"


def in_words(body: Mapping[str, Any]) -> tuple[str, str]:
    """A title and a text for people."""
    data = body["data"]
    if body["type"] == "alert":
        title = f"Earwitness: {data['rule']} {data['state']}" + (
            f" on {data['about']}" if data["about"] else ""
        )
        lines = [data["message"], f"since {data['began_at']}", *map(str, data["evidence"])]
    else:
        title = f"Earwitness: {body['type']}"
        lines = [f"{name}: {value}" for name, value in data.items()]
    return title, "\n".join(lines)
