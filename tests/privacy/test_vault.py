from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from earwitness.errors import Damaged, Denied, SettingsError
from earwitness.privacy.providers import provider_of
from earwitness.privacy.vault import Vault, is_locked, open_vault, refuse_locked, scratch_of
from earwitness.settings import Encryption, Settings


def vault(folder: Path, *lines: str) -> Vault:
    (folder / "master").write_text("\n".join(lines or ("ab" * 32,)))
    return Vault(folder / "keys", provider_of(f"file:{folder / 'master'}"))


def test_a_key_that_was_kept_is_found_by_its_owner_and_id_alone(tmp_path: Path) -> None:
    made = vault(tmp_path)
    key = made.new("leg-1")
    assert made.find("leg-1", key.id) is None, "not kept yet"
    key.keep()
    sealed = key.seal(bytes(12), b"words", b"place")
    found = vault(tmp_path).find("leg-1", key.id)
    assert found is not None
    assert found.open(bytes(12), sealed, b"place") == b"words"
    assert found.open(bytes(12), sealed, b"elsewhere") is None
    assert made.find("leg-2", key.id) is None
    assert made.find("leg-1", bytes(16)) is None
    [file] = list((tmp_path / "keys").rglob(key.id.hex()))
    other = tmp_path / "keys" / "-2" / "leg-2" / file.name
    other.parent.mkdir(parents=True)
    other.write_bytes(file.read_bytes())
    assert made.find("leg-2", key.id) is None, "a wrapped key that was moved to another owner does not open"


def test_an_owner_keeps_one_key_until_it_is_destroyed(tmp_path: Path) -> None:
    made = vault(tmp_path)
    key = made.key_of("c1")
    assert made.key_of("c1").id == vault(tmp_path).key_of("c1").id == key.id
    assert made.destroy("c1") == [key.id.hex()]
    assert made.destroy("c1") == []
    assert made.find("c1", key.id) is None
    assert key.id.hex() not in str(list((tmp_path / "keys").rglob("*")))
    assert made.key_of("c1").id != key.id


def test_an_owner_has_one_key_however_many_ask_for_it_first_at_once(tmp_path: Path) -> None:
    vaults = [vault(tmp_path) for _ in range(4)]
    together = Barrier(len(vaults))

    def ask(each: Vault, owner: str) -> bytes:
        together.wait(60)
        return each.key_of(owner).id

    with ThreadPoolExecutor(len(vaults)) as pool:
        for number in range(25):
            owner = f"owner-{number}"
            assert len(set(pool.map(ask, vaults, [owner] * len(vaults)))) == 1


def test_after_a_rotation_the_old_master_key_opens_nothing_and_all_is_still_there(tmp_path: Path) -> None:
    old, new = "ab" * 32, "cd" * 32
    before = vault(tmp_path, old)
    keys = [before.key_of(name) for name in ("c1", "c2")]
    sealed = keys[0].seal(bytes(12), b"words", b"place")
    assert vault(tmp_path, new, old).rotate() == 2
    after = vault(tmp_path, new)
    assert after.count() == 2
    found = after.find("c1", keys[0].id)
    assert found is not None
    assert found.open(bytes(12), sealed, b"place") == b"words"
    with pytest.raises(Denied):
        vault(tmp_path, old)


def test_a_process_that_runs_during_a_rotation_wraps_with_the_new_ring(tmp_path: Path) -> None:
    old, new = "ab" * 32, "cd" * 32
    running = vault(tmp_path, new, old)
    vault(tmp_path, new, old).rotate()
    key = running.key_of("later")
    assert vault(tmp_path, new).find("later", key.id) is not None


def test_no_secret_lies_in_the_open(tmp_path: Path) -> None:
    made = vault(tmp_path)
    secrets = [made.key_of(name)._secret for name in ("c1", "c2")]
    for path in (tmp_path / "keys").rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o600
            data = path.read_bytes()
            assert not any(secret in data or secret.hex().encode() in data for secret in secrets)


def test_a_folder_whose_key_is_not_set_is_locked(tmp_path: Path) -> None:
    (tmp_path / "master").write_text("ab" * 32)
    settings = Settings(data_dir=str(tmp_path / "data"))
    assert open_vault(settings) is None
    assert not is_locked(settings)
    assert scratch_of(settings) == tmp_path / "data" / "scratch"
    encrypted = Settings(
        data_dir=str(tmp_path / "data"), encryption=Encryption(key=f"file:{tmp_path / 'master'}")
    )
    assert open_vault(encrypted) is not None
    assert is_locked(settings)
    with pytest.raises(SettingsError, match="encrypted"):
        refuse_locked(settings)
    assert tmp_path not in scratch_of(encrypted).parents, "nothing lies in the open beside what is sealed"
    nowhere = Settings(encryption=Encryption(key="env:X", scratch="/no/such/folder"))
    with pytest.raises(SettingsError, match="scratch"):
        scratch_of(nowhere)


def test_all_keys_of_an_owner_go_but_those_that_are_still_needed(tmp_path: Path) -> None:
    made = vault(tmp_path)
    keys = [made.new("leg-1") for _ in range(3)]
    for key in keys:
        key.keep()
    gone = made.destroy("leg-1", but={keys[1].id.hex()})
    assert set(gone) == {keys[0].id.hex(), keys[2].id.hex()}
    assert [key for key in keys if made.find("leg-1", key.id)] == [keys[1]]


@pytest.mark.parametrize("damage", [b"", b"{", b'{"ring": 3}', b"\xff"])
def test_a_damaged_key_file_says_which_it_is_and_what_to_do(tmp_path: Path, damage: bytes) -> None:
    made = vault(tmp_path)
    key = made.new("leg-1")
    key.keep()
    [file] = list((tmp_path / "keys").rglob(key.id.hex()))
    file.write_bytes(damage)
    assert made.find("leg-1", key.id) is None, "what it opens is locked, and all else goes on"
    [ring] = list((tmp_path / "keys" / "ring").iterdir())
    ring.write_bytes(damage)
    with pytest.raises(Damaged, match=ring.name) as told:
        vault(tmp_path)
    assert "backup" in str(told.value.hint)


def test_a_key_that_a_killed_writer_left_under_a_hidden_name_is_destroyed_too(tmp_path: Path) -> None:
    keys = vault(tmp_path)
    keys.key_of("0190")
    [file] = (tmp_path / "keys").rglob("0190/*")
    file.with_name(".0123456789abcdef.tmp").write_bytes(file.read_bytes())
    assert keys.destroy("0190") == [file.name]
    assert list((tmp_path / "keys").rglob("0190*")) == []


def test_a_mislaid_master_key_is_to_be_found_where_there_are_keys_and_made_where_there_are_none(
    tmp_path: Path,
) -> None:
    def hint(data: str, where: str) -> str:
        with pytest.raises(SettingsError) as caught:
            open_vault(Settings(data_dir=str(tmp_path / data), encryption=Encryption(key=where)))
        return caught.value.hint

    (tmp_path / "empty").touch()
    (tmp_path / "old").mkdir()
    vault(tmp_path / "old")
    for where in (f"file:{tmp_path / 'gone'}", f"file:{tmp_path / 'empty'}", "env:EARWITNESS_NO_SUCH_KEY"):
        assert "earwitness encryption key" in hint("new", where)
        assert hint("old", where).startswith("Find the master key")
