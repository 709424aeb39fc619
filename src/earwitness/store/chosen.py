"""Which object store the settings name."""

from pathlib import Path

from msgspec.structs import replace

from earwitness.settings import ObjectStore, Settings
from earwitness.store.folder import FolderObjects
from earwitness.store.objects import Objects


def open_objects(settings: Settings) -> Objects:
    """The object store that is set: the bucket of `object_store_url`, or a folder in the data folder."""
    if not settings.object_store_url:
        return FolderObjects(settings.data_path / "objects")
    return _bucket(settings.object_store_url, settings, settings.object_store)


def objects_at(url: str, settings: Settings) -> Objects:
    """Another one: a bucket, or a folder. Nothing in it is locked, so that what is erased can go."""
    if url.startswith("s3://"):
        return _bucket(url, settings, replace(settings.object_store, lock_days=0))
    return FolderObjects(Path(url))


def _bucket(url: str, settings: Settings, how: ObjectStore) -> Objects:
    from earwitness.store.s3 import S3Objects

    return S3Objects(url, how, settings.data_path / "spool")
