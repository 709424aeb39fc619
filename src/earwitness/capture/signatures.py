"""Who signed a webhook: each provider's own proof over the bytes as they came, compared in constant time.

Headers are given with their names in lower case. Nothing is believed that no secret is set for.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, parse_qsl, urlsplit

from earwitness.errors import SettingsError

OPENAI_WINDOW_S = 300  # both ways, as the provider's library has it
ELEVENLABS_AGE_S = 1800  # as the provider's library has it, which takes any time of the future
HUME_WINDOW_S = 180
_LONGEST_TIME = 15  # digits
_DEFAULT_PORTS = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_FORM = "application/x-www-form-urlencoded"

Headers = Mapping[str, str]


class Proof(Protocol):
    """Takes the body in pieces, and then says whether its sender knew the secret.

    Where `is_possible` is False no body can make it hold: it need not be read.
    """

    @property
    def is_possible(self) -> bool: ...

    def update(self, piece: bytes) -> None: ...

    def holds(self) -> bool: ...


class HmacProof:
    """HMAC-SHA-256 of prefix, body and suffix is one of these digests."""

    is_possible = True

    def __init__(self, key: bytes, prefix: bytes, suffix: bytes, claimed: list[bytes]) -> None:
        self._mac = hmac.new(key, prefix, hashlib.sha256)
        self._suffix = suffix
        self._claimed = claimed

    def update(self, piece: bytes) -> None:
        self._mac.update(piece)

    def holds(self) -> bool:
        mac = self._mac.copy()
        mac.update(self._suffix)
        return _is_one_of(mac.digest(), self._claimed)


class NoProof:
    """There is nothing that could hold: no secret, no signature, or one of another time."""

    is_possible = False

    def update(self, piece: bytes) -> None:
        pass

    def holds(self) -> bool:
        return False


def openai(secret: str, headers: Headers, now_s: float) -> Proof:
    """`id.timestamp.body`; any of the `v1` signatures in the header (Standard Webhooks)."""
    delivery, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not secret or not delivery or not _is_near(at, now_s, OPENAI_WINDOW_S, OPENAI_WINDOW_S):
        return NoProof()
    versions = (part.partition(",") for part in headers.get("webhook-signature", "").split())
    claimed = [_from_base64(value) for version, _, value in versions if version == "v1"]
    return HmacProof(_openai_key(secret), f"{delivery}.{at}.".encode(), b"", claimed)


def elevenlabs(secret: str, headers: Headers, now_s: float) -> Proof:
    """`t.body`, in `ElevenLabs-Signature: t=<seconds>,v0=<hex>`."""
    parts = [part.strip().partition("=") for part in headers.get("elevenlabs-signature", "").split(",")]
    at = next((value for name, _, value in parts if name == "t"), "")
    if not secret or not _is_near(at, now_s, ELEVENLABS_AGE_S, None):
        return NoProof()
    claimed = [_from_hex(value) for name, _, value in parts if name == "v0"]
    return HmacProof(secret.encode(), f"{at}.".encode(), b"", claimed)


def hume(secret: str, headers: Headers, now_s: float) -> Proof:
    """`body.timestamp`: the body comes first."""
    at = headers.get("x-hume-ai-webhook-timestamp", "")
    if not secret or not _is_near(at, now_s, HUME_WINDOW_S, HUME_WINDOW_S):
        return NoProof()
    claimed = [_from_hex(headers.get("x-hume-ai-webhook-signature", ""))]
    return HmacProof(secret.encode(), b"", f".{at}".encode(), claimed)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioSecrets:
    """The account's token, for HMAC-SHA-1; a shared key, for HMAC-SHA-256. Either may be empty."""

    auth_token: str = ""
    shared_key: str = ""


class TwilioProof:
    """The public address, and after it names and values of the form, sorted, repetitions once.

    A body that is no form is signed by its hash in the address (`bodySHA256`); without that it is refused.
    A handshake has no body: its address alone is signed. Twilio may or may not write the port.
    """

    def __init__(self, secrets: TwilioSecrets, headers: Headers, url: str) -> None:
        self._key, self._digest = _twilio_key(secrets, headers)
        self._claimed = [_from_base64(headers.get("x-twilio-signature", ""))]
        self.is_possible = bool(self._key and self._claimed[0])
        self._is_form = is_form(headers)
        self._url = url
        self._body = bytearray()

    def update(self, piece: bytes) -> None:
        self._body += piece

    def holds(self) -> bool:
        text = self._signed()
        if text is None or not self._key:
            return False
        macs = [
            hmac.new(self._key, f"{url}{text}".encode(), self._digest).digest()
            for url in _spellings(self._url)
        ]
        return any(_is_one_of(mac, self._claimed) for mac in macs)

    def _signed(self) -> str | None:
        """What stands behind the address; None where the signature says nothing of the body."""
        body = bytes(self._body)
        if not body:
            return ""
        if self._is_form:
            try:
                pairs = set(form_of(body))
            except ValueError:
                return None
            return "".join(name + value for name, value in sorted(pairs))
        told = parse_qs(urlsplit(self._url).query).get("bodySHA256", [""])[0]
        is_told = _is_one_of(hashlib.sha256(body).digest(), [_from_hex(told)])
        return "" if is_told else None


def is_signed_handshake(secrets: TwilioSecrets, headers: Headers, url: str) -> bool:
    """Did Twilio sign a WebSocket handshake with this public address?"""
    return TwilioProof(secrets, headers, url).holds()


def is_form(headers: Headers) -> bool:
    """Is the body a posted form?"""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM


def form_of(body: bytes) -> list[tuple[str, str]]:
    """Names and values of a posted form, in their order. Raises `ValueError` for what is none."""
    return parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=1000)


def _twilio_key(secrets: TwilioSecrets, headers: Headers) -> tuple[bytes, str]:
    settings = headers.get("x-twilio-webhooks-signature-settings")
    if settings is None:
        return secrets.auth_token.encode(), "sha1"
    parts = dict(part.strip().partition("=")[::2] for part in settings.split(","))
    is_known = parts.get("algorithm", "").upper() == "HMAC_SHA256"
    return (secrets.shared_key.encode() if is_known else b""), "sha256"


def _spellings(url: str) -> Iterator[str]:
    """The address as it is, with its port and without."""
    yield url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return
    user, at, host = parts.netloc.rpartition("@")
    bare = host if port is None else host[: host.rindex(":")]
    yield parts._replace(netloc=f"{user}{at}{bare}").geturl()
    yield parts._replace(netloc=f"{user}{at}{bare}:{port or _DEFAULT_PORTS.get(parts.scheme, 443)}").geturl()


def _is_near(at: str, now_s: float, oldest_s: int, newest_s: int | None) -> bool:
    if not (at.isascii() and at.isdigit() and len(at) <= _LONGEST_TIME):
        return False
    age_s = now_s - int(at)
    return age_s <= oldest_s and (newest_s is None or age_s >= -newest_s)


def _openai_key(secret: str) -> bytes:
    prefix, mark, rest = secret.partition("whsec_")
    if prefix or not mark:
        return secret.encode()
    try:
        return base64.b64decode(rest, validate=True)
    except binascii.Error as error:
        raise SettingsError(
            "webhooks.openai.secret is no signing secret", hint="Copy it whole, from whsec_ on."
        ) from error


def _is_one_of(digest: bytes, claimed: list[bytes]) -> bool:
    return any(hmac.compare_digest(digest, other) for other in claimed)


def _from_base64(text: str) -> bytes:
    """Empty for what is none; an empty digest fits no other."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
