"""Seals the texts of the catalog: AES-256-GCM for words, AES-SIV (RFC 5297) for names, HMAC for the index."""

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

_SEALED, _NAMED = "ew1:", "ew2:"
_NONCE_BYTES, _MARK_BYTES = 12, 8


class TextCipher:
    """The `store.secrecy.Cipher` of one secret of 32 bytes."""

    def __init__(self, secret: bytes) -> None:
        def derived(purpose: bytes) -> bytes:
            return hmac.new(secret, b"earwitness catalog " + purpose, hashlib.sha512).digest()

        self._words = AESGCM(derived(b"words")[:32])
        self._names = AESSIV(derived(b"names"))
        self._marks = derived(b"marks")

    def seal(self, text: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._words.encrypt(nonce, _bytes(text), None)
        return _SEALED + base64.b64encode(sealed).decode()

    def seal_name(self, text: str) -> str:
        return _NAMED + base64.b64encode(self._names.encrypt(_bytes(text), None)).decode()

    def open(self, sealed: str) -> str:
        kind, rest = sealed[:4], sealed[4:]
        try:
            raw = base64.b64decode(rest) if kind in (_SEALED, _NAMED) else b""
            if kind == _SEALED:
                return self._words.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], None).decode()
            if kind == _NAMED:
                return self._names.decrypt(raw, None).decode()
        except (InvalidTag, ValueError):  # it only looks like one of ours
            return sealed
        return sealed

    def mark(self, word: str) -> str:
        return hmac.new(self._marks, _bytes(word), hashlib.sha256).digest()[:_MARK_BYTES].hex()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
