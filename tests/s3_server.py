"""Real S3 servers of the tests' own: Ceph's gateway where its packages are, and moto's everywhere."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError
from moto.server import ThreadedMotoServer

from served import free_port

ACCESS, SECRET, REGION = "AKTEST", "made-up-for-tests", "us-east-1"
CEPH_TOOLS = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool")
_CONF = """[global]
fsid = {fsid}
mon host = v1:127.0.0.1:{mon}
public addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
ms bind msgr2 = false
osd objectstore = memstore
memstore device bytes = 1073741824
run dir = {folder}/run
log file = {folder}/run/$name.log
pid file = {folder}/run/$name.pid
admin socket = {folder}/run/$name.asok
mon data = {folder}/mon
osd data = {folder}/osd
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = k1=bWFkZSB1cCBrZXkgb2YgMzIgYnl0ZXMsIG5vIG1vcmU=
"""


class S3:
    """A running server."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.start: Callable[[], None] = lambda: None
        self.stop: Callable[[], None] = lambda: None

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            region_name=REGION,
        )

    def bucket(self, **options: Any) -> str:
        """A new bucket's name."""
        name = f"conversations-{uuid.uuid4().hex[:12]}"
        self.client().create_bucket(Bucket=name, **options)
        return name

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": ACCESS,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.endpoint,
        }


@contextmanager
def moto() -> Iterator[S3]:
    """In this process, up at once; believes every checksum. Stopped and started it has what it had."""
    port = free_port()
    running: list[ThreadedMotoServer] = []

    def start() -> None:
        running.append(ThreadedMotoServer("127.0.0.1", port, verbose=False))
        running[-1].start()

    server = S3(f"http://127.0.0.1:{port}")
    server.start, server.stop = start, lambda: running.pop().stop()
    start()
    try:
        yield server
    finally:
        while running:
            server.stop()


@contextmanager
def ceph() -> Iterator[S3]:
    """Monitor, store in memory, gateway: up in about 15 seconds. Skips where it is not installed."""
    if missing := [tool for tool in CEPH_TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"needs {', '.join(missing)} (apt install radosgw ceph-mon ceph-osd)")
    with tempfile.TemporaryDirectory(prefix="ew-s3-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        port = free_port()
        try:
            _start(folder, port)
            yield _answering(S3(f"http://127.0.0.1:{port}"))
        finally:
            for file in (folder / "run").glob("*.pid"):
                with suppress(ValueError, ProcessLookupError):
                    os.kill(int(file.read_text()), signal.SIGKILL)


def _start(folder: Path, port: int) -> None:
    fsid, mon = str(uuid.uuid4()), free_port()
    for part in ("mon", "osd", "rgw", "run"):
        (folder / part).mkdir()
    conf = folder / "ceph.conf"
    conf.write_text(_CONF.format(fsid=fsid, mon=mon, port=port, folder=folder))

    def run(*words: str, attempts: int = 1) -> None:
        for attempt in range(attempts):
            done = subprocess.run(
                words,
                check=False,
                cwd=folder,
                env={**os.environ, "CEPH_CONF": str(conf)},
                capture_output=True,
                text=True,
                timeout=60,
            )
            if done.returncode == 0:
                return
            time.sleep(0.2 * attempt)
        pytest.skip(f"Ceph does not start here: {' '.join(words[:2])}: {done.stderr[-300:]}")

    address = f"[v1:127.0.0.1:{mon}]"
    run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, "monmap", "--clobber")
    run("ceph-mon", "-i", "a", "--mkfs", "--monmap", "monmap")
    run("ceph-mon", "-i", "a")
    run("ceph-osd", "-i", "0", "--mkfs")
    run("ceph", "osd", "new", (folder / "osd" / "fsid").read_text().strip(), attempts=20)
    for limit in ("set-full-ratio .99", "set-backfillfull-ratio .98", "set-nearfull-ratio .97"):
        run("ceph", "osd", *limit.split(), attempts=20)
    run("ceph-osd", "-i", "0", attempts=10)  # it may ask before it has learnt whose it is: "wrong fsid"
    user = ("--uid=t", "--display-name=t", f"--access-key={ACCESS}", f"--secret={SECRET}")
    run("radosgw-admin", "user", "create", *user, attempts=3)
    run("radosgw", "-n", "client.rgw.a", f"--rgw-data={folder}/rgw")


def _answering(server: S3) -> S3:
    give_up_at = time.monotonic() + 60
    while True:
        try:
            server.client().list_buckets()
            return server
        except (BotoCoreError, ClientError, OSError):
            if time.monotonic() > give_up_at:
                pytest.skip("Ceph's gateway does not answer")
            time.sleep(0.2)
