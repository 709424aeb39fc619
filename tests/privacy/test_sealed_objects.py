from pathlib import Path

import pytest

from earwitness.errors import Damaged, Denied
from earwitness.privacy.sealed_objects import CHUNK_BYTES, HEADER_BYTES, TAG_BYTES, SealedObjects
from earwitness.store.folder import FolderObjects
from earwitness.store.objects import Objects
from objects_suite import BIG, PATH, ObjectsSuite
from privacy_vaults import vault

OTHER = "conversations/2026-11-20/0191/stereo.flac"
STRIDE = CHUNK_BYTES + TAG_BYTES


@pytest.fixture
def objects(tmp_path: Path) -> SealedObjects:
    return SealedObjects(FolderObjects(tmp_path / "objects"), vault(tmp_path))


class TestSealedObjects(ObjectsSuite):
    pass


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_every_size_has_its_size(objects: Objects, size: int) -> None:
    assert objects.put(PATH, [BIG[:size]]).byte_count == size
    assert objects.info(PATH).byte_count == size
    assert b"".join(objects.open(PATH)) == BIG[:size]


def test_what_was_written_before_encryption_is_told_from_what_is_sealed(
    objects: SealedObjects, tmp_path: Path
) -> None:
    objects.put(PATH, [b""])
    FolderObjects(tmp_path / "objects").put(OTHER, [b"plain" * 20])
    assert (objects.is_sealed(PATH), objects.is_sealed(OTHER)) == (True, False)
    with pytest.raises(Damaged) as caught:
        b"".join(objects.open(OTHER, 0, 2))
    assert "reindex" in caught.value.hint


def test_nothing_lies_in_the_open(objects: Objects, tmp_path: Path) -> None:
    objects.put(PATH, [b"CANARY" * 1000])
    assert b"CANARY" not in (tmp_path / "objects" / PATH).read_bytes()


def file_of(tmp_path: Path) -> Path:
    return tmp_path / "objects" / PATH


@pytest.mark.parametrize("what", ["swap", "drop", "double", "truncate", "flip", "header"])
def test_chunks_that_are_not_where_they_were_sealed_do_not_open(
    objects: Objects, tmp_path: Path, what: str
) -> None:
    objects.put(PATH, [BIG[: 4 * CHUNK_BYTES]])
    data = file_of(tmp_path).read_bytes()
    head, chunks = data[:HEADER_BYTES], [data[HEADER_BYTES + n * STRIDE :][:STRIDE] for n in range(4)]
    if what == "swap":
        chunks[1], chunks[2] = chunks[2], chunks[1]
    elif what == "drop":
        del chunks[1]
    elif what == "double":
        chunks.insert(1, chunks[1])
    elif what == "truncate":
        del chunks[3]
    elif what == "flip":
        chunks[2] = bytes([chunks[2][0] ^ 1]) + chunks[2][1:]
    else:
        head = head[:-1] + bytes([head[-1] ^ 1])
    file_of(tmp_path).write_bytes(head + b"".join(chunks))
    with pytest.raises(Damaged):
        b"".join(objects.open(PATH))


def test_a_file_that_was_moved_to_another_place_does_not_open(objects: Objects, tmp_path: Path) -> None:
    same = "conversations/2026-11-20/0190/caller.flac"
    objects.put(PATH, [BIG[:100]])
    for path in (same, OTHER):
        target = tmp_path / "objects" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file_of(tmp_path).read_bytes())
        with pytest.raises((Damaged, Denied)):
            b"".join(objects.open(path))


def test_with_its_key_a_file_is_gone(objects: SealedObjects, tmp_path: Path) -> None:
    objects.put(PATH, [BIG[:100]])
    vault(tmp_path).destroy("0190")
    with pytest.raises(Denied):
        b"".join(objects.open(PATH))


def test_tombstones_are_read_without_any_key(objects: Objects, tmp_path: Path) -> None:
    objects.put("tombstones/e1.json", [b"{}"])
    assert (tmp_path / "objects" / "tombstones" / "e1.json").read_bytes() == b"{}"
    assert objects.info("tombstones/e1.json").byte_count == 2
