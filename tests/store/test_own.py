"""Rows of our own go out and come in again, from any database into any other."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from earwitness.errors import InvalidInput
from earwitness.privacy.audit import Audit
from earwitness.privacy.text_cipher import TextCipher
from earwitness.store import own, schema
from earwitness.store.catalog import Catalog
from earwitness.store.keys import Keys
from earwitness.store.subjects import Subjects
from earwitness.store.users import Users


def test_every_table_is_either_made_again_or_ours_or_ends_with_the_installation() -> None:
    ours = {table.name for table in own.tables()}
    assert {"workspaces", "api_keys", "users", "subjects", "holds", "audit_entries", "annotations"} <= ours
    made_again = {
        table.name
        for table in schema.metadata.sorted_tables
        if table.name == "conversations" or ("conversation_id" in table.c and table.foreign_keys)
    }
    assert ours | made_again | {"sessions"} == set(schema.metadata.tables) | {
        "label_decisions",
        "annotations",
    }


def test_rows_survive_the_way_through_json_into_another_database(catalog: Catalog, tmp_path: Path) -> None:
    keys, users = Keys(catalog.database), Users(catalog.database)
    key = keys.create("front", ["read", "write"], "acme")
    users.add("acme", "ana", "viewer", "the heron eats at seven")
    keys.revoke("acme", keys.create("old", ["read"], "acme").key.id)
    other = Catalog.open(f"sqlite:///{tmp_path / 'other.db'}")
    for table in own.tables():
        own.fill(other.database, table, own.rows(catalog.database, table))
    assert Keys(other.database).list("acme") == keys.list("acme")
    assert Keys(other.database).check(key.text) == key.key
    assert Users(other.database).list("acme") == users.list("acme")
    other.close()


def test_what_is_sealed_leaves_sealed_and_is_read_elsewhere_with_its_key(url: str, tmp_path: Path) -> None:
    cipher = TextCipher(bytes(32))
    house = Catalog.open(url, cipher=cipher)
    Subjects(house.database).add("default", ["CANARY"])
    Audit(house.database).note("read", workspace="default", actor="CANARY")
    rows = {table: list(own.rows(house.database, table)) for table in own.tables()}
    assert "CANARY" not in str(rows)
    other = Catalog.open(f"sqlite:///{tmp_path / 'other.db'}", cipher=cipher)
    for table, lines in rows.items():
        own.fill(other.database, table, lines)
    assert Subjects(other.database).has("default", "CANARY")
    assert [entry.known("actor") for entry in Audit(other.database).every()] == ["CANARY"]
    for catalog in (house, other):
        catalog.close()


def test_what_is_no_row_is_refused(catalog: Catalog) -> None:
    for line in ({"nonsense": 1}, ["x"], {"id": "x", "created_at": "yesterday"}):
        with pytest.raises(InvalidInput):
            own.fill(catalog.database, schema.workspaces, [line])  # type: ignore[list-item]
    with catalog.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.workspaces)) == 0
