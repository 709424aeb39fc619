import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from earwitness.errors import Damaged, InvalidInput, StorageUnavailable
from earwitness.store.secret_file import ensure_secret


def test_a_secret_stays_the_same_and_differs_by_name_and_place(tmp_path: Path) -> None:
    links = ensure_secret(tmp_path / "a", "links")
    assert ensure_secret(tmp_path / "a", "links") == links
    assert len({links, ensure_secret(tmp_path / "a", "tokens"), ensure_secret(tmp_path / "b", "links")}) == 3


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        ensure_secret(tmp_path / "data", "links")
    finally:
        os.umask(before)
    folder = tmp_path / "data" / "secrets"
    assert stat.S_IMODE((folder / "links").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [file.name for file in folder.iterdir()] == ["links"]


def test_all_who_ask_at_once_get_the_same(tmp_path: Path) -> None:
    for round_number in range(20):
        folder = tmp_path / str(round_number)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _, f=folder: ensure_secret(f, "links"), range(8)))
        assert len(set(found)) == 1


def test_a_damaged_secret_is_not_replaced_in_silence(tmp_path: Path) -> None:
    ensure_secret(tmp_path, "links")
    (tmp_path / "secrets" / "links").write_bytes(b"short")
    with pytest.raises(Damaged):
        ensure_secret(tmp_path, "links")


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        ensure_secret(tmp_path, "../links")


def test_a_place_that_is_no_folder_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageUnavailable):
        ensure_secret(tmp_path / "file", "links")
