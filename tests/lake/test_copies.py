"""Files are read where they lie in the open, else from copies that are fetched once and can be forgotten."""

from earwitness.lake.copies import Copies
from earwitness.privacy.sealed_objects import SealedObjects
from earwitness.store.folder import FolderObjects
from privacy_vaults import vault


def test_files_of_a_folder_are_read_where_they_lie(tmp_path):
    objects = FolderObjects(tmp_path / "objects")
    info = objects.put("lake/a/b", [b"rows"])
    assert Copies(objects, tmp_path / "copies").of([info]) == [tmp_path / "objects/lake/a/b"]
    assert not (tmp_path / "copies").exists()


def test_sealed_files_are_copied_once_and_no_copy_is_left_when_they_are_forgotten(tmp_path):
    objects = SealedObjects(FolderObjects(tmp_path / "objects"), vault(tmp_path))
    info = objects.put("lake/a/b", [b"rows"])
    copies = Copies(objects, tmp_path / "copies")
    [copy] = copies.of([info])
    assert copy.read_bytes() == b"rows"
    assert copy.stat().st_mode & 0o777 == 0o600
    objects.delete("lake/a/b")
    assert copies.of([info]) == [copy]
    copies.forget()
    assert copies.of([info]) == []  # it has gone: another file stands for it
    assert [path for path in (tmp_path / "copies").rglob("*") if path.is_file()] == []
