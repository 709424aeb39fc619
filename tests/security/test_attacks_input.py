"""Attacks by what is sent to the API: SQL, fields of others, forged notices, archives."""

import base64
import io
import json
import os
import pickle
import tarfile
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from asked import Asker
from attacked import LIST
from earwitness.errors import EarwitnessError
from earwitness.library import Library
from earwitness.server.app import create_app
from earwitness.server.links import Links
from earwitness.settings import Settings, Signed, Webhooks


@pytest.mark.parametrize(
    "query",
    [
        "sort=created_at;DROP TABLE conversations",
        "sort=id DESC--",
        "cursor=' OR 1=1--",
        "limit=1;DROP TABLE x",
        "since=2026' OR '1'='1",
        "min_messages=1 OR 1=1",
    ],
)
def test_s22_sql_where_a_choice_or_a_number_belongs_is_refused(desk: Asker, query: str) -> None:
    assert desk.ask(f"{LIST}?{query}").status_code == 422
    assert len(desk.ask(LIST).json()["conversations"]) == 1


@pytest.mark.parametrize("name", ["provider", "label", "subject", "q", "outcome", "status"])
def test_s22_sql_where_words_belong_is_only_compared(desk: Asker, name: str) -> None:
    for value in ("' OR '1'='1", "x'; DROP TABLE conversations; --", "%", '" OR ""="'):
        found = desk.ask(LIST, params={name: value})
        assert found.status_code == 422 or found.json()["conversations"] == [], (name, value)
        searched = desk.ask("/api/v1/search", params={"q": value})
        assert searched.status_code == 422 or searched.json()["hits"] == []
    assert len(desk.ask(LIST).json()["conversations"]) == 1


def test_s28_nobody_writes_fields_that_are_not_theirs_to_write(desk: Asker, ours: str) -> None:
    row = desk.ask(f"{LIST}/{ours}").json()
    more = {"workspace_id": "acme", "legal_hold": True, "retention_until": "2020-01-01", "state": "raw"}
    bodies = {
        f"{LIST}/{ours}/annotations": {"kind": "note", "text": "x"},
        f"{LIST}/{ours}/hold": {"reason": "x"},
        "/api/v1/keys": {"name": "x", "scopes": ["read"]},
        f"{LIST}/{ours}/pause": {"reason": "x"},
        f"{LIST}/{ours}/keep": {"keep": []},
    }
    for path, body in bodies.items():
        answer = desk.ask(path, "admin", "POST", json={**body, **more})
        assert answer.status_code == 422, path
    for method in ("PATCH", "PUT", "POST"):
        assert desk.ask(f"{LIST}/{ours}", "admin", method, json=more).status_code == 405
    assert desk.ask(f"{LIST}/{ours}").json() == row
    assert desk.ask("/api/v1/holds", "admin").json()["holds"] == []


def test_s29_a_notice_that_is_not_signed_as_it_must_be_does_nothing(tmp_path: Path) -> None:
    secret = "whsec_" + base64.b64encode(b"made up for this test").decode()
    library = Library(Settings(data_dir=str(tmp_path), webhooks=Webhooks(openai=Signed(secret))))
    client = TestClient(create_app(library, Links(b"x")))
    body = json.dumps({"type": "realtime.call.incoming", "data": {"call_id": "rtc_1"}}).encode()
    now = str(int(time.time()))
    for headers in (
        {},
        {"webhook-id": "1", "webhook-timestamp": now, "webhook-signature": "v1,AAAA"},
        {"webhook-id": "1", "webhook-timestamp": now, "webhook-signature": ""},
        {"webhook-id": "1", "webhook-timestamp": "0", "webhook-signature": "v1,AAAA"},
    ):
        assert client.post("/webhooks/openai", content=body, headers=headers).status_code == 401
    for provider in ("elevenlabs", "hume", "twilio"):  # without a secret nobody is believed
        assert client.post(f"/webhooks/{provider}", content=body).status_code == 401
    assert not (tmp_path / "journal").exists()
    library.catalog.close()


class Exploit:
    """What would run if anything were unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, ("owned", 0o700)


def archives() -> dict[str, bytes]:
    def tar(**members: bytes) -> bytes:
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name, data in members.items():
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        return file.getvalue()

    evil = pickle.dumps(Exploit())
    return {
        "a pickle": evil,
        "a pickle in an archive": tar(**{"manifest.json": evil}),
        "YAML that makes objects": tar(**{"manifest.json": b"!!python/object/apply:os.mkdir [owned]"}),
        "an absolute path": tar(**{"/tmp/owned": b"x", "manifest.json": b"{}"}),
        "a path that climbs": tar(**{"../../owned": b"x", "manifest.json": b"{}"}),
        "no manifest": tar(**{"journal/x": b"x"}),
    }


@pytest.mark.parametrize("kind", archives())
def test_s31_a_backup_that_somebody_made_up_is_not_taken_and_runs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "backup.tar"
    file.write_bytes(archives()[kind])
    library = Library(Settings(data_dir=str(tmp_path / "data")))
    with pytest.raises(EarwitnessError):
        library.restore(file)
    library.catalog.close()
    assert list(tmp_path.rglob("*owned*")) == []
    assert not Path("/tmp/owned").exists()
