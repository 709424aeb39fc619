"""R36: an erasure that meets work on the same call, at every moment there is; nothing of it is left."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from earwitness.errors import EarwitnessError
from earwitness.library import Library
from earwitness.pipeline.ship import Shipping
from earwitness.settings import ObjectStore, Settings
from earwitness.store.folder import FolderObjects
from earwitness.store.objects import ObjectInfo
from journal_legs import Legs
from privacy_vaults import encrypted
from s3_server import moto
from shipped import Killed
from taps import stored_bytes

CANARY = "canaryword"


class Meeting(FolderObjects):
    """At the `at`th put somebody erases: before the bytes are stored, or after; then we may be killed."""

    def __init__(self, root: Path, meet: Callable[[], None], *, at: int, after: bool, killed: bool) -> None:
        super().__init__(root)
        self._meet, self._left, self._after, self._killed = meet, at, after, killed

    def put(self, path: str, chunks: Iterable[bytes], *, replace: bool = False) -> ObjectInfo:
        is_now = self._left == 0 and path.startswith("conversations/")
        self._left -= path.startswith("conversations/")
        if is_now and not self._after:
            self._meet()
        told = super().put(path, chunks, replace=replace)
        if is_now and self._after:
            self._meet()
        if is_now and self._killed:
            raise Killed
        return told


def a_call(folder: Path) -> None:
    with Legs(folder) as legs:
        leg = legs.open(subject="RID-gone")
        leg.user(50, "u", f"the {CANARY} of my sister")
        leg.end(900)


def erase(folder: Path) -> None:
    """As another process would."""
    other = Library(Settings(data_dir=str(folder)))
    other.objects = FolderObjects(folder / "objects")
    assert [erasure.state for erasure in other.erase_subject("RID-gone")] == ["done"]
    other.catalog.close()


def nothing_is_left(folder: Path) -> None:
    again = Library(Settings(data_dir=str(folder)))
    again.sweep()
    assert list(again.conversations()) == []
    assert [info.path for info in again.objects.list("conversations")] == []
    assert [info.path for info in FolderObjects(folder / "objects").list("conversations")] == []
    again.reindex()
    assert list(again.conversations()) == []
    again.catalog.close()
    assert CANARY.encode() not in stored_bytes(folder)
    assert b"RID-gone" not in stored_bytes(folder)


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "killed"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_r36_a_journal_on_its_way_to_the_store_is_erased_with_the_rest(
    tmp_path: Path, after: bool, killed: bool
) -> None:
    a_call(tmp_path)
    library = Library(Settings(data_dir=str(tmp_path)))
    library.catch_up()
    store = Meeting(tmp_path / "objects", lambda: erase(tmp_path), at=0, after=after, killed=killed)
    shipping = Shipping(library.catalog, store, library.journal_root, keep_local=timedelta())
    [call] = library.conversations()
    with suppress(EarwitnessError, Killed):
        shipping.ship("default", call.id)
    with suppress(EarwitnessError):
        shipping.ship("default", call.id)
    library.catalog.close()
    nothing_is_left(tmp_path)


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "killed"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [0, 4])
def test_r36_files_that_are_being_made_are_erased_with_the_rest(
    tmp_path: Path, at: int, after: bool, killed: bool
) -> None:
    a_call(tmp_path)
    library = Library(Settings(data_dir=str(tmp_path)))
    library.follower().tick()
    [call] = library.conversations()
    library.objects = Meeting(
        tmp_path / "objects", lambda: erase(tmp_path), at=at, after=after, killed=killed
    )
    with suppress(EarwitnessError, Killed):
        library.finish("default", call.id)
    library.catalog.close()
    nothing_is_left(tmp_path)


def test_r36_what_a_bucket_keeps_under_lock_cannot_be_read_after_an_erasure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can delete it there before its day; its key is gone."""
    with moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        bucket = server.bucket(ObjectLockEnabledForBucket=True)
        a_call(tmp_path / "data")
        settings = Settings(
            data_dir=str(tmp_path / "data"),
            object_store_url=f"s3://{bucket}",
            object_store=ObjectStore(lock_days=30, keep_local_hours=0),
            encryption=encrypted(tmp_path).encryption,
        )
        library = Library(settings)
        library.catch_up()
        assert library.shipping
        for _ in range(2):
            for workspace, conversation in library.shipping.due():
                library.shipping.ship(workspace, conversation)
        client = server.client()
        locked = [
            (version["Key"], version["VersionId"])
            for version in client.list_object_versions(Bucket=bucket)["Versions"]
            if version["Key"].startswith("conversations/")
        ]
        assert any("/journal/" in key for key, _ in locked)
        [call] = library.conversations()
        assert library.erase(call.id).state == "done"
        for key, version in locked:
            with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
                client.delete_object(Bucket=bucket, Key=key, VersionId=version)
            data = client.get_object(Bucket=bucket, Key=key, VersionId=version)["Body"].read()
            assert CANARY.encode() not in data
        keys = [path.name for path in (tmp_path / "data" / "keys").rglob("*") if call.id in str(path)]
        assert keys == []
        library.reindex()
        assert list(library.conversations()) == []
        library.catalog.close()
