"""The keys of a data folder: one for each leg and each conversation, wrapped, each in a file of its own.

A leg is sealed before anybody knows which conversation it will belong to, so its journal has its own key;
the files made of a conversation have another. They lie in `keys/`, apart from what they open: a copy of
journals and files without that folder opens nothing, and with a key its data is destroyed wherever it is.
"""

import fcntl
import hashlib
import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from earwitness.clock import uuid7
from earwitness.errors import Damaged, Denied, EarwitnessError, NotFound, SettingsError
from earwitness.journal.seal import unlock
from earwitness.privacy.providers import FIND, MAKE, Provider, provider_of
from earwitness.privacy.text_cipher import TextCipher
from earwitness.settings import Settings
from earwitness.store.folder import FolderObjects

_ID_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32
_RING = "ring"
_CATALOG = "catalog"  # owner of the key of the catalog's texts


class _Stored(msgspec.Struct, frozen=True):
    """A wrapped key as it lies in its file."""

    ring: str  # which ring key wrapped it; of a ring key itself: empty
    wrapped: bytes


class Key:
    """One key in the open. Seals blocks of a journal (`seal.LegKey`) and chunks of files."""

    __slots__ = ("_cipher", "_secret", "_vault", "id", "owner")

    def __init__(self, vault: "Vault", owner: str, key_id: bytes, secret: bytes) -> None:
        self.owner = owner
        self.id = key_id
        self._secret = secret
        self._vault = vault
        self._cipher = AESGCM(secret)

    def keep(self) -> None:
        try:
            self._vault.put(self.owner, self.id, self._secret)
        except EarwitnessError as error:
            raise OSError(f"the key cannot be kept: {error}") from error

    def seal(self, nonce: bytes, payload: bytes, place: bytes) -> bytes:
        return self._cipher.encrypt(nonce, payload, place)

    def open(self, nonce: bytes, stored: bytes, place: bytes) -> bytes | None:
        try:
            return self._cipher.decrypt(nonce, stored, place)
        except InvalidTag:
            return None


