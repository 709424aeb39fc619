"""The bucket: the same contract as the folder, on two servers; and what a bad server cannot do to us."""

import hashlib
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from earwitness.errors import SettingsError, StorageUnavailable
from earwitness.settings import ObjectStore
from earwitness.store.s3 import PART_BYTES, S3Objects, bucket_and_prefix
from objects_suite import BIG, PATH, ObjectsSuite
from s3_server import S3, ceph, moto
from served import free_port

LARGE = os.urandom(PART_BYTES * 2 + 12_345)


@pytest.fixture(scope="module")
def moto_server() -> Iterator[S3]:
    with moto() as server:
        yield server


@pytest.fixture(scope="module")
def ceph_server() -> Iterator[S3]:
    with ceph() as server:
        yield server


@pytest.fixture(params=["moto", "ceph"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> S3:
    found: S3 = request.getfixturevalue(f"{request.param}_server")
    for name, value in found.environment.items():
        monkeypatch.setenv(name, value)
    return found


@pytest.fixture
def objects(server: S3, tmp_path: Path) -> S3Objects:
    return S3Objects(f"s3://{server.bucket()}/some/prefix", ObjectStore(), tmp_path)


class TestS3(ObjectsSuite):
    pass


def test_a_large_object_goes_in_parts_and_comes_back_whole(objects: S3Objects, server: S3) -> None:
    info = objects.put(PATH, iter([LARGE[:100], LARGE[100:]]))
    assert info.sha256 == hashlib.sha256(LARGE).hexdigest()
    assert b"".join(objects.open(PATH)) == LARGE
    assert (
        b"".join(objects.open(PATH, PART_BYTES - 5, PART_BYTES + 5)) == LARGE[PART_BYTES - 5 : PART_BYTES + 5]
    )
    head = server.client().head_object(Bucket=objects.bucket, Key=f"some/prefix/{PATH}")
    assert head["ETag"].strip('"').endswith("-3"), "it went in three parts"


def test_an_object_says_what_it_is_and_is_no_page(objects: S3Objects, server: S3) -> None:
    objects.put(PATH, [b"sound"])
    objects.put("a/unknown.html", [b"<script>"])
    head = server.client().head_object(Bucket=objects.bucket, Key=f"some/prefix/{PATH}")
    assert (head["ContentType"], head["ContentDisposition"]) == ("audio/flac", "attachment")
    assert head["Metadata"]["sha256"] == hashlib.sha256(b"sound").hexdigest()
    page = server.client().head_object(Bucket=objects.bucket, Key="some/prefix/a/unknown.html")
    assert page["ContentType"] == "application/octet-stream"


def test_nothing_is_left_in_the_scratch_folder(objects: S3Objects, tmp_path: Path) -> None:
    objects.put(PATH, [LARGE])
    assert list(tmp_path.iterdir()) == []


def test_encryption_by_kms_is_asked_for_and_confirmed(
    server: S3, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    objects = S3Objects(f"s3://{server.bucket()}", ObjectStore(kms_key="k1"), tmp_path)
    objects.put(PATH, [b"sound"])
    head = server.client().head_object(Bucket=objects.bucket, Key=PATH)
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "k1")
    assert b"".join(objects.open(PATH)) == b"sound"


def test_encryption_by_the_server_is_asked_for(
    moto_server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in moto_server.environment.items():
        monkeypatch.setenv(name, value)
    objects = S3Objects(f"s3://{moto_server.bucket()}", ObjectStore(), tmp_path)
    objects.put(PATH, [BIG])
    head = moto_server.client().head_object(Bucket=objects.bucket, Key=PATH)
    assert head["ServerSideEncryption"] == "AES256"


def test_a_locked_object_cannot_be_deleted_by_anybody(server: S3, tmp_path: Path) -> None:
    bucket = server.bucket(ObjectLockEnabledForBucket=True)
    objects = S3Objects(f"s3://{bucket}", ObjectStore(lock_days=30), tmp_path)
    objects.put(PATH, [b"sound"])
    client = server.client()
    (version,) = client.list_object_versions(Bucket=bucket)["Versions"]
    with pytest.raises(client.exceptions.ClientError, match="AccessDenied"):
        client.delete_object(Bucket=bucket, Key=PATH, VersionId=version["VersionId"])


def test_a_lock_that_the_bucket_does_not_take_is_told(server: S3, tmp_path: Path) -> None:
    objects = S3Objects(f"s3://{server.bucket()}", ObjectStore(lock_days=30), tmp_path)
    with pytest.raises(StorageUnavailable, match="lock"):
        objects.put(PATH, [b"sound"])


def test_a_bucket_that_is_not_there_is_told_with_what_to_do(server: S3, tmp_path: Path) -> None:
    objects = S3Objects("s3://nobody-made-this-bucket", ObjectStore(), tmp_path)
    with pytest.raises(StorageUnavailable, match="no such bucket") as refused:
        objects.put(PATH, [b"x"])
    assert "object_store_url" in refused.value.hint


def test_a_bucket_that_does_not_let_us_is_told_with_what_it_says_itself(
    ceph_server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (ceph_server.environment | {"AWS_SECRET_ACCESS_KEY": "another"}).items():
        monkeypatch.setenv(name, value)
    objects = S3Objects(f"s3://{ceph_server.bucket()}", ObjectStore(), tmp_path)
    with pytest.raises(StorageUnavailable, match=r"does not let us \(SignatureDoesNotMatch\)"):
        objects.put(PATH, [b"x"], replace=True)


def test_a_store_that_is_away_is_told_within_a_moment(
    tmp_path: Path, moto_server: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = {**moto_server.environment, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}"}
    for name, value in away.items():
        monkeypatch.setenv(name, value)
    objects = S3Objects("s3://conversations", ObjectStore(), tmp_path)
    for use in (lambda: objects.info(PATH), lambda: objects.put(PATH, [b"x"]), lambda: list(objects.list())):
        with pytest.raises(StorageUnavailable) as refused:
            use()
        assert away["AWS_SECRET_ACCESS_KEY"] not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["file:///etc", "s3://", "http://bucket", "s3://key:secret@bucket/x", "s3://b?x"]
)
def test_what_is_no_bucket_is_refused_and_no_secret_shown(url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        bucket_and_prefix(url)
    assert "secret" not in str(refused.value)


class _Liar:
    """Between us and a server: changes a byte of what is put, so many times."""

    def __init__(self, behind: str, lies: int) -> None:
        self.left, self._behind = lies, behind.removeprefix("http://").split(":")
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.endpoint = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._run, daemon=True)]
        self._threads[0].start()

    def _run(self) -> None:
        while True:
            try:
                caller, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection((self._behind[0], int(self._behind[1])))
            self._open += [caller, server]
            for one, other, may_lie in ((caller, server, True), (server, caller, False)):
                self._threads.append(threading.Thread(target=self._pump, args=(one, other, may_lie)))
                self._threads[-1].start()

    def _pump(self, one: socket.socket, other: socket.socket, may_lie: bool) -> None:
        while True:
            try:
                data = one.recv(65_536)
                if may_lie and self.left and b"the very words" in data:
                    self.left -= 1
                    data = data.replace(b"the very words", b"the wary words")
                if not data:
                    other.shutdown(socket.SHUT_WR)
                    return
                other.sendall(data)
            except OSError:
                return

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for each in (self._listening, *self._open):
            each.close()


@pytest.mark.parametrize(("lies", "is_kept"), [(1, True), (2, True), (99, False)])
def test_a_store_that_keeps_other_bytes_is_found_out_before_anything_relies_on_it(
    moto_server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lies: int, is_kept: bool
) -> None:
    """F10"""
    liar = _Liar(moto_server.endpoint, lies)
    for name, value in {**moto_server.environment, "AWS_ENDPOINT_URL": liar.endpoint}.items():
        monkeypatch.setenv(name, value)
    objects = S3Objects(f"s3://{moto_server.bucket()}", ObjectStore(), tmp_path)

    def put() -> Any:
        return objects.put(PATH, [b"these are the very words"])

    if is_kept:
        put()
        assert b"".join(objects.open(PATH)) == b"these are the very words"
    else:
        with pytest.raises(StorageUnavailable, match="other bytes"):
            put()
    liar.close()
