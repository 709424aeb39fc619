"""Objects in an S3 bucket. What was put is read back and compared before it counts as put.

Several servers that speak S3 answer 200 and keep something else, or less. Only bytes that came back are
known to be there, so a local copy may go after that and not before.
"""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from earwitness.errors import NotFound, SettingsError, StorageUnavailable
from earwitness.settings import ObjectStore
from earwitness.store.objects import ObjectInfo, already_there, checked, gives_back, media_type, not_there
from earwitness.store.s3_lock import Locks

if TYPE_CHECKING:
    from obstore.store import S3Store

IN_MEMORY_BYTES = 8 << 20  # longer ones wait on disk until the bucket has them
PART_BYTES = 8 << 20  # of a multipart upload
PIECE_BYTES = 1 << 20
ATTEMPTS = 3  # at bytes that come back different; a server that is away is the caller's to wait for
_CODE = re.compile(r"<Code>(\w{1,64})</Code>")  # of S3's own for an error
_RETRY = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=5),
        "base": 2,
    },
}


def bucket_and_prefix(url: str) -> tuple[str, str]:
    """`s3://bucket/prefix` in its two parts. Raises `SettingsError` for anything else."""
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or parts.query or parts.fragment or "@" in parts.netloc:
        raise SettingsError(
            f"object_store_url: cannot use {url.partition(':')[0]!r}",
            hint="Leave it empty for a folder in data_dir, or give s3://bucket/prefix.",
        )
    return parts.netloc, parts.path.strip("/")


class S3Objects:
    """Objects in one bucket below a prefix. Blocks; for threads.

    Credentials come as AWS's own tools take them: `AWS_ACCESS_KEY_ID` and the like, or the role of the
    machine; region and address by `AWS_REGION` and `AWS_ENDPOINT_URL`.
    """

    def __init__(self, url: str, settings: ObjectStore, scratch: Path) -> None:
        self.bucket, self.prefix = bucket_and_prefix(url)
        self._scratch = scratch
        self._store = _connect(self.bucket, self.prefix, settings)
        self._locks: Locks | None = None
        if settings.lock_days:
            self._locks = Locks(self.bucket, settings.lock_days, settings.lock_mode)

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        """As `Objects.put`; the bytes were read back, and are the same."""
        checked(path)
        if not replace and self.exists(path):
            raise already_there(path)
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(self._scratch)) as file:
            for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
            info = ObjectInfo(path=path, byte_count=file.tell(), sha256=digest.hexdigest())
            for attempt in range(ATTEMPTS):
                file.seek(0)
                self._send(info, file, is_new=not replace and attempt == 0)
                if self.holds(info):
                    self._lock(path)
                    return info
        raise StorageUnavailable(
            f"{path}: the bucket gives back other bytes than it was given",
            hint="Do not trust this store; the local copy is kept.",
            path=path,
        )

    def holds(self, info: ObjectInfo) -> bool:
        return gives_back(self, info)

    def open(self, path: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        size = self.info(path).byte_count
        start, end = max(start, 0), size if end is None else min(end, size)
        return self._pieces(path, start, end) if start < end else iter(())

    def _pieces(self, path: str, start: int, end: int) -> Iterator[bytes]:
        import obstore

        with _ours(path):
            for piece in obstore.get(self._store, path, options={"range": (start, end)}).stream(PIECE_BYTES):
                yield bytes(piece)

    def info(self, path: str) -> ObjectInfo:
        import obstore

        with _ours(checked(path)):
            return ObjectInfo(path=path, byte_count=obstore.head(self._store, path)["size"])

    def exists(self, path: str) -> bool:
        try:
            self.info(path)
        except NotFound:
            return False
        return True

    def abandon(self, folder: str) -> None:
        checked(folder)  # what is not whole is no object; the bucket's lifecycle sees to its parts

    def place(self, path: str) -> Path | None:
        checked(path)
        return None

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        import obstore

        below = checked(prefix) if prefix else None
        with _ours(prefix):
            for page in obstore.list(self._store, below):
                for entry in page:  # sorted by S3 itself
                    yield ObjectInfo(path=entry["path"], byte_count=entry["size"])

    def delete(self, path: str) -> bool:
        import obstore

        was_there = self.exists(path)
        with _ours(path):
            obstore.delete(self._store, path)
        return was_there

    def _send(self, info: ObjectInfo, file: IO[bytes], *, is_new: bool) -> None:
        import obstore

        is_large = info.byte_count > PART_BYTES
        attributes = {
            "Content-Type": media_type(info.path),
            "Content-Disposition": "attachment",  # by a direct link it is a file, never a page
            "sha256": info.sha256,
        }
        with _ours(info.path):
            obstore.put(
                self._store,
                info.path,
                file if is_large else file.read(),
                attributes=attributes,
                chunk_size=PART_BYTES,
                use_multipart=is_large,
                mode="create" if is_new and not is_large else "overwrite",
            )

    def _lock(self, path: str) -> None:
        if self._locks:
            self._locks.lock(f"{self.prefix}/{path}" if self.prefix else path)


def _connect(bucket: str, prefix: str, settings: ObjectStore) -> "S3Store":
    try:
        from obstore.store import S3Store
    except ImportError as error:
        raise SettingsError(
            "object_store_url: S3 needs the package obstore", hint="pip install 'earwitness[s3]'"
        ) from error
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or ""
    config: dict[str, Any] = {"checksum_algorithm": "sha256"}
    if settings.encryption:
        config["server_side_encryption"] = settings.encryption
    if settings.kms_key:
        config |= {"server_side_encryption": "aws:kms", "sse_kms_key_id": settings.kms_key}
    if endpoint:
        config["endpoint"] = endpoint
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,  # type: ignore[arg-type]
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "timeout": timedelta(seconds=60),
            "connect_timeout": timedelta(seconds=5),
        },
        retry_config=_RETRY,  # type: ignore[arg-type]
    )


class _ours:
    """The store's errors become ours."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        if isinstance(error, Exception):
            ours = _error(self._path, error)
            if ours is not None:
                raise ours from error


def _error(path: str, error: Exception) -> Exception | None:
    from obstore import exceptions

    said = str(error).partition("\n\nDebug source")[0].partition("<?xml")[0].strip()
    if isinstance(error, FileNotFoundError | exceptions.NotFoundError):
        if "NoSuchBucket" in str(error):
            return StorageUnavailable("there is no such bucket", hint="Create it, or set object_store_url.")
        return not_there(path)
    if isinstance(error, exceptions.AlreadyExistsError | exceptions.PreconditionError):
        return already_there(path)
    if isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError):
        code = _CODE.search(str(error))  # not with every answer
        return StorageUnavailable(
            f"{path}: the bucket does not let us{f' ({code[1]})' if code else ''}",
            hint="Are the credentials the right ones, and what do the bucket's policies say? "
            "deploy/aws/policy.json has the rights it takes, `earwitness doctor` tries them.",
        )
    if isinstance(error, exceptions.BaseError | OSError):
        return StorageUnavailable(f"{path}: {said}", hint="Is the object store up? It is tried again.")
    return None
