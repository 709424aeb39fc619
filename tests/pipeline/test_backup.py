"""A backup brings back everything that cannot be made again, and takes in nothing else (R30, S31)."""

import io
import pickle
import stat
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from earwitness.errors import Conflict, Damaged, Denied, EarwitnessError, InvalidInput, SettingsError
from earwitness.library import Library
from earwitness.pipeline.backup import MANIFEST, SIGNATURE, Manifest, Member
from earwitness.settings import Encryption, Settings
from journal_legs import Legs
from privacy_vaults import encrypted

SENTENCE = "the heron eats at seven"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Library]:
    """Two ended calls, and something of every kind that no rebuild brings back."""
    with Legs(tmp_path / "data") as legs:
        for n in range(2):
            leg = legs.open(ms=n * 10_000, subject=f"RID00{n}")
            leg.user(n * 10_000 + 50, "item", f"Hello {n}?")
            leg.end(n * 10_000 + 900)
    library = Library(Settings(data_dir=str(tmp_path / "data")))
    library.catch_up()
    library.keys.create("front", ["read"], "acme")
    library.users.add("default", "ana", "auditor", SENTENCE)
    library.subjects.add("default", ["RID000"])
    library.hold(next(library.conversations()).id, reason="case 7")
    yield library
    library.catalog.close()


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Library]:
    library = Library(Settings(data_dir=str(tmp_path / "new")))
    yield library
    library.catalog.close()


def test_what_is_restored_is_what_was(house: Library, empty: Library, tmp_path: Path) -> None:
    key = house.keys.create("tap", ["capture"])
    house.back_up(tmp_path / "one.tar")
    assert stat.S_IMODE((tmp_path / "one.tar").stat().st_mode) == 0o600
    _, count = empty.restore(tmp_path / "one.tar")
    assert count == 2
    assert empty.catalog.dump() == house.catalog.dump()
    assert empty.keys.check(key.text) == key.key
    assert empty.users.check("default", "ana", SENTENCE).role == "auditor"
    assert empty.subjects.has("default", "RID000")
    held = next(empty.conversations()).id
    assert empty.erase(held).state == "deferred", "the hold came along"
    assert not any(found.problems for found in empty.verify().values())
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "new/journal").rglob("*.*")} == {0o600}
    secret = "secrets/backup"
    assert (tmp_path / "new" / secret).read_bytes() == (tmp_path / "data" / secret).read_bytes()


def test_a_backup_is_taken_while_a_call_runs_and_holds_it_as_far_as_it_has_come(
    empty: Library, tmp_path: Path
) -> None:
    library = Library(Settings(data_dir=str(tmp_path / "data")))
    with Legs(tmp_path / "data") as legs:
        leg = legs.open()
        leg.user(50, "item", "I am still here")
        leg.flush()
        library.back_up(tmp_path / "hot.tar")
        leg.user(500, "item2", "and here")
        leg.end(900)
    empty.restore(tmp_path / "hot.tar")
    (recorded,) = empty.conversations()
    assert [message.text for message in recorded.messages()] == ["I am still here"]
    assert recorded.row.status == "partial", "its end is not known"
    library.catalog.close()


def test_what_was_erased_after_the_backup_goes_again(house: Library, empty: Library, tmp_path: Path) -> None:
    house.back_up(tmp_path / "one.tar")
    (gone,) = house.conversations(subject="RID000")
    legs = {folder.name for folder in gone.folders}
    assert house.erase(gone.id, reason="asked for").state == "done"
    stones = tmp_path / "new/objects/tombstones"
    stones.parent.mkdir(mode=0o700)
    (tmp_path / "data/objects/tombstones").rename(stones)
    _, count = empty.restore(tmp_path / "one.tar")
    assert count == 1
    assert [recorded.row.subject for recorded in empty.conversations()] == ["RID001"]
    assert legs.isdisjoint(path.name for path in (tmp_path / "new/journal").rglob("*"))


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Library]:
    """An encrypted house with a call, and people's names and words in each kind of row of its own."""
    settings = encrypted(tmp_path)
    library = Library(settings)
    with Legs(tmp_path / "data") as legs:
        leg = legs.open(subject="CANARYSUBJECT")
        leg.user(50, "item", "the CANARYWORD of my sister")
        leg.end(900)
    library.catch_up()
    (call,) = library.conversations()
    library.subjects.add("default", ["CANARYSUBJECT"])
    library.hold(call.id, reason="CANARYREASON")
    library.audit.note("read", workspace="default", actor="CANARYACTOR", conversation=call.id)
    yield library
    library.catalog.close()