class Vault:
    """Makes, finds, rewraps and destroys keys. Safe to use from several threads and processes."""

    def __init__(self, folder: Path, provider: Provider, olds: tuple[Provider, ...] = ()) -> None:
        self._folder = folder
        self._files = FolderObjects(folder)
        self._provider = provider
        self._olds = olds
        self._rings: dict[str, bytes] = {}
        if not self._ring_names():
            self._make_ring()
        self._ring(self._ring_names()[-1])  # a wrong master key is told now, not when it is too late

    # -- as the journal knows it ------------------------------------------------------------------

    def new(self, leg: str) -> Key:
        """A fresh key; `keep` makes it durable."""
        return Key(self, leg, secrets.token_bytes(_ID_BYTES), secrets.token_bytes(_KEY_BYTES))

    def find(self, leg: str, key_id: bytes) -> Key | None:
        """The key of this owner with this id; None where it is not here, is damaged, or does not unwrap."""
        try:
            stored = self._read(f"{_place(leg)}/{key_id.hex()}")
            secret = _unwrap(self._ring(stored.ring), stored.wrapped, _name(leg, key_id))
        except (NotFound, Denied, Damaged, InvalidTag):
            return None
        return Key(self, leg, key_id, secret)

    # -- keys of conversations --------------------------------------------------------------------

    def key_of(self, owner: str) -> Key:
        """The key of this owner, made and durable if there was none."""
        if key := self._first_of(owner):
            return key
        with self._turn():
            if key := self._first_of(owner):
                return key  # somebody else was faster
            key = self.new(owner)
            self._put(owner, key.id, key._secret)
        return key

    def put(self, owner: str, key_id: bytes, secret: bytes) -> None:
        """Keep a key, wrapped by the newest ring key."""
        with self._turn():
            self._put(owner, key_id, secret)

    def _first_of(self, owner: str) -> Key | None:
        names = (info.path.rpartition("/")[2] for info in self._files.list(_place(owner)))
        return next((key for name in names if (key := self.find(owner, bytes.fromhex(name)))), None)

    def _put(self, owner: str, key_id: bytes, secret: bytes) -> None:
        ring = self._ring_names()[-1]
        wrapped = _wrap(self._ring(ring), secret, _name(owner, key_id))
        self._write(f"{_place(owner)}/{key_id.hex()}", _Stored(ring, wrapped))

    def destroy(self, owner: str, *, but: Collection[str] = ()) -> list[str]:
        """No key of this owner is here afterwards, but for these ids; the ids of those that were."""
        with self._turn():
            self._files.abandon(_place(owner))  # nobody else writes keys in our turn
            paths = [info.path for info in self._files.list(_place(owner))]
            paths = [path for path in paths if path.rpartition("/")[2] not in but]
            for path in paths:
                self._files.delete(path)
        return [path.rpartition("/")[2] for path in paths]

    def text_cipher(self) -> TextCipher:
        """What seals the catalog's texts."""
        return TextCipher(self.key_of(_CATALOG)._secret)

    def make_way(self, folder: Path) -> None:
        """For the keys of a backup, which lie in this folder: the catalog's, here, goes if theirs has one.

        Raises `Denied` where our master key is not theirs. Nothing may be sealed in our catalog yet.
        """
        Vault(folder, self._provider, self._olds)
        theirs = [info.path.rpartition("/")[2] for info in FolderObjects(folder).list(_place(_CATALOG))]
        if theirs:
            self.destroy(_CATALOG, but=theirs)

    # -- rotation ---------------------------------------------------------------------------------

    def rotate(self) -> int:
        """A new ring key under the present master key; all keys are wrapped anew. How many were.

        What is encrypted stays as it is. Killed on the way and run again, it comes to the same.
        """
        with self._turn():
            newest = self._make_ring()
            count = 0
            for info in list(self._files.list()):
                if info.path.startswith(f"{_RING}/"):
                    continue
                _, owner, key_id = info.path.split("/")
                stored, name = self._read(info.path), _name(owner, bytes.fromhex(key_id))
                secret = _unwrap(self._ring(stored.ring), stored.wrapped, name)
                self._write(info.path, _Stored(newest, _wrap(self._ring(newest), secret, name)))
                count += 1
            for old in self._ring_names()[:-1]:
                self._files.delete(f"{_RING}/{old}")
                self._rings.pop(old, None)
        return count

    def count(self) -> int:
        """How many keys there are."""
        return sum(1 for info in self._files.list() if not info.path.startswith(f"{_RING}/"))

    # -- the ring ---------------------------------------------------------------------------------

    def _ring_names(self) -> list[str]:
        return [info.path.rpartition("/")[2] for info in self._files.list(_RING)]

    def _make_ring(self) -> str:
        name, secret = str(uuid7()), secrets.token_bytes(_KEY_BYTES)
        self._write(f"{_RING}/{name}", _Stored("", self._provider.wrap(secret)))
        self._rings[name] = secret
        return name

    def _ring(self, name: str) -> bytes:
        if name not in self._rings:
            wrapped = self._read(f"{_RING}/{name}").wrapped
            self._rings[name] = self._unwrapped(wrapped)
        return self._rings[name]

    def _unwrapped(self, wrapped: bytes) -> bytes:
        *others, last = self._provider, *self._olds
        for provider in others:
            with suppress(Denied):
                return provider.unwrap(wrapped)
        return last.unwrap(wrapped)

    def _read(self, path: str) -> _Stored:
        try:
            return msgspec.json.decode(b"".join(self._files.open(path)), type=_Stored)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise Damaged(
                f"the key file {self._folder / path} is damaged",
                hint="Bring it back from a backup (`earwitness backup` takes keys along): what it opens is "
                "lost without it. Then start again.",
            ) from error

    def _write(self, path: str, stored: _Stored) -> None:
        self._files.put(path, [msgspec.json.encode(stored)], replace=True)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """One at a time, in all processes: no key is wrapped by a ring key that goes at this moment."""
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def open_vault(settings: Settings) -> Vault | None:
    """The keys these settings speak of, and from now on those of the folder's journals; None: not encrypted.

    Raises `SettingsError`, or `Denied` for a master key that is not the folder's.
    """
    if not settings.encryption.key:
        return None
    folder, encryption = settings.data_path / "keys", settings.encryption
    advice = FIND if has_keys(folder) else MAKE
    olds = tuple(provider_of(old, advice=advice) for old in encryption.old_keys)
    vault = Vault(folder, provider_of(encryption.key, advice=advice), olds)
    unlock(settings.data_path / "journal", vault)
    return vault


def has_keys(folder: Path) -> bool:
    """Does this folder of keys, or of a backup's, belong to what is encrypted?"""
    return (folder / _RING).is_dir()


def is_locked(settings: Settings) -> bool:
    """Is the folder encrypted, and its key not set? Then it is checked and shipped, and nothing is read."""
    return not settings.encryption.key and has_keys(settings.data_path / "keys")


def refuse_locked(settings: Settings) -> None:
    """Raises `SettingsError` where nothing could be read: rows made of that would be empty."""
    if is_locked(settings):
        raise SettingsError(
            f"{settings.data_path} is encrypted and encryption.key is not set",
            hint="Set it, or EARWITNESS_ENCRYPTION__KEY, to where the master key lies, e.g. file:/path.",
        )


def scratch_of(settings: Settings) -> Path:
    """Where files may lie in the open while they are made: in memory, where all else is encrypted.

    Raises `SettingsError` where there is no such place.
    """
    if not settings.encryption.key:
        return settings.data_path / "scratch"
    root = Path(settings.encryption.scratch)
    if not root.is_dir():
        raise SettingsError(
            f"encryption.scratch: {root} is no folder",
            hint="Name one that lies in memory (tmpfs); files stand there in the open while they are made.",
        )
    mark = hashlib.sha256(os.fsencode(settings.data_path.resolve())).hexdigest()[:12]
    return root / f"earwitness-{os.getuid()}-{mark}"


def _place(owner: str) -> str:
    return f"{owner[-2:].replace('-', '_')}/{owner}"


def _name(owner: str, key_id: bytes) -> bytes:
    return f"{owner}/{key_id.hex()}".encode()


def _wrap(ring: bytes, secret: bytes, name: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(ring).encrypt(nonce, secret, name)


def _unwrap(ring: bytes, wrapped: bytes, name: bytes) -> bytes:
    return AESGCM(ring).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], name)
