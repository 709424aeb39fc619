"""Promises of the stores, R12 to R16 and R30: nothing goes too early, twice, or for good."""

import asyncio
import os
import random
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

import earwitness
from asked import Asker
from earwitness.errors import StorageUnavailable
from earwitness.library import Library
from earwitness.pipeline.ship import Shipping
from earwitness.server.shipper import Shipper
from earwitness.server.worker import Worker
from earwitness.settings import ObjectStore, Settings
from earwitness.store.folder import FolderObjects
from journal_legs import Legs
from postgres import new_database
from s3_server import S3, moto
from saving import REQUEST
from served import until
from shipped import Bad, Killed, Place, ship

IS_FULL = os.environ.get("EARWITNESS_CHAOS") == "full"
FAULTS = 10_000 if IS_FULL else 200
OUTAGE_S, CALLS = (3600.0, 50) if IS_FULL else (2.0, 12)
EVENTS = 10_000 if IS_FULL else 1_000
LOCKED_S = 60.0 if IS_FULL else 2.0


def journals_in(folder: Path) -> list[str]:
    """Files of journals that are still here; folders may vanish while one looks."""
    return [name for _, _, names in os.walk(folder / "journal") for name in names if name.endswith(".ewj")]


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A folder where thousands of syncs cost nothing, where there is one."""
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if shared.is_dir() else None) as folder:
        yield Path(folder)


def test_r12_whatever_fails_no_journal_goes_before_it_is_proven_stored(in_memory: Path) -> None:
    """The store is away, lies, keeps half, or we are killed between any two steps."""
    place = Place(in_memory, tuple(f"call {n}" for n in range(4)))
    chance = random.Random(20_261_129)
    faults = 0
    while faults < FAULTS:
        bad = Bad(place.store, chance)
        shipping = place.shipping(bad)
        for recorded in list(place.library.conversations()):
            with suppress(StorageUnavailable, Killed):
                shipping.ship("default", recorded.id)
            local, stored = place.local(), place.stored()
            for name, data in place.truth.items():
                assert local.get(name, stored.get(name)) == data, f"{name} after {faults} faults"
        faults += bad.faults
        if not place.local():  # all went; let it come back and go again
            for recorded in list(place.library.conversations()):
                place.shipping().recall("default", recorded.id)
            assert place.local() == place.truth
    ship(place.shipping())
    assert (place.local(), place.stored()) == ({}, place.truth)
    place.library.catalog.close()


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """A server that can be stopped, and is what the environment names."""
    with moto() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def some_calls(folder: Path) -> None:
    with Legs(folder, time.time() - 60) as legs:  # a server looks at today's first
        for number in range(CALLS):
            leg = legs.open(ms=number * 1_000)
            leg.user(number * 1_000 + 50, f"item_{number}", f"call {number}")
            leg.end(number * 1_000 + 900)


def test_r13_calls_of_an_outage_of_the_bucket_are_stored_once_it_is_back(away: S3, tmp_path: Path) -> None:
    bucket = away.bucket()
    settings = Settings(
        data_dir=str(tmp_path),
        object_store_url=f"s3://{bucket}",
        object_store=ObjectStore(keep_local_hours=0),
    )
    library = Library(settings)
    assert library.shipping
    away.stop()
    worker, shipper = Worker(library), Shipper(library.shipping)
    worker.start()
    shipper.start()
    some_calls(tmp_path)
    truth = sorted(path.read_bytes() for path in (tmp_path / "journal").rglob("*.ewj"))
    until(lambda: library.shipping.waiting("default") == CALLS, 60, "each that is not there yet is listed")
    time.sleep(OUTAGE_S)  # the length of it is what is tried
    assert len(list((tmp_path / "journal").rglob("*.ewj"))) == CALLS, "nothing goes meanwhile"
    away.start()
    back_at = time.monotonic()
    until(lambda: not journals_in(tmp_path), max(OUTAGE_S, 120))
    print(f"{CALLS} calls, {OUTAGE_S:.0f} s away: all stored {time.monotonic() - back_at:.1f} s after")
    shipper.stop()
    worker.stop()
    assert library.shipping.waiting("default") == 0
    pages = away.client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
    keys = [entry["Key"] for page in pages for entry in page["Contents"]]
    journals = [key for key in keys if "/journal/" in key]
    assert (len(keys), len(journals)) == (len(set(keys)), CALLS), "none twice"
    stored = sorted(away.client().get_object(Bucket=bucket, Key=key)["Body"].read() for key in journals)
    assert stored == truth
    library.catalog.close()


def test_r14_a_catalog_that_is_away_holds_up_no_recording_and_gets_it_all_later(tmp_path: Path) -> None:
    library = Library(Settings(data_dir=str(tmp_path)))
    worker = Worker(library)
    worker.start()
    until(lambda: worker.trouble() is None, 10)
    with sqlite3.connect(tmp_path / "catalog.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with earwitness.record(provider="openai", data_dir=tmp_path) as leg:
            for number in range(EVENTS):
                content = [{"type": "input_text", "text": f"message {number}"}]
                item = {"id": f"i{number}", "type": "message", "role": "user", "content": content}
                leg.received({"type": "conversation.item.added", "item": item})
            assert leg.flush(), "acknowledged, although no catalog is there"
        until(lambda: "catalog behind" in str(worker.trouble()), 30, "nobody is told")
        time.sleep(LOCKED_S)  # the length of it is what is tried
        other.execute("ROLLBACK")
    other.close()
    free_at = time.monotonic()
    wanted = [f"message {number}" for number in range(EVENTS)]
    until(lambda: texts(library) == wanted, 60, "within a minute")
    print(f"{EVENTS} events were caught up with {time.monotonic() - free_at:.1f} s after {LOCKED_S:.0f} s")
    worker.stop()
    library.catalog.close()


def texts(library: Library) -> list[str]:
    try:
        return [m.text for recorded in library.conversations() for m in recorded.messages()]
    except StorageUnavailable:
        return []


def test_r15_a_catalog_and_a_folder_that_are_lost_come_back_from_the_store(tmp_path: Path) -> None:
    place = Place(tmp_path, ("Hello?", "And again."))
    place.library.shipping = shipping = place.shipping()
    ship(shipping)
    dump = place.library.catalog.dump()
    place.library.reindex()
    assert place.library.catalog.dump() == dump
    assert place.local() == place.truth
    fresh = Library(Settings(data_dir=str(place.data.parent / "fresh")))
    fresh.shipping = Shipping(
        fresh.catalog, FolderObjects(place.store), fresh.journal_root, keep_local=timedelta()
    )
    fresh.reindex()
    assert fresh.catalog.dump() == dump
    fresh.catalog.close()
    place.library.catalog.close()


async def test_r16_messages_that_are_sent_again_and_out_of_turn_are_kept_once_in_their_order(
    tmp_path: Path,
) -> None:
    """A third comes twice, at once, and a server that starts anew knows those of before."""
    chance, told = random.Random(16), dict[int, set[int]]()
    order = [n for n in range(600) for _ in range(2 if n % 10 < 3 else 1)]
    chance.shuffle(order)
    for part in (order[:400], order[300:]):  # what came last before the restart comes again after it
        desk = Asker(tmp_path)
        desk.library.subjects.add("default", ["RID001"])
        login = desk.ask("/api/v1/auth/login", None, "POST", json={"research_id": "RID001"})
        headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
        transport = httpx.ASGITransport(app=desk.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk", headers=headers) as client:

            async def send(n: int, client: httpx.AsyncClient = client) -> None:
                body = {**REQUEST, "elevenlabs_message_id": f"m{n}", "content": f"message {n}"}
                body["timestamp"] = f"2025-01-08T16:{n // 60:02}:{n % 60:02}Z"
                answer = await client.post("/api/v1/chat/save-message", json=body)
                told.setdefault(n, set()).add(answer.json()["message_id"])

            await asyncio.gather(*map(send, part))
        await asyncio.to_thread(desk.app.state.saving.close)
        desk.library.catch_up()
        kept = [m for recorded in desk.library.conversations() for m in recorded.messages()]
        desk.close()
    assert all(len(numbers) == 1 for numbers in told.values())
    assert {m.id: m.text for m in kept} == {number: f"message {n}" for n, (number,) in told.items()}
    assert [m.text for m in kept] == [f"message {n}" for n in range(600)]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_r30_a_backup_of_a_house_that_records_comes_back_on_an_empty_folder(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    """And into either database: what was backed up from SQLite is restored into PostgreSQL too."""
    url = ""
    if kind == "postgresql":
        url = new_database(request.getfixturevalue("postgres"), f"r{uuid.uuid4().hex}", "template1")
    with Legs(tmp_path / "data") as legs:
        for number in range(3):
            leg = legs.open(ms=number * 10_000, subject=f"RID00{number}")
            leg.user(number * 10_000 + 50, "u", f"Hello {number}?")
            leg.assistant(number * 10_000 + 500, "a", "Good day.", b"\x10\x27" * 24_000)
            leg.end(number * 10_000 + 3_000)
        running = legs.open(ms=40_000)
        running.user(40_050, "u", "I am still here")
        running.flush()
        house = Library(Settings(data_dir=str(tmp_path / "data")))
        house.catch_up()
        key = house.keys.create("front", ["read"]).text
        house.hold("latest", reason="case 7")
        trail = [entry.leaf() for entry in house.audit.every()]
        house.back_up(tmp_path / "hot.tar")
        running.end(41_000)
    empty = Library(Settings(data_dir=str(tmp_path / "new"), database_url=url))
    _, count = empty.restore(tmp_path / "hot.tar")
    assert count == 4
    assert empty.prove() == []
    assert not any(found.problems for found in empty.verify().values())
    assert texts(empty) == texts(house)
    assert empty.keys.check(key)
    assert len(empty.holds.list("default")) == 1
    assert [entry.leaf() for entry in empty.audit.every()][: len(trail)] == trail, "it came along"
    assert [c.id for c in empty.conversations(q="hello")], "and words are found"
    for library in (house, empty):
        library.catalog.close()