def told_of(settings: Settings) -> list[object]:
    """What a program that starts now reads there."""
    library = Library(settings)
    (call,) = library.conversations(subject="CANARYSUBJECT", q="canaryword")
    (hold,) = library.holds.list("default")
    told = [call.id, call.transcript(), hold.reason, library.subjects.has("default", "CANARYSUBJECT")]
    told += [entry.known("actor") for entry in library.audit.every() if entry.action == "read"]
    assert library.prove() == []
    library.catalog.close()
    return told


def test_a_backup_of_what_is_encrypted_shows_nothing_and_all_is_read_where_it_is_restored(
    sealed: Library, tmp_path: Path
) -> None:
    sealed.back_up(tmp_path / "one.tar")
    assert b"CANARY" not in (tmp_path / "one.tar").read_bytes()
    for folder in ("new", "newer", "newest"):  # keys have random names, and none may come before the old one
        there = Library(encrypted(tmp_path, folder))
        there.restore(tmp_path / "one.tar")
        there.catalog.close()
        assert len(list((tmp_path / folder / "keys").glob("*/catalog/*"))) == 1
        assert told_of(encrypted(tmp_path, folder)) == told_of(encrypted(tmp_path))


def test_what_was_not_encrypted_is_once_it_is_restored(tmp_path: Path) -> None:
    plain = Library(Settings(data_dir=str(tmp_path / "plain")))
    plain.subjects.add("default", ["CANARYSUBJECT"])
    plain.back_up(tmp_path / "one.tar")
    there = Library(encrypted(tmp_path, "new"))
    there.restore(tmp_path / "one.tar")
    assert there.subjects.has("default", "CANARYSUBJECT")
    for library in (plain, there):
        library.catalog.close()
    stored = b"".join(path.read_bytes() for path in (tmp_path / "new").rglob("*") if path.is_file())
    assert b"CANARY" not in stored


@pytest.mark.parametrize(
    ("key", "refusal"), [("", SettingsError), ("env:ANOTHER", Denied)], ids=["no key", "another key"]
)
def test_without_its_master_key_nothing_of_it_is_taken(
    sealed: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, refusal: type[Exception]
) -> None:
    monkeypatch.setenv("ANOTHER", "cd" * 32)
    sealed.back_up(tmp_path / "one.tar")
    there = Library(Settings(data_dir=str(tmp_path / "new"), encryption=Encryption(key=key)))
    with pytest.raises(refusal):
        there.restore(tmp_path / "one.tar")
    assert not (tmp_path / "new" / "journal").exists()
    there.catalog.close()
    again = Library(encrypted(tmp_path, "other"))
    assert again.restore(tmp_path / "one.tar")[1] == 1
    again.catalog.close()


def test_nothing_is_overwritten(house: Library, empty: Library, tmp_path: Path) -> None:
    house.back_up(tmp_path / "one.tar")
    before = (tmp_path / "one.tar").read_bytes()
    with pytest.raises(Conflict):
        house.back_up(tmp_path / "one.tar")
    assert (tmp_path / "one.tar").read_bytes() == before
    with pytest.raises(Conflict):
        house.restore(tmp_path / "one.tar")
    empty.keys.create("mine", ["read"])
    with pytest.raises(Conflict):
        empty.restore(tmp_path / "one.tar")


def test_a_backup_of_somebody_else_is_not_taken_where_that_is_said(
    house: Library, empty: Library, tmp_path: Path
) -> None:
    manifest = house.back_up(tmp_path / "one.tar")
    with pytest.raises(InvalidInput, match=manifest.signer):
        empty.restore(tmp_path / "one.tar", signer="00" * 32)
    assert empty.restore(tmp_path / "one.tar", signer=manifest.signer)[1] == 2


