import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.errors import Conflict, StorageUnavailable
from earwitness.store.folder import FolderObjects
from objects_suite import PATH, ObjectsSuite


@pytest.fixture
def objects(tmp_path: Path) -> FolderObjects:
    return FolderObjects(tmp_path / "objects")


class TestFolder(ObjectsSuite):
    pass


def test_files_and_folders_are_for_their_owner_only(objects: FolderObjects, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        objects.put(PATH, [b"x"])
    finally:
        os.umask(before)
    root = tmp_path / "objects"
    modes = {path.is_dir(): stat.S_IMODE(path.stat().st_mode) for path in [root, *root.rglob("*")]}
    assert modes == {True: 0o700, False: 0o600}


def test_bytes_reach_the_disk_before_the_name_and_the_name_before_the_answer(
    objects: FolderObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, link, replace = os.fsync, os.link, Path.replace

    def note_sync(descriptor: int) -> None:
        steps.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(os, "link", lambda *a: (steps.append("name"), link(*a))[1])
    monkeypatch.setattr(Path, "replace", lambda *a: (steps.append("name"), replace(*a))[1])
    objects.put("a/b", [b"x"])
    assert steps[-3:] == ["sync file", "name", "sync folder"]
    assert steps[:-3] == ["sync folder", "sync folder"]  # the new folders `objects` and `a`
    steps.clear()
    objects.put("a/b", [b"y"], replace=True)
    assert steps == ["sync file", "name", "sync folder"]


def test_of_many_who_put_the_same_name_one_wins_whole(objects: FolderObjects) -> None:
    won: list[bytes] = []

    def put(letter: bytes) -> None:
        try:
            objects.put(PATH, [letter * 10_000] * 20)
            won.append(letter)
        except Conflict:
            pass

    writers = [threading.Thread(target=put, args=(letter,)) for letter in (b"a", b"b", b"c", b"d")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    (letter,) = won
    assert b"".join(objects.open(PATH)) == letter * 200_000


def test_a_put_goes_through_while_deletes_prune_its_folder(objects: FolderObjects) -> None:
    done = threading.Event()

    def churn() -> None:
        while not done.is_set():
            objects.put("a/b/other", [b"x"], replace=True)
            objects.delete("a/b/other")

    thread = threading.Thread(target=churn)
    thread.start()
    for number in range(60):
        objects.put(f"a/b/{number}", [b"x"])
        assert objects.delete(f"a/b/{number}")
    done.set()
    thread.join()


def test_no_empty_folder_and_no_temporary_file_is_left(objects: FolderObjects, tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ZeroDivisionError

    objects.put(PATH, [b"x"])
    with pytest.raises(ZeroDivisionError):
        objects.put(PATH, broken(), replace=True)
    objects.delete(PATH)
    assert list((tmp_path / "objects").iterdir()) == []


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageUnavailable) as refused:
        FolderObjects(tmp_path / "file").put(PATH, [b"x"])
    assert refused.value.hint
