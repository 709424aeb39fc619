"""Where the master key lies: a file, an environment variable, or AWS KMS. A new place is one small class.

A provider never sees what is encrypted. It wraps the ring key of the installation, which wraps all others:
so it is asked at a start and at a rotation, and not while calls run.
"""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from earwitness.errors import Conflict, Denied, SettingsError, StorageUnavailable

_CONTEXT = b"earwitness ring"
_HINT_BYTES, _NONCE_BYTES, _KEY_BYTES = 8, 12, 32
MAKE = "Make one: earwitness encryption key FILE"
FIND = "Find the master key this data folder was encrypted with: without it its recordings stay locked."


class Provider(Protocol):
    """Wraps and unwraps 32 bytes."""

    def wrap(self, secret: bytes) -> bytes:
        """What only this provider turns back into the secret. Raises `StorageUnavailable`."""

    def unwrap(self, wrapped: bytes) -> bytes:
        """The secret. Raises `Denied` where another key wrapped it, `StorageUnavailable`."""


class Masters:
    """Master keys in hand: the first wraps, all unwrap, so that an old one stays of use until a rotation."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {_hint(key): AESGCM(key) for key in reversed(keys)}
        self._first = _hint(keys[0])

    def wrap(self, secret: bytes) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self._first + nonce + self._keys[self._first].encrypt(nonce, secret, _CONTEXT)

    def unwrap(self, wrapped: bytes) -> bytes:
        hint, rest = wrapped[:_HINT_BYTES], wrapped[_HINT_BYTES:]
        try:
            return self._keys[hint].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _CONTEXT)
        except (KeyError, InvalidTag) as error:
            raise Denied(
                "the master key is not the one this data folder was encrypted with",
                hint="Give the right one, or the old one on a further line until `encryption rotate`.",
            ) from error


class AwsKms:
    """A key in AWS KMS, by its id, ARN or alias; it never leaves there."""

    def __init__(self, key: str) -> None:
        try:
            import boto3
        except ImportError as error:
            raise SettingsError(
                "encryption.key: AWS KMS needs the package boto3", hint="pip install 'earwitness[aws]'"
            ) from error
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        self._key = key
        self._client: Any = boto3.client(
            "kms", region_name=region, endpoint_url=os.environ.get("AWS_ENDPOINT_URL")
        )

    def wrap(self, secret: bytes) -> bytes:
        answer = self._ask("encrypt", KeyId=self._key, Plaintext=secret)
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, wrapped: bytes) -> bytes:
        return bytes(self._ask("decrypt", KeyId=self._key, CiphertextBlob=wrapped)["Plaintext"])

    def _ask(self, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, operation)(EncryptionContext={"for": "earwitness"}, **arguments)
        except ClientError as error:
            raise Denied(
                f"AWS KMS refuses: {error.response['Error']['Code']}",
                hint="May this role use the key, and is it the one the data folder was encrypted with?",
            ) from error
        except BotoCoreError as error:
            raise StorageUnavailable(f"AWS KMS does not answer: {error}", hint="Try again.") from error


def provider_of(where: str, *, advice: str = MAKE) -> Provider:
    """`file:PATH`, `env:NAME`, `aws-kms:KEY`.

    Raises `SettingsError` for anything else, and with this advice where no key is.
    """
    kind, _, name = where.partition(":")
    if kind == "file" and name:
        try:
            return Masters(_read(Path(name).read_text("ascii"), where, advice))
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"encryption.key: {name} cannot be read", hint=advice) from error
    if kind == "env" and name:
        return Masters(_read(os.environ.get(name, ""), where, advice))
    if kind == "aws-kms" and name:
        return AwsKms(name)
    raise SettingsError(
        f"encryption.key: {kind!r} is no place for a key",
        hint="file:/path/to/key, env:NAME or aws-kms:ARN",
    )


def make_key(file: Path) -> str:
    """A new master key in a new file, for its owner alone; how `encryption.key` names it.

    Raises `Conflict` where there is a file already, `StorageUnavailable`.
    """
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as made:
            made.write(secrets.token_hex(_KEY_BYTES) + "\n")
            made.flush()
            os.fsync(made.fileno())
    except FileExistsError as error:
        raise Conflict(f"{file} is there already", hint="Keep it: it may open recordings.") from error
    except OSError as error:
        raise StorageUnavailable(
            f"{file}: {error.strerror}", hint="Name a folder that may be written."
        ) from error
    return f"file:{file.absolute()}"


def _read(text: str, where: str, advice: str) -> list[bytes]:
    """Keys of 32 bytes, in hex or base64, separated by anything blank."""
    keys = []
    for word in text.split():
        try:
            key = (
                bytes.fromhex(word) if len(word) == 2 * _KEY_BYTES else base64.b64decode(word, validate=True)
            )
        except (ValueError, binascii.Error):
            key = b""
        if len(key) != _KEY_BYTES:
            raise SettingsError(f"encryption.key: {where} holds no key of 32 bytes", hint=advice)
        keys.append(key)
    if not keys:
        raise SettingsError(f"encryption.key: {where} is empty", hint=advice)
    return keys


def _hint(key: bytes) -> bytes:
    return hashlib.sha256(b"earwitness master" + key).digest()[:_HINT_BYTES]