Change = Callable[[dict[str, bytes]], object]
CHANGES: dict[str, Change] = {
    "a changed byte": lambda m: m.update({journal(m): m[journal(m)][:-1] + b"?"}),
    "a file that is missing": lambda m: m.pop(journal(m)),
    "a file too many": lambda m: m.update({"secrets/more": b"x"}),
    "a manifest of another time": lambda m: m.update(
        {MANIFEST: m[MANIFEST].replace(b'"made_at_s":1', b'"made_at_s":2')}
    ),
    "no signature": lambda m: m.pop(SIGNATURE),
    "no manifest": lambda m: m.pop(MANIFEST),
}


def journal(members: dict[str, bytes]) -> str:
    return next(name for name in members if name.startswith("journal/"))


def unpacked(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as archive:
        return {info.name: archive.extractfile(info).read() for info in archive}  # type: ignore[union-attr]


def pack(file: Path, members: dict[str, bytes], *more: tarfile.TarInfo) -> Path:
    with tarfile.open(file, "w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in more:
            archive.addfile(info)
    return file


def nothing_came(library: Library, folder: Path) -> bool:
    left = {path.name for path in folder.iterdir()}
    return not list(library.conversations()) and left <= {
        "catalog.db",
        "catalog.db-shm",
        "catalog.db-wal",
        "lock",
    }


@pytest.mark.parametrize("change", CHANGES)
def test_a_backup_that_was_changed_is_not_taken_in_at_all(
    house: Library, empty: Library, tmp_path: Path, change: str
) -> None:
    house.back_up(tmp_path / "one.tar")
    members = unpacked(tmp_path / "one.tar")
    CHANGES[change](members)
    with pytest.raises((Damaged, InvalidInput)):
        empty.restore(pack(tmp_path / "changed.tar", members))
    assert nothing_came(empty, tmp_path / "new")


def signed(members: dict[str, bytes]) -> dict[str, bytes]:
    """As whoever has a key of their own would sign it."""
    import hashlib

    key = Ed25519PrivateKey.generate()
    listed = {name: Member(len(data), hashlib.sha256(data).hexdigest()) for name, data in members.items()}
    told = msgspec.json.encode(Manifest(1, 0.0, key.public_key().public_bytes_raw().hex(), listed))
    return {**members, MANIFEST: told, SIGNATURE: key.sign(told)}


class Bomb:
    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, ...]]:
        return (Path.touch, (Path("/tmp/earwitness-was-here"),))  # type: ignore[return-value]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/cron.d/x",
        "../outside",
        "journal/../../outside",
        "journal/./x",
        "journal/.hidden",
        "catalog.db",
        "objects/conversations/x",
        "journal/a\x01b",
        "journal\\x",
        "tables/../x.jsonl",
        "earwitness.toml",
    ],
)
def test_no_name_leads_out_of_the_folder(empty: Library, tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput):
        empty.restore(pack(tmp_path / "evil.tar", signed({name: b"x"})))
    assert nothing_came(empty, tmp_path / "new")
    assert not (tmp_path / "outside").exists()


def test_links_and_devices_are_no_files(empty: Library, tmp_path: Path) -> None:
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE):
        info = tarfile.TarInfo("journal/a/b")
        info.type, info.linkname = kind, "/etc/passwd"
        with pytest.raises(InvalidInput):
            empty.restore(pack(tmp_path / "evil.tar", {}, info))
    assert nothing_came(empty, tmp_path / "new")


@pytest.mark.parametrize(
    "data", [pickle.dumps(Bomb()), b'O:8:"Evil":0:{}', b'{"id": "x", "evil": 1}\n', b"[1]\n", b"not json\n"]
)
def test_what_is_no_row_is_not_run_and_not_taken(empty: Library, tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EarwitnessError):
        empty.restore(pack(tmp_path / "evil.tar", signed({"tables/workspaces.jsonl": data})))
    assert not Path("/tmp/earwitness-was-here").exists()


def test_what_is_no_archive_is_told(empty: Library, tmp_path: Path) -> None:
    for data in (b"", b"x" * 5000, pickle.dumps({"a": 1})):
        (tmp_path / "x.tar").write_bytes(data)
        with pytest.raises(InvalidInput):
            empty.restore(tmp_path / "x.tar")
