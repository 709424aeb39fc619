"""Erasure from end to end, on recorded calls."""

import shutil
from pathlib import Path

import pytest

from earwitness.desk.recorded import Recorded
from earwitness.errors import NotFound, StorageUnavailable
from earwitness.library import Library
from earwitness.privacy.audit import AuditQuery
from earwitness.settings import Settings
from recorded import copied, copy_of, recording


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of(recording(), tmp_path)


@pytest.fixture
def library(folder: Path) -> Library:
    return Library(Settings(data_dir=str(folder)))


@pytest.fixture
def call(library: Library) -> Recorded:
    return library.conversation(recording().call("openai", "order").id)


def test_a_certificate_says_what_is_gone_and_names_nobody(library: Library, call: Recorded) -> None:
    heads = {leg: found.head for leg, found in library.verify(call.id).items()}
    objects = {artifact.path for artifact in call.artifacts()}
    done = library.erase(call.id, reason="their request")
    assert done.state == "done"
    certificate = done.certificate
    assert {leg: shape["head"] for leg, shape in certificate["journals"].items()} == heads
    assert set(certificate["objects"]) == objects
    assert call.row.subject not in str(certificate)
    with pytest.raises(NotFound):
        library.conversation(call.id)
    *_, asked, ended = library.audit.entries(AuditQuery(conversation=call.id))[::-1]
    assert (asked.action, ended.action) == ("erase", "erased")
    assert ended.facts["erasure"] == done.id


def test_an_erasure_that_was_interrupted_goes_on_to_its_end(
    library: Library, folder: Path, call: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove = shutil.rmtree

    def fail(path: Path, **how: bool) -> None:
        if "journal" in Path(path).parts:
            raise PermissionError(13, "Permission denied", str(path))
        remove(path, **how)

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", fail)
        with pytest.raises(StorageUnavailable):
            library.erase(call.id)
    [waiting] = library.erasures.list("default", "under_way")
    again = Library(Settings(data_dir=str(folder)))
    again.sweep()
    [done] = again.erasures.of("default", call.id)
    assert (done.id, done.state) == (waiting.id, "done")
    assert not any(leg.exists() for leg in call.folders)
    with pytest.raises(NotFound):
        again.conversation(call.id)


def test_what_comes_back_from_an_older_copy_goes_again(
    library: Library, folder: Path, call: Recorded, tmp_path: Path
) -> None:
    backup = copied(folder, tmp_path / "backup")
    library.erase(call.id)
    stones = [info.path for info in library.objects.list("tombstones")]
    library.catalog.close()
    for part in ("journal", "objects", "catalog.db"):  # as a restore over the folder would
        whole = backup / part
        shutil.copytree(whole, folder / part, dirs_exist_ok=True) if whole.is_dir() else shutil.copy(
            whole, folder / part
        )
    for side in ("catalog.db-wal", "catalog.db-shm"):
        (folder / side).unlink(missing_ok=True)
    restored = Library(Settings(data_dir=str(folder)))
    assert restored.conversation(call.id)
    restored.reindex()
    with pytest.raises(NotFound):
        restored.conversation(call.id)
    assert not any(leg.exists() for leg in call.folders)
    assert [info.path for info in restored.objects.list("tombstones")] == stones
    assert len(list(restored.conversations(limit=100))) > 3


def test_a_hold_defers_and_its_release_does_what_was_asked(library: Library, call: Recorded) -> None:
    library.hold(call.id, reason="case 17")
    assert library.erase(call.id, reason="their request").state == "deferred"
    assert library.conversation(call.id).transcript() == call.transcript()
    again = library.erase(call.id)
    assert [e.id for e in library.erasures.list("default", "deferred")] == [again.id], "one request is enough"
    [done] = library.release(call.id)
    assert (done.id, done.state, done.reason) == (again.id, "done", "their request")
    with pytest.raises(NotFound):
        library.conversation(call.id)


def test_whoever_has_a_reason_to_keep_is_asked(library: Library, call: Recorded) -> None:
    reasons = ["sec-17a4-6y keeps it until 2032"]
    library.erasures.keepers.append(lambda row: reasons[0])
    assert library.erase(call.id).deferred_because == reasons[0]
    reasons[0] = ""
    assert [e.state for e in library.erasures.go_on()] == ["done"]


def test_whoever_keeps_more_of_it_is_told_to_remove_it(library: Library, call: Recorded) -> None:
    told: list[str] = []
    library.erasures.purgers.append(lambda row: told.append(row.id))
    library.erase(call.id)
    assert told == [call.id]


def test_what_a_put_that_was_killed_has_left_of_it_goes_too(
    library: Library, folder: Path, call: Recorded
) -> None:
    [path] = [artifact.path for artifact in call.artifacts() if artifact.name == "transcript.json"]
    left = (folder / "objects" / path).with_name(".0123456789abcdef.tmp")  # as `kill -9` leaves it
    left.write_bytes((folder / "objects" / path).read_bytes())
    library.erase(call.id)
    assert not left.parent.exists()
