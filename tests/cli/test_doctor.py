"""Whether a machine is fit to record: each thing that is not well is named, with what to do."""

import contextlib
import os
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from earwitness.store.folder import FolderObjects
from s3_server import moto
from served import free_port, run, serving
from typed import Typist


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Two that are free, as those of API and tap."""
    chosen = free_port(), free_port()
    monkeypatch.setenv("EARWITNESS_API__PORT", str(chosen[0]))
    monkeypatch.setenv("EARWITNESS_TAP__PORT", str(chosen[1]))
    return chosen


def found(folder: Path, exits: int = 0) -> dict[str, dict[str, Any]]:
    return {finding["what"]: finding for finding in Typist(folder).json("doctor", exits=exits)}


def test_before_the_first_start_all_is_well_and_nothing_is_made(ports: object, tmp_path: Path) -> None:
    report = found(tmp_path / "data")
    assert set(report) == {
        "data folder", "disk", "room", "catalog", "open files", "API port", "tap port", "encryption", "pages"
    }  # fmt: skip
    assert all(finding["is_well"] for finding in report.values())
    assert not (tmp_path / "data").exists()


def test_a_running_server_holds_its_own_ports(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        environment = {
            "EARWITNESS_API__PORT": served.api().rpartition(":")[2],
            "EARWITNESS_TAP__PORT": served.tap("openai").rpartition(":")[2].partition("/")[0],
        }
        done = run("--data-dir", served.data, "doctor", folder=tmp_path, env=environment)
        assert done.stdout.count("is served by earwitness") == 2
        assert done.returncode == 0


def test_another_programs_port_is_named(ports: tuple[int, int], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", ports[1])) as other:
        other.settimeout(10)
        report = found(tmp_path / "data", exits=1)
    assert not report["tap port"]["is_well"]
    assert str(ports[1]) in report["tap port"]["words"]
    assert report["tap port"]["hint"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(ports: object, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    report = found(tmp_path / "data", exits=1)
    assert str(tmp_path) in report["data folder"]["words"]


def test_a_catalog_that_is_behind_is_well_and_one_of_a_newer_program_is_not(
    ports: object, own_typist: Typist
) -> None:
    own_typist.type("db", "downgrade", "--", "-1")
    assert "at the next start" in found(own_typist.folder)["catalog"]["words"]
    with contextlib.closing(sqlite3.connect(own_typist.folder / "catalog.db")) as catalog, catalog:
        catalog.execute("UPDATE alembic_version SET version_num = '9999'")
    report = found(own_typist.folder, exits=1)
    assert report["catalog"]["hint"]


def test_a_bucket_is_tried_and_one_that_is_not_there_is_named(
    ports: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        bucket = server.bucket()
        monkeypatch.setenv("CONVERSATIONS_BUCKET", bucket)
        assert found(tmp_path / "data")["bucket"]["is_well"]
        assert "Contents" not in server.client().list_objects_v2(Bucket=bucket)
        monkeypatch.setenv("CONVERSATIONS_BUCKET", "nobody-made-this-bucket")
        report = found(tmp_path / "data", exits=1)
    assert (report["bucket"]["words"], report["catalog"]["words"]) == (
        "there is no such bucket",
        "made at the first start",
    )


def test_a_mirror_is_tried_as_the_bucket_is(
    ports: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_MIRROR__URL", str(tmp_path / "mirror"))
    assert found(tmp_path / "data")["mirror"]["is_well"]
    assert [path for path in (tmp_path / "mirror").rglob("*") if path.is_file()] == []
    with moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("EARWITNESS_MIRROR__URL", "s3://nobody-made-this-bucket/voice")
        report = found(tmp_path / "data", exits=1)
    assert report["mirror"]["words"] == "there is no such bucket"


def test_a_store_that_gives_back_other_bytes_is_named(
    ports: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARWITNESS_MIRROR__URL", str(tmp_path / "mirror"))
    monkeypatch.setattr(FolderObjects, "holds", lambda *_: False)
    assert "other bytes" in found(tmp_path / "data", exits=1)["mirror"]["words"]


def test_a_wrong_master_key_is_named(ports: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_ENCRYPTION__KEY", f"file:{tmp_path / 'nowhere'}")
    assert not found(tmp_path / "data", exits=1)["encryption"]["is_well"]
